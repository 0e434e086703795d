"""`twinreel-uploader --selftest`: whether all that this program is made of works on this computer.

It asks nothing of central (`doctor` does), touches no recording, and keeps nothing: what it needs
it makes for itself, in a folder of its own that it removes.
"""

from __future__ import annotations

import asyncio
import os
import platform
import queue
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from contract.selftest import Check, Lacking, findings, passed, report
from contract.signing import SignatureRefusedError, key_id, signed, verified
from uploader.credentials import KeyringUnavailableError, found_keyring, seen_locked
from uploader.desk.client import DeskClient
from uploader.desk.messages import FromClient, Hello
from uploader.desk.server import DeskServer
from uploader.host import this_host
from uploader.route.rules import ask
from uploader.route.trust import TrustAdapter, trust
from uploader.spool import Spool

PROGRAM = "twinreel-uploader"
_SECONDS = 20.0  # for one answer of our own
_HOST = "127.0.0.1"
_ANSWER = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
_RULES = """
function FindProxyForURL(url, host) {
    return shExpMatch(host, "*.example") ? "PROXY proxy.example:8080; DIRECT" : "DIRECT";
}
"""


def main(version: str, *, as_json: bool) -> int:
    """Say what works, and return 0 if all does, 1 otherwise."""
    with tempfile.TemporaryDirectory(prefix="twinreel-selftest-") as folder:
        found = findings(checks(Path(folder)))
    print(report(PROGRAM, version, found, as_json=as_json))  # noqa: T201  # it was asked for
    return 0 if passed(found) else 1


def checks(folder: Path) -> list[Check]:
    """The questions; `folder` is empty and may be written to."""
    return [
        Check("system", "Nothing is known of this system.", _system),
        Check("keyring", "Uploads wait: the device's secret has no place to be kept.", _keyring),
        Check(
            "authorities",
            "Central's certificate cannot be checked against those that this system trusts.",
            _authorities,
        ),
        Check(
            "TLS",
            "Central cannot be spoken to: no connection is safe.",
            lambda: _handshake(folder),
        ),
        Check(
            "proxy rules",
            "A proxy file (PAC) cannot be followed; a proxy that is named can.",
            lambda: _proxy_rules(folder),
        ),
        Check("signatures", "No policy and no receipt of central's is believed.", _signatures),
        Check("spool", "Recordings cannot be kept on this disk.", lambda: _spool(folder)),
        Check("desk socket", "Client and uploader cannot speak.", lambda: _desk(folder)),
        Check("network and power", "Uploads do not wait for a network that is free.", _surrounding),
    ]


def _system() -> str:
    built = "installed" if getattr(sys, "frozen", False) else "from its source"
    return f"{platform.platform()}, Python {platform.python_version()}, {built}"


def _keyring() -> str:
    try:
        backend = found_keyring()
    except KeyringUnavailableError as error:
        if _no_session():
            raise Lacking(f"{error}; a service needs none (docs/it/uploader.md)") from error
        raise
    locked = {True: ", locked", False: "", None: ""}[seen_locked(backend)]
    return f"{type(backend).__module__}.{type(backend).__name__}{locked}"


def _no_session() -> bool:
    """Whether this is no desktop session, as far as can be told: no keyring is to be expected."""
    if sys.platform == "win32" or sys.platform == "darwin":
        return False
    return os.geteuid() == 0 or "DBUS_SESSION_BUS_ADDRESS" not in os.environ


def _authorities() -> str:
    context = trust(None)
    return f"{type(context).__module__.partition('.')[0]} asks the system; {ssl.OPENSSL_VERSION}"


def _handshake(folder: Path) -> str:
    authority = folder / "authority.pem"
    with _tls_server(folder, authority) as port:
        with requests.Session() as session:
            session.trust_env = False
            session.mount("https://", TrustAdapter(trust(str(authority))))
            answer = session.get(f"https://{_HOST}:{port}/", timeout=_SECONDS)
        with requests.Session() as session:
            session.trust_env = False
            session.mount("https://", TrustAdapter(trust(None)))
            try:
                session.get(f"https://{_HOST}:{port}/", timeout=_SECONDS)
            except requests.exceptions.SSLError:
                return f"{answer.text}; a stranger's certificate is refused"
    raise ssl.SSLError("a certificate that nobody vouches for was believed")


@contextmanager
def _tls_server(folder: Path, authority: Path) -> Iterator[int]:
    """A server of one sentence, with a certificate that `authority` vouches for; its port."""
    chain = folder / "server.pem"
    _write_certificate(chain, authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with socket.create_server((_HOST, 0)) as listener:
        listener.settimeout(_SECONDS)
        thread = threading.Thread(target=_serve, args=(listener, context), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(_SECONDS)


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    """One who trusts us, and one who does not and so goes away."""
    for _ in range(2):
        with suppress(OSError):
            connection, _ = listener.accept()
            connection.settimeout(_SECONDS)
            with context.wrap_socket(connection, server_side=True) as safe:
                safe.recv(4096)
                said = f"{safe.version()}, {(safe.cipher() or ('?',))[0]}".encode()
                safe.sendall(_ANSWER % (len(said), said))


def _write_certificate(chain: Path, authority: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Twinreel tests itself")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(_HOST))]), False)  # noqa: FBT003
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)  # noqa: FBT003
        .add_extension(
            x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]),
            False,  # noqa: FBT003
        )
        .sign(key, hashes.SHA256())
    )
    shown = made.public_bytes(Encoding.PEM)
    authority.write_bytes(shown)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(secret + shown)


def _proxy_rules(folder: Path) -> str:
    file = folder / "rules.pac"
    file.write_text(_RULES, encoding="utf-8")
    url = "https://central.example/"
    ways = ask(str(file), [url], None, limit_seconds=_SECONDS)[url]
    return ", ".join(way or "direct" for way in ways)


def _signatures() -> str:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    document = signed("selftest", {"said": "so"}, key)
    verified("selftest", document, {key_id(public): public})
    other = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    try:
        verified("selftest", document, {key_id(public): other})
    except SignatureRefusedError:
        return "Ed25519; a stranger's is refused"
    raise SignatureRefusedError("a stranger's signature was believed")


def _spool(folder: Path) -> str:
    spool = Spool(folder / "spool")
    with spool.lock("selftest"):
        return "written, flushed and locked"


def _desk(folder: Path) -> str:
    state = folder / "state"
    state.mkdir(mode=0o700)
    heard: queue.SimpleQueue[FromClient] = queue.SimpleQueue()
    server = DeskServer(str(state), heard=heard.put, gone=lambda _hello, _goodbye: None)
    server.start()
    try:
        asyncio.run(_said_hello(str(state)))
        return f"heard: {type(heard.get(timeout=_SECONDS)).__name__}"
    finally:
        server.stop()


async def _said_hello(state: str) -> None:
    there = asyncio.Event()

    def touched(uploader_is_there: bool) -> None:  # noqa: FBT001  # the socket's word
        if uploader_is_there:
            there.set()

    hello = Hello(version="selftest", pid=os.getpid())
    client = DeskClient(state, hello, heard=lambda _message: None, touched=touched)
    talk = asyncio.create_task(client.run())
    async with asyncio.timeout(_SECONDS):
        await there.wait()
        await client.goodbye()
        await talk


def _surrounding() -> str:
    found = this_host().surrounding()
    power = "on mains, or not known"
    if found.battery_percent is not None:
        power = f"battery at {found.battery_percent} %"
    return f"{'metered' if found.metered else 'free'} network; {power}"
