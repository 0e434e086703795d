"""What a program says that cannot start."""

from __future__ import annotations

import sys

import pytest

from uploader.start_failure import places, tell_broken, tell_failure, unnamed


def test_whoever_typed_the_program_is_told_why_it_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_failure("Twinreel cannot start. Its folder cannot be used.")
    assert capsys.readouterr().err == "Twinreel cannot start. Its folder cannot be used.\n"


def test_a_windowed_program_has_nobody_to_tell_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    tell_failure("Twinreel cannot start.")


def _fails() -> None:
    raise OSError("C:\\Users\\kate is not there")


def _failed() -> OSError:
    try:
        _fails()
    except OSError as error:
        return error
    raise AssertionError


def test_the_event_log_is_told_where_it_broke_and_no_name() -> None:
    kind, here, above = places(_failed()).splitlines()
    assert kind == "OSError"
    assert here.startswith("uploader/test_start_failure.py:")
    assert here.endswith(" _fails")
    assert above.endswith(" _failed")
    assert (
        places(ImportError("no DLL below C:\\Users\\kate", name="_ctypes")) == "ImportError _ctypes"
    )


def test_the_event_log_is_not_told_whose_folder_it_is() -> None:
    text = (
        r"Its folder c:\users\Kate\AppData\Local\Twinreel cannot be used: C:\Program Files is full."
    )
    said = unnamed(text, r"C:\Users\kate")
    assert said == r"Its folder ~\AppData\Local\Twinreel cannot be used: C:\Program Files is full."
    assert unnamed("well", "") == "well"


def test_whoever_typed_the_program_is_told_all_of_what_nobody_foresaw(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_broken(_failed())
    assert "kate is not there" in capsys.readouterr().err
