"""HTTP to central: whom it trusts, what it never does."""

import base64
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.uploader.central_faults import answer
from tests.uploader.false_central import FalseCentral
from uploader.link import Link, UnreachableError, trust


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


def link(url: str, site_ca: str | None = None) -> Link:
    return Link(url, trust(site_ca), lambda: "desk-1.s", connect_seconds=20, answer_seconds=20)


def test_http_is_refused_but_to_the_machine_itself() -> None:
    with pytest.raises(ValueError, match="https only"):
        link("http://central.example")
    link("https://central.example").close()
    link("http://[::1]:1").close()


def test_a_redirect_is_not_followed(central: FalseCentral) -> None:
    central.fail("GET", "/desk/policy", answer(302, Location="/desk/elsewhere"))
    with pytest.raises(UnreachableError, match="302"):
        link(central.url).ask("GET", "/desk/policy")
    assert central.count("GET", "/desk/elsewhere") == 0


def test_a_location_on_another_host_stays_on_ours(central: FalseCentral) -> None:
    found = link(central.url).ask_at("GET", "https://thief.example/desk/policy")
    assert found.status == 200


def test_the_variables_of_the_environment_change_neither_credential_nor_trust(
    central: FalseCentral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password thief\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    assert link(central.url).ask("GET", "/desk/policy").status == 200


def test_a_proxy_of_the_environment_is_used_and_sees_only_the_hosts_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def serve() -> None:
            connection, _ = proxy.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "")
        with pytest.raises(UnreachableError):
            link("https://central.example").ask("GET", "/desk/policy")
        thread.join()
    assert asked[0].startswith(b"CONNECT central.example:443 ")
    assert b"Bearer" not in asked[0]


def test_what_is_in_the_clear_passes_no_proxy(
    central: FalseCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert link(central.url).ask("GET", "/desk/policy").status == 200


def test_nobody_there_is_unreachable_and_names_no_address() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(UnreachableError) as caught:
            link(f"http://127.0.0.1:{port}").ask("GET", "/desk/policy")
    assert caught.value.code == "central-unreachable"
    assert str(port) not in str(caught.value)


def test_a_connection_that_ends_before_any_certificate_came_is_unreachable_not_untrusted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)  # the greeting, so that the end is no reset

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(UnreachableError) as caught:
            link(f"https://127.0.0.1:{listening.getsockname()[1]}").ask("GET", "/")
        thread.join()
    assert caught.value.code == "central-unreachable"


class Authority:
    """A certificate authority, and a server certificate for 127.0.0.1 from it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Site CA")])
        ca = self._made(name, name, key, key, x509.BasicConstraints(ca=True, path_length=None))
        server_key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "central")])
        alternative = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        server = self._made(subject, name, server_key, key, alternative)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        self.server = folder / "server.pem"
        self.server.write_bytes(
            server_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + server.public_bytes(serialization.Encoding.PEM)
        )

    @staticmethod
    def _made(
        subject: x509.Name,
        issuer: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
        extension: x509.ExtensionType,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .sign(signer, hashes.SHA256())
        )


@contextmanager
def over_tls(authority: Authority) -> Iterator[str]:
    """A server that answers every request with 200 and the credential it was given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                with plain, context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        with suppress(OSError):  # Windows has nothing to shut down in a socket that listens
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def test_a_site_authority_is_trusted_when_it_is_configured_and_not_else(tmp_path: Path) -> None:
    ours, another = Authority(tmp_path / "ours"), Authority(tmp_path / "another")
    with over_tls(ours) as url:
        assert link(url, str(ours.ca)).ask("GET", "/").status == 200
        for site_ca in (None, str(another.ca)):
            with pytest.raises(UnreachableError) as caught:
                link(url, site_ca).ask("GET", "/")
            assert caught.value.code == "central-untrusted"


def test_what_windows_or_macos_does_not_trust_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_there(*_: object, **__: object) -> None:
        raise ssl.SSLCertVerificationError("The certificate chain is not trusted.")

    ours = Authority(tmp_path / "ours")
    asks_the_system = import_module("truststore._api")
    monkeypatch.setattr(asks_the_system, "_verify_peercerts_impl", as_there)
    with over_tls(ours) as url, pytest.raises(UnreachableError) as caught:
        link(url, str(ours.ca)).ask("GET", "/")
    assert caught.value.code == "central-untrusted"


def test_the_list_of_authorities_that_requests_brings_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Authority(tmp_path / "ours")
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(ours.ca))
    with over_tls(ours) as url, pytest.raises(UnreachableError) as caught:
        link(url).ask("GET", "/")
    assert caught.value.code == "central-untrusted"


def test_a_site_authority_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    with pytest.raises(OSError, match=r".*"):
        trust(str(wrong))


def test_the_credential_is_the_devices_and_never_basic(central: FalseCentral) -> None:
    with pytest.raises(Exception, match="401"):
        Link(central.url, trust(None), lambda: None).ask("GET", "/desk/policy")
    assert base64.b64encode(b"desk-1:s").decode() not in str(central.requests)
