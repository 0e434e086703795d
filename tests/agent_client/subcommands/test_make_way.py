"""What a package's script is told."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_client.clearing import REPLACING, Clearing
from agent_client.config import Settings
from agent_client.subcommands import make_way
from contract.desk_config import ConfigError, Mistake, UpgradeConfig
from contract.desk_workspace import WorkspaceConfig
from contract.make_way import Purpose, marker_of

if sys.platform == "win32":
    pytest.skip("signals are sent", allow_module_level=True)

_ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def settings() -> Settings:
    upgrade = UpgradeConfig(wait_minutes=7)
    return Settings(None, Path("/nowhere"), "info", WorkspaceConfig(), upgrade=upgrade)


def wrong() -> Settings:
    raise ConfigError((Mistake("central.url", "it is missing", "Write it."),))


def interrupted() -> Settings:
    os.kill(os.getpid(), signal.SIGTERM)
    raise AssertionError("the signal was not taken")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the marker lies, for an administrator of a computer on which nothing of ours runs."""
    found = tmp_path / "run" / "make-way.json"
    monkeypatch.setattr(make_way, "is_admin", lambda: True)
    monkeypatch.setattr("uploader.make_way.PLACE", str(found))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    yield found
    for number, handler in before.items():
        signal.signal(number, handler)


def test_where_nobody_runs_it_is_clear_and_the_marker_stands(place: Path) -> None:
    assert make_way.main((), settings) == make_way.CLEAR
    assert marker_of(place.read_bytes()).purpose is Purpose.UPGRADE


def test_a_removal_is_told_as_one(place: Path) -> None:
    assert make_way.main(("--for", "removal", "--wait", "0.5"), settings) == make_way.CLEAR
    marker = marker_of(place.read_bytes())
    assert marker.purpose is Purpose.REMOVAL
    assert marker.until <= datetime.now(UTC) + REPLACING


def test_a_wrong_configuration_does_not_keep_the_package_from_mending_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_way.main((), wrong) == make_way.CLEAR
    assert place.exists()
    assert "The configuration is wrong" in capsys.readouterr().out


@pytest.mark.usefixtures("place")
def test_the_configured_wait_is_the_one_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[timedelta] = []

    class Noting(Clearing):
        def clear(self, wait: timedelta, purpose: Purpose) -> bool:
            waits.append(wait)
            return super().clear(wait, purpose)

    monkeypatch.setattr(make_way, "Clearing", Noting)
    make_way.main((), settings)
    make_way.main(("--wait", "2"), settings)
    make_way.main((), wrong)
    assert waits == [timedelta(minutes=7), timedelta(minutes=2), timedelta(minutes=30)]


def test_only_an_administrator_may(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_way, "is_admin", lambda: False)
    assert make_way.main((), settings) == make_way.NO_ADMINISTRATOR
    assert not place.exists()
    assert "administrator" in capsys.readouterr().err


def test_a_marker_that_cannot_be_written_is_said(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.parent.write_text("no folder")
    assert make_way.main((), settings) == make_way.NO_MARKER
    assert str(place.parent) in capsys.readouterr().err


def test_who_interrupts_it_leaves_no_marker(place: Path) -> None:
    assert make_way.main((), interrupted) == make_way.INTERRUPTED
    assert not place.exists()


@pytest.mark.usefixtures("place")
def test_when_some_cannot_be_ended_no_marker_is_left(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InVain(Clearing):
        def clear(self, wait: timedelta, purpose: Purpose) -> bool:
            super().clear(wait, purpose)
            return False

    monkeypatch.setattr(make_way, "Clearing", InVain)
    assert make_way.main((), settings) == make_way.STILL_THERE
    assert not place.exists()


@pytest.mark.parametrize("wait", ["-1", "481", "nan", "long"])
def test_a_wait_beyond_a_working_day_is_refused(wait: str) -> None:
    with pytest.raises(SystemExit) as ended:
        make_way.main((f"--wait={wait}",), settings)
    assert ended.value.code == 2
