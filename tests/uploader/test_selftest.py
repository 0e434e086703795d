import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from contract.selftest import Verdict, findings
from uploader import selftest
from uploader.credentials import KeyringUnavailableError
from uploader.route.trust import trust

ROOT = Path(__file__).parents[2]


def _found(folder: Path, name: str) -> tuple[Verdict, str]:
    (check,) = (one for one in selftest.checks(folder) if one.name == name)
    (finding,) = findings([check])
    return finding.verdict, finding.said


def test_the_uploader_works_on_this_computer_without_any_configuration() -> None:
    env = {**os.environ, "TWINREEL_CONFIG": "/nowhere"}
    env.pop("DBUS_SESSION_BUS_ADDRESS", None)
    done = subprocess.run(
        (sys.executable, "-m", "uploader", "--selftest", "--json"),
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    verdicts = {one["name"]: one["verdict"] for one in told["checks"]}
    assert verdicts.pop("keyring") in {"well", "lacking"}
    assert set(verdicts.values()) == {"well"}


def test_a_session_without_a_keyring_is_told_apart_from_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> NoReturn:
        raise KeyringUnavailableError("no-keyring", "there is none")

    monkeypatch.setattr(selftest, "found_keyring", none)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert _found(tmp_path, "keyring")[0] is Verdict.BAD
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert _found(tmp_path, "keyring")[0] is Verdict.LACKING


def test_a_library_that_fails_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "_RULES", "function FindProxyForURL(")
    verdict, said = _found(tmp_path, "proxy rules")
    assert verdict is Verdict.BAD
    assert said.startswith("RulesBrokenError")


def test_a_certificate_that_nobody_vouches_for_must_be_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = str(tmp_path / "authority.pem")
    monkeypatch.setattr(selftest, "trust", lambda _site_ca: trust(authority))
    assert _found(tmp_path, "TLS") == (
        Verdict.BAD,
        "SSLError: ('a certificate that nobody vouches for was believed',)",
    )


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    selftest.main("1.0", as_json=True)
    assert list(tmp_path.iterdir()) == []
