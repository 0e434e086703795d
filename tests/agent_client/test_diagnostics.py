"""The file for IT: what is in it, and above all what is not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_client.config import Settings
from agent_client.consent_file import ConsentFile
from agent_client.diagnostics import write, write_to
from contract.canonical import b64
from contract.desk_checks import parse
from contract.desk_config import CONFIG_NAME, IDENTITY, LOGS, POLICY, Identity
from contract.policy import (
    Capture,
    Desk,
    ExcludedWindow,
    Pausing,
    Policy,
    PublicKey,
    Selection,
    SelectionRule,
    Workspace,
    publish,
)

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)
CALL = "0F3C9A7E11112222333344445555AAAA"
PLANTED = {
    "agent": "kate.novak",
    "name": "Novakova",
    "number": "+15551230001",
    "spaced number": "555 123 0001",
    "card": "4929 1234 5678 9012",
    "password": "Ad-lib-42",
    "token": "TR1.c2VjcmV0LXRva2Vu.aGFzaA",
    "secret": "s3cr3t-of-gws",
    "client": "acme-gws-client",
    "host": "central.acme.example",
    "unit": "/collections/berlin",
    "group": "gold-team",
    "window": "KeePass of Novakova",
    "monitor": "Novakova's screen",
    "notice": "Ask Mr. Brown",
    "consent": "Texte lu par Novakova",
    "segment": "Gold since 2014",
    "folder": "novak-home",
    "call": CALL,
    "call id in small letters": CALL.lower(),
    "device": "desk-of-novak",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A desk at which personal data lies where it can lie, and in the logs where it must not."""
    state = tmp_path / PLANTED["folder"] / "state"
    (state / LOGS).mkdir(parents=True)
    config = tmp_path / PLANTED["folder"] / "config.toml"
    config.write_text(
        f'state_dir = "{state.as_posix()}"\nlog_level = "debug"\nlanguage = "fr"\n'
        f'[central]\nurl = "https://{PLANTED["host"]}"\nsite_ca = "/{PLANTED["folder"]}/ca.pem"\n'
        f'[workspace]\nloopback_ports = [8080, 8081]\ngws_url = "https://{PLANTED["host"]}:8443"\n'
        f'client_id = "{PLANTED["client"]}"\nclient_secret = "{PLANTED["secret"]}"\n',
        encoding="utf-8",
    )
    _enrol(state)
    ConsentFile(state).confirm("7", PLANTED["agent"], NOW)
    (state / "memory.json").write_text(json.dumps({"agent": PLANTED["agent"], "call": CALL}))
    for name in ("agent.log", "uploader.log"):
        with (state / LOGS / name).open("w", encoding="utf-8") as log:
            for planted in PLANTED.values():
                head = "2026-11-22 19:51:39,123 INFO engine agent_client.engine:"
                log.write(f"{head} close recording {planted}: wrapped-up\n")
                log.write(f"{head} {planted}\n")
                log.write(f"Traceback (most recent call last):\n    {planted}\n")
                log.write(f"ValueError: {planted}\n")
                log.write(f'  File "/home/{planted}/x.py", line 3, in {planted}\n')
    found = parse(config.read_text(encoding="utf-8"))
    return Settings(
        config_file=config,
        state_dir=state,
        log_level="debug",
        workspace=found.workspace,
        language="fr",
    )


def _enrol(state: Path) -> None:
    root = Ed25519PrivateKey.generate()
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    policy = Policy(
        version=12,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=9),
        agent_units={PLANTED["agent"]: PLANTED["unit"]},
        agent_groups={PLANTED["agent"]: (PLANTED["group"],)},
        selection=Selection(
            percentage=Decimal("12.5"),
            salt=PLANTED["secret"],
            rules=(SelectionRule(percentage=Decimal(3), agent=PLANTED["agent"]),),
        ),
        capture=Capture(
            monitor=PLANTED["monitor"], exclude=(ExcludedWindow(title=PLANTED["window"]),)
        ),
        pausing=Pausing(remind_seconds=90),
        desk=Desk(consent_version=PLANTED["name"], consent_text=PLANTED["consent"]),
        workspace=Workspace(servers=(f"https://{PLANTED['host']}",)),
        details_keys=(PLANTED["segment"],),
        seal_to=(
            PublicKey(kid=PLANTED["client"], public=b64(public), not_before=NOW, not_after=NOW),
        ),
        receipt_keys=(),
        notice=PLANTED["notice"],
    )
    identity = Identity(
        device_id=PLANTED["device"],
        root_key=b64(root.public_key().public_bytes_raw()),
        central_url=f"https://{PLANTED['host']}",
    )
    (state / IDENTITY).write_bytes(msgspec.json.encode(identity))
    (state / POLICY).write_bytes(publish(policy, root))


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_nothing_personal_is_in_it(settings: Settings, tmp_path: Path) -> None:
    path = write(settings, tmp_path)
    whole = path.name + "\n".join(f"{name}\n{text}" for name, text in contents(path).items())
    assert [what for what, planted in PLANTED.items() if planted in whole] == []
    pieces = {
        "kate",
        "novak",
        "Novakova",
        "acme",
        "berlin",
        "KeePass",
        "5551230",
        "1230001",
        "Ad-lib",
    }
    assert [piece for piece in pieces if piece.lower() in whole.lower()] == []
    # by themselves: as part of a time or of an amount these digits are there by chance
    groups = re.compile(r"(?<![\d.,:])(555|4929|9012)(?![\d.,:])")
    assert groups.findall(whole) == []


def test_it_tells_what_it_needs(settings: Settings, tmp_path: Path) -> None:
    inside = contents(write(settings, tmp_path))
    assert sorted(inside) == [
        "configuration.json",
        "logs/agent.log",
        "logs/uploader.log",
        "policy.json",
        "screen.txt",
        "spool.json",
        "twinreel.json",
    ]
    program = json.loads(inside["twinreel.json"])
    assert program["packages"]["PyQt6"]
    assert program["files"] == {IDENTITY: True, POLICY: True, "clock.json": False}
    configuration = json.loads(inside["configuration.json"])
    assert configuration["workspace"]["loopback_ports"] == [8080, 8081]
    assert configuration["workspace"]["client_secret"] == "given"
    assert configuration["language"] == "fr"
    policy = json.loads(inside["policy.json"])
    assert (policy["version"], policy["percentage"], policy["rules"]) == (12, "12.5", 1)
    assert policy["capture"]["excluded_windows"] == 1
    assert json.loads(inside["spool.json"])["waiting"] == 0
    assert "close recording" in inside["logs/agent.log"]
    assert "  ValueError" in inside["logs/agent.log"]
    assert "Policy" in inside["screen.txt"]


def test_calls_can_be_told_apart_by_their_hashes(settings: Settings, tmp_path: Path) -> None:
    first, second = (contents(write_to(settings, tmp_path / f"{n}.zip")) for n in (1, 2))
    hashes = [line for line in first["logs/agent.log"].splitlines() if "#" in line]
    assert len(set(hashes)) < len(hashes)  # one call, one hash
    assert first["logs/agent.log"] != second["logs/agent.log"]  # which means nothing elsewhere


def test_a_desk_that_never_ran_has_diagnostics_too(tmp_path: Path) -> None:
    settings = Settings(
        config_file=tmp_path / "missing.toml",
        state_dir=tmp_path / "state",
        log_level="info",
        workspace=parse('[central]\nurl = "https://central.example"\n').workspace,
    )
    settings.state_dir.mkdir()
    inside = contents(write(settings, tmp_path))
    assert json.loads(inside["policy.json"]) == {"problem": "no-policy"}
    configuration = json.loads(inside["configuration.json"])
    assert configuration["mistakes"] == ["named: the file"]
    assert configuration["from"] == {}


def test_which_layer_decides_is_told_but_not_what_a_person_wrote_beside(
    settings: Settings, tmp_path: Path
) -> None:
    assert settings.config_file is not None
    with settings.config_file.open("a", encoding="utf-8") as file:
        file.write('novak_key = "x"\nhttps_ports = "443"\n')
    inside = contents(write_to(settings, tmp_path / "out.zip"))
    configuration = json.loads(inside["configuration.json"])
    assert configuration["from"]["central.url"] == "named"
    assert configuration["mistakes"] == ["named: workspace.https_ports", "named: no key of ours"]
    assert "novak" not in inside["configuration.json"]


def test_what_is_passed_over_of_the_users_is_told_as_his(
    settings: Settings, tmp_path: Path
) -> None:
    (settings.state_dir / CONFIG_NAME).write_text('novak_key = 1\nlog_level = "loud"\n')
    inside = contents(write_to(replace(settings, config_file=None), tmp_path / "out.zip"))
    mistakes = json.loads(inside["configuration.json"])["mistakes"]
    assert {"user: log_level", "user: no key of ours"} <= set(mistakes)


def test_a_folder_that_takes_nothing_is_left_clean(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(settings, tmp_path / "missing")
    target = tmp_path / "taken.zip"
    target.mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match=r"taken\.zip"):
        write_to(settings, target)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links ask for rights there")
def test_a_link_laid_in_its_way_leads_nowhere(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    target = tmp_path / "out.zip"
    (tmp_path / f".out.zip.{os.getpid()}").symlink_to(elsewhere)
    write_to(settings, target)
    assert elsewhere.read_text() == "mine"
    assert "twinreel.json" in contents(target)
    assert not target.is_symlink()


def test_the_command_says_where_it_is(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "for it.zip"
    command = ["--config", str(settings.config_file), "diagnostics", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "agent_client", *command],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, f"Saved at {out}\n")
    assert "policy.json" in contents(out)
    if sys.platform != "win32":
        assert out.stat().st_mode & 0o077 == 0


def test_the_command_says_why_it_cannot(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "missing" / "for it.zip"
    command = ["--config", str(settings.config_file), "diagnostics", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "agent_client", *command],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr
