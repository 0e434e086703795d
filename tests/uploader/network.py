"""The network of the tests: doors to a central, by TLS or not, and proxies."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme

from tests.uploader.false_central import FalseCentral, Handler, _Server
from uploader.credentials import KeyringUnavailableError


class Authority:
    """A site's own authority, and what it issues."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
        self.pem = str(folder / "ca.pem")
        self._ca.cert_pem.write_to_path(self.pem)

    def server(self, *hosts: str, asks_for: Authority | None = None) -> ssl.SSLContext:
        """For a server of these names; `asks_for`: it wants a certificate of theirs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*(hosts or ("localhost", "127.0.0.1", "::1"))).configure_cert(context)
        if asks_for is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(asks_for.pem)
        return context

    def desk(self, name: str = "desk", password: str = "") -> tuple[str, str]:
        """Certificate and key for a desk, as files; the key is encrypted if there is a password."""
        issued = self._ca.issue_cert(f"{name}@central.example")
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        content = issued.private_key_pem.bytes()
        if password:
            content = _encrypted(content, password)
        key.write_bytes(content)
        return str(certificate), str(key)


def _encrypted(pem: bytes, password: str) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # seldom needed

    key = serialization.load_pem_private_key(pem, None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )


class Door:
    """One address of a central. Several may lead to the same one; each can be shut by itself."""

    def __init__(self, central: FalseCentral, tls: ssl.SSLContext | None, host: str) -> None:
        self.asked: list[str] = []  # Authorization of each request
        self.host, self.tls, self.central = host, tls, central
        self._open: list[socket.socket] = []
        self._server: _Server | None = None
        self._held: socket.socket | None = None
        self.port = 0

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    def open(self) -> None:
        """Listen, at the same port as before."""
        door = self

        class Here(Handler):
            central = door.central

            def setup(self) -> None:
                super().setup()
                door._open.append(self.connection)

            def do_any(self) -> None:
                door.asked.append(self.headers.get("Authorization", ""))
                super().do_any()

            do_GET = do_POST = do_HEAD = do_PATCH = do_any  # noqa: N815  # as in Handler

        class Listening(_Server):
            address_family = socket.AF_INET6 if ":" in door.host else socket.AF_INET

            def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
                """A handshake that fails is what some tests are about."""

        if not self.port:
            self._keep_a_port(Listening.address_family)
        self._server = Listening((self.host, self.port), Here)
        self.port = self._server.server_port
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def _keep_a_port(self, family: int) -> None:
        """One that the system gives to nobody else, not even while the door is shut."""
        if sys.platform == "win32":
            return  # there one that is held cannot be listened on
        self._held = socket.socket(family)
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((self.host, 0))
        self.port = self._held.getsockname()[1]

    def close(self) -> None:
        """For good."""
        self.shut()
        if self._held is not None:
            self._held.close()

    def shut(self) -> None:
        """Nobody listens any more, and every connection breaks."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()


@contextmanager
def door(
    central: FalseCentral, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Door]:
    made = Door(central, tls, host)
    made.open()
    try:
        yield made
    finally:
        made.close()


class Proxy:
    """A proxy that knows CONNECT. Every host is led to `leads_to` on this machine."""

    def __init__(
        self, leads_to: int, *, password: str = "", tls: ssl.SSLContext | None = None
    ) -> None:
        self.heads: list[str] = []  # of each request, whole
        self.leads_to = leads_to
        self.password = password  # "user:password"; "": everybody may pass
        self.answers = 0  # in place of a tunnel
        self.tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = (
            f"{'https' if tls else 'http'}://{'localhost' if tls else '127.0.0.1'}:{self.port}"
        )

    @property
    def passed(self) -> int:
        """How many were led through or refused."""
        return len(self.heads)

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _one(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            client = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            self._lead(client)

    def _lead(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(65536) or b"\r\n\r\n"
            self.heads.append(head.decode())
            wanted = base64.b64encode(self.password.encode()).decode()
            if self.password and f"Proxy-Authorization: Basic {wanted}\r\n" not in head.decode():
                client.sendall(
                    b"HTTP/1.1 407 Sign In\r\nProxy-Authenticate: Basic realm=x\r\n"
                    b"Content-Length: 0\r\n\r\n"
                )
                return
            if self.answers:
                client.sendall(f"HTTP/1.1 {self.answers} No\r\nContent-Length: 0\r\n\r\n".encode())
                return
            with socket.create_connection(("127.0.0.1", self.leads_to)) as there:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_pump, args=(there, client), daemon=True)
                back.start()
                _pump(client, there)
                back.join(60)


def _pump(here: socket.socket, there: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := here.recv(65536):
            there.sendall(block)
        there.shutdown(socket.SHUT_WR)


@contextmanager
def proxy(
    leads_to: int, *, password: str = "", tls: ssl.SSLContext | None = None
) -> Iterator[Proxy]:
    made = Proxy(leads_to, password=password, tls=tls)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join(60)


@contextmanager
def nobody() -> Iterator[int]:
    """A port at which nobody listens for the block's length."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


class Kept:
    """A keyring in memory, which may be locked."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = {name.replace("_", "-"): secret for name, secret in secrets.items()}
        self.locked = False

    def read(self, name: str) -> str | None:
        if self.locked:
            raise KeyringUnavailableError("keyring-locked", "the keyring is locked")
        return self.secrets.get(name)

    def write(self, name: str, secret: str) -> None:
        self.secrets[name] = secret

    def remove(self, name: str) -> None:
        self.secrets.pop(name, None)
