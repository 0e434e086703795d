"""What a program says that cannot start."""

from __future__ import annotations

import sys

import pytest

from uploader.start_failure import tell_failure


def test_whoever_typed_the_program_is_told_why_it_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_failure("Twinreel cannot start. Its folder cannot be used.")
    assert capsys.readouterr().err == "Twinreel cannot start. Its folder cannot be used.\n"


def test_a_windowed_program_has_nobody_to_tell_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    tell_failure("Twinreel cannot start.")
