"""The computer's own certificate for localhost, as OpenSSL and a reader of files meet it."""

import os
import socket
import ssl
import sys
import threading
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from agent_client.certificate import AUTHORITY, make, read
from agent_client.certificate_folders import PEM, machine_folder, user_folder

if sys.platform == "win32":
    pytest.skip("groups and modes are of others", allow_module_level=True)
import grp


def _handshake(folder: Path, name: str, *, trusted: bool = True) -> str:
    """What a client that trusts the authority, and nothing else, finds at this name."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / PEM)
    client = ssl.create_default_context(cafile=str(folder / AUTHORITY) if trusted else None)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            opened, _ = listener.accept()
            try:
                with server.wrap_socket(opened, server_side=True) as secure:
                    secure.recv(1)
            except OSError:
                opened.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with (
                closing(socket.create_connection(listener.getsockname())) as plain,
                client.wrap_socket(plain, server_hostname=name) as secure,
            ):
                return str(secure.version())
        finally:
            thread.join(20)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_who_trusts_the_authority_accepts_each_name_of_this_computer(
    name: str, tmp_path: Path
) -> None:
    make(tmp_path)
    assert _handshake(tmp_path, name) == "TLSv1.3"


def test_others_do_not(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(
        ssl.SSLCertVerificationError, match="self-signed certificate in certificate"
    ):
        _handshake(tmp_path, "localhost", trusted=False)


def test_it_is_good_for_no_other_name(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        _handshake(tmp_path, "central.example")


def _certificates(folder: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((folder / PEM).read_bytes())


def test_the_authority_is_good_for_this_computer_alone_and_its_key_is_nowhere(
    tmp_path: Path,
) -> None:
    made = make(tmp_path)
    localhost, authority = _certificates(tmp_path)
    assert authority == made.authority
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert constraints.value.permitted_subtrees == [
        x509.DNSName("localhost"),
        x509.IPAddress(ip_network("127.0.0.1/32")),
        x509.IPAddress(ip_network("::1/128")),
    ]
    kept = (tmp_path / PEM).read_bytes()
    assert kept.count(b"BEGIN PRIVATE KEY") == 1
    key = serialization.load_pem_private_key(kept[kept.index(b"-----BEGIN PRIVATE") :], None)
    assert key.public_key() == localhost.public_key() != authority.public_key()
    assert "PRIVATE" not in (tmp_path / AUTHORITY).read_text()


def test_the_certificate_itself_can_sign_nothing(tmp_path: Path) -> None:
    make(tmp_path)
    localhost, authority = _certificates(tmp_path)
    localhost.verify_directly_issued_by(authority)
    usage = localhost.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.digital_signature) == (False, True)
    basic = localhost.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca) == (True, False)
    purposes = localhost.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_it_ends_with_its_authority_within_what_systems_accept(tmp_path: Path) -> None:
    made = make(tmp_path)
    localhost, authority = _certificates(tmp_path)
    assert localhost.not_valid_after_utc == authority.not_valid_after_utc
    assert 300 < made.days_left < 398


def test_only_the_owner_may_read_the_key_and_all_may_read_what_is_to_be_trusted(
    tmp_path: Path,
) -> None:
    make(tmp_path / "tls")
    assert (tmp_path / "tls" / PEM).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tls" / AUTHORITY).stat().st_mode & 0o777 == 0o644


def test_a_group_may_be_let_read_the_key_and_keeps_that_when_it_is_renewed(
    tmp_path: Path,
) -> None:
    group = os.getegid()
    make(tmp_path, grp.getgrgid(group).gr_name)
    for _ in range(2):
        status = (tmp_path / PEM).stat()
        assert (status.st_mode & 0o777, status.st_gid) == (0o640, group)
        make(tmp_path)


def test_an_unknown_group_is_refused_and_the_old_certificate_stays(tmp_path: Path) -> None:
    before = make(tmp_path)
    with pytest.raises(LookupError):
        make(tmp_path, "no-such-group-here")
    assert _certificates(tmp_path)[1] == before.authority


def test_each_time_another_authority_is_made(tmp_path: Path) -> None:
    assert make(tmp_path).fingerprint != make(tmp_path).fingerprint
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([AUTHORITY, PEM])


def test_nothing_or_nonsense_is_no_certificate(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    (tmp_path / AUTHORITY).write_text("nonsense")
    assert read(tmp_path) is None


@pytest.mark.parametrize(
    ("platform", "wanted"),
    [
        ("linux", Path("/var/lib/twinreel/tls")),
        ("darwin", Path("/Library/Application Support/Twinreel/tls")),
        ("win32", Path("D:/Data/Twinreel/tls")),
    ],
)
def test_each_system_has_a_folder_for_it(platform: str, wanted: Path) -> None:
    assert machine_folder(platform, {"PROGRAMDATA": "D:/Data"}) == wanted


def test_a_user_has_a_folder_of_their_own(tmp_path: Path) -> None:
    assert user_folder(tmp_path) == tmp_path / "tls"
