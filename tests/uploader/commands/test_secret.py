"""`twinreel-uploader secret`: a password goes into the keyring, and nowhere else."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from contract.desk_checks import parse
from tests.uploader.desk_program import ROOT
from tests.uploader.network import Kept
from uploader.commands import parser
from uploader.commands.secret import run
from uploader.config import Settings
from uploader.route import trust
from uploader.service.carrying import own_secrets

SMALLEST = '[central]\nurl = "https://central.example"\n'


def typed(
    monkeypatch: pytest.MonkeyPatch, kept: Kept, folder: Path, *words: str, given: str = ""
) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    settings = Settings(parse(SMALLEST), folder, trust(None))
    return run(settings, parser().parse_args(["secret", *words]), kept)


def test_a_password_from_standard_input_is_kept_without_its_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Kept()
    assert typed(monkeypatch, kept, tmp_path, "proxy", given="open sesame\r\n") == 0
    assert kept.secrets == {"proxy": "open sesame"}
    told = capsys.readouterr()
    assert "sesame" not in told.out + told.err


def test_the_other_password_has_its_own_place_and_is_forgotten_on_request(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = Kept(proxy="a")
    assert typed(monkeypatch, kept, tmp_path, "client-key", given="b") == 0
    assert kept.secrets == {"proxy": "a", "client-key": "b"}
    assert typed(monkeypatch, kept, tmp_path, "client-key", "--forget") == 0
    assert typed(monkeypatch, kept, tmp_path, "client-key", "--forget") == 0
    assert kept.secrets == {"proxy": "a"}


def test_the_machines_service_has_passwords_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = f'{SMALLEST}[service]\nstate_dir = "{tmp_path.as_posix()}/own"\n'
    settings = Settings(parse(config), tmp_path / "state", trust(None))
    monkeypatch.setattr(sys, "stdin", io.StringIO("open sesame\n"))
    keyring = Kept()
    assert run(settings, parser().parse_args(["secret", "proxy", "--service"]), keyring) == 0
    assert own_secrets(tmp_path / "own").read("proxy") == "open sesame"
    assert keyring.secrets == {}
    assert "kept for the machine's service" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["", "\n", "a\x00b\n", "x" * 2000])
def test_what_is_no_password_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    kept = Kept(proxy="a")
    assert typed(monkeypatch, kept, tmp_path, "proxy", given=given) == 2
    assert kept.secrets == {"proxy": "a"}


def test_a_locked_keyring_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Kept()
    kept.locked = True
    monkeypatch.setattr(kept, "write", lambda name, _secret: kept.read(name))
    assert typed(monkeypatch, kept, tmp_path, "proxy", given="a") == 4
    assert "keyring-locked" in capsys.readouterr().err


@pytest.mark.e2e
def test_the_real_keyring_keeps_it_for_the_next_program(
    tmp_path: Path, keyring_session: dict[str, str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'state_dir = "{tmp_path.as_posix()}/state"\n{SMALLEST}')

    def ran(*code: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *code],
            cwd=ROOT,
            env=keyring_session,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    command = ("-m", "uploader", "--config", str(config), "secret", "proxy")
    done = ran(*command, given="open sesame\n")
    assert done.returncode == 0, done.stderr
    read = (
        "from uploader.credentials import PROXY, Vault\n"
        "print(Vault('Twinreel https://central.example').read(PROXY))"
    )
    assert ran("-c", read).stdout == "open sesame\n"
    assert not (tmp_path / "state").exists()  # and in no file
