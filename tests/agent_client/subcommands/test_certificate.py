"""`twinreel-agent certificate`, as an installer and a person use it."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from agent_client import certificate as certificates
from agent_client.certificate import AUTHORITY
from agent_client.certificate_folders import PEM
from agent_client.config import Settings
from agent_client.subcommands.certificate import GOOD, NOT_GOOD, main
from contract.desk_workspace import WorkspaceConfig


def _main(folder: Path, *words: str) -> int:
    def nowhere() -> Settings:
        raise AssertionError("no configuration is needed where a folder is named")

    return main([*words, "--folder", str(folder)], nowhere)


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command: Sequence[str] = [sys.executable, "-m", "agent_client", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_is_made_once_and_shown(tmp_path: Path) -> None:
    made = _run("certificate", "make", "--folder", tmp_path)
    assert made.returncode == GOOD
    assert "Have its authority trusted" in made.stdout
    before = (tmp_path / PEM).read_bytes()
    again = _run("certificate", "make", "--folder", tmp_path)
    assert (again.returncode, (tmp_path / PEM).read_bytes()) == (GOOD, before)
    shown = _run("certificate", "show", "--folder", tmp_path)
    assert shown.returncode == GOOD
    assert shown.stdout == again.stdout
    for part in (str(tmp_path / AUTHORITY), "localhost, 127.0.0.1, ::1", "396 days", "SHA-256"):
        assert part in shown.stdout
    assert "PRIVATE" not in made.stdout + shown.stdout


def test_where_there_is_none_it_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _main(tmp_path, "show") == NOT_GOOD
    assert "There is no certificate" in capsys.readouterr().out


def test_it_is_renewed_when_it_ends_soon_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _main(tmp_path, "renew") == GOOD
    first = (tmp_path / PEM).read_bytes()
    _in(days=330, monkeypatch=monkeypatch)
    assert _main(tmp_path, "renew") == GOOD
    assert (tmp_path / PEM).read_bytes() == first
    _in(days=340, monkeypatch=monkeypatch)
    assert _main(tmp_path, "renew") == GOOD
    assert (tmp_path / PEM).read_bytes() != first


def _in(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return super().now(tz) + timedelta(days=days)

    monkeypatch.setattr(certificates, "datetime", Later)


def test_it_is_renewed_at_once_when_that_is_asked(tmp_path: Path) -> None:
    assert _main(tmp_path, "make") == GOOD
    first = (tmp_path / PEM).read_bytes()
    assert _main(tmp_path, "renew", "--now") == GOOD
    assert (tmp_path / PEM).read_bytes() != first


def test_one_that_expired_is_not_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _main(tmp_path, "make") == GOOD
    _in(days=400, monkeypatch=monkeypatch)
    assert _main(tmp_path, "show") == NOT_GOOD


def test_a_folder_that_cannot_be_written_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert _main(tmp_path / "file", "make") == NOT_GOOD
    assert "cannot be written" in capsys.readouterr().err


def test_a_user_makes_one_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_client.subcommands.certificate.is_admin", lambda: False)
    settings = Settings(tmp_path / "c.toml", tmp_path / "state", "info", WorkspaceConfig())
    assert main(["make"], lambda: settings) == GOOD
    assert (tmp_path / "state" / "tls" / PEM).exists()


def test_an_administrator_makes_the_computers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_client.subcommands.certificate.is_admin", lambda: True)
    monkeypatch.setattr(
        "agent_client.subcommands.certificate.machine_folder", lambda: tmp_path / "machine"
    )
    assert _main(tmp_path, "show") == NOT_GOOD

    def nowhere() -> Settings:
        raise AssertionError("the computer's folder does not depend on a user's settings")

    assert main(["make"], nowhere) == GOOD
    assert (tmp_path / "machine" / PEM).exists()
