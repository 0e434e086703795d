"""`twinreel-agent certificate ... --trust`, as installers and a weekly job use it."""

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from agent_client.certificate import AUTHORITY, read
from agent_client.certificate_folders import PEM
from agent_client.config import Settings
from agent_client.subcommands import certificate
from agent_client.subcommands.certificate import GOOD, UNTRUSTED, main
from agent_client.trust import BROWSER_POLICY
from agent_client.trust.linux import LinuxStore

if sys.platform == "win32":
    pytest.skip("its commands are Linux'", allow_module_level=True)


@dataclass
class _Computer:
    """One whose store is a folder of ours; `refuse` closes it."""

    tls: Path
    anchors: Path
    command: Path = field(init=False)

    def __post_init__(self) -> None:
        self.command = self.anchors.parent / "update"
        self._says("exit 0")

    def refuse(self) -> None:
        self._says("echo this store is closed >&2; exit 1")

    def _says(self, words: str) -> None:
        self.command.write_text(f"#!/bin/sh\n{words}\n")
        self.command.chmod(0o700)

    def run(self, *words: str) -> int:
        def nowhere() -> Settings:
            raise AssertionError("no configuration is needed where a folder is named")

        return main([*words, "--folder", str(self.tls)], nowhere)

    def trusted(self) -> set[bytes]:
        return {path.read_bytes() for path in self.anchors.iterdir()}

    def authority(self) -> bytes:
        return (self.tls / AUTHORITY).read_bytes()


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Computer:
    (tmp_path / "anchors").mkdir()
    made = _Computer(tmp_path / "tls", tmp_path / "anchors")
    store = LinuxStore(made.anchors, (str(made.command),))

    def this_store(*, machine: bool) -> LinuxStore:
        assert machine
        return store

    monkeypatch.setattr(certificate, "this_store", this_store)
    monkeypatch.setattr(certificate, "is_admin", lambda: True)
    return made


def test_it_is_made_and_trusted(computer: _Computer, capsys: pytest.CaptureFixture[str]) -> None:
    assert computer.run("make", "--trust") == GOOD
    assert computer.trusted() == {computer.authority()}
    assert "trusted       yes" in capsys.readouterr().out


def test_one_that_was_made_before_is_trusted_and_stays(computer: _Computer) -> None:
    assert computer.run("make") == GOOD
    assert computer.trusted() == set()
    before = computer.authority()
    for _ in range(2):
        assert computer.run("make", "--trust") == GOOD
        assert computer.trusted() == {computer.authority()} == {before}


def test_a_renewed_one_is_trusted_in_place_of_the_former(computer: _Computer) -> None:
    computer.run("make", "--trust")
    before = computer.authority()
    assert computer.run("renew", "--now", "--trust") == GOOD
    assert computer.authority() != before
    assert computer.trusted() == {computer.authority()}


def test_the_former_stays_when_the_new_one_is_refused(
    computer: _Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.run("make", "--trust")
    before = computer.authority(), (computer.tls / PEM).read_bytes()
    computer.refuse()
    assert computer.run("renew", "--now", "--trust") == UNTRUSTED
    assert (computer.authority(), (computer.tls / PEM).read_bytes()) == before
    assert computer.trusted() == {before[0]}
    said = capsys.readouterr().err
    assert "the former one stays" in said
    assert "this store is closed" in said


def test_where_there_was_none_it_is_there_untrusted_and_that_is_said(
    computer: _Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.refuse()
    assert computer.run("make", "--trust") == UNTRUSTED
    assert (computer.tls / PEM).exists()
    assert computer.trusted() == set()
    assert "is not trusted here" in capsys.readouterr().err


def test_an_authority_for_other_names_is_never_trusted(computer: _Computer) -> None:
    computer.run("make")
    planted = _authority_for_everything()
    (computer.tls / AUTHORITY).write_bytes(planted)
    assert computer.run("make", "--trust") == GOOD
    assert computer.authority() != planted
    assert computer.trusted() == {computer.authority()}


def test_one_that_others_may_have_put_there_is_made_anew(computer: _Computer) -> None:
    computer.run("make")
    before = computer.authority()
    computer.tls.chmod(0o777)
    assert computer.run("make", "--trust") == GOOD
    assert computer.authority() != before
    assert computer.trusted() == {computer.authority()}


def test_removed_it_is_neither_there_nor_trusted(computer: _Computer) -> None:
    computer.run("make", "--trust")
    assert computer.run("remove", "--trust") == GOOD
    assert computer.trusted() == set()
    assert read(computer.tls) is None
    assert computer.run("remove", "--trust") == GOOD


def test_browsers_find_a_policy_that_names_the_authority_of_today(
    computer: _Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.run("make", "--trust")
    assert computer.run("renew", "--now", "--trust") == GOOD
    assert str(computer.tls / BROWSER_POLICY) in capsys.readouterr().out
    (line,) = json.loads((computer.tls / BROWSER_POLICY).read_text())["CACertificates"]
    pem = computer.authority().decode().splitlines()
    assert line == "".join(pem[1:-1])
    assert computer.run("remove", "--trust") == GOOD
    assert not computer.tls.exists()


def _authority_for_everything() -> bytes:
    """Named as one of ours, and good for any name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Twinreel on desk-7")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=300))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
