"""Whom Windows trusts at the other end of TLS."""

from __future__ import annotations

import ctypes
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
from truststore import _windows as windows

from uploader.route.trust import trust

assert sys.platform == "win32"

_SECONDS = 30.0
_OF_WINDOWS_7 = 80  # bytes: without the last field, which Windows 8 brought, and Wine 8 did not


@pytest.fixture(autouse=True)
def _wine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wine is asked as Windows 7 was; all else stays as it is."""
    if not hasattr(ctypes.WinDLL("ntdll"), "wine_get_version"):
        return
    create = windows.CertCreateCertificateChainEngine

    def as_of_windows_7(wanted: Any, engine: Any) -> Any:  # noqa: ANN401 -- ctypes' own
        wanted.contents.cbSize = _OF_WINDOWS_7
        return create(wanted, engine)

    monkeypatch.setattr(windows, "CertCreateCertificateChainEngine", as_of_windows_7)


class _Site:
    """A site with an authority of its own, and a server that shows all of its chain."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert("localhost")
        self.pem = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.pem))
        chain = folder / "chain.pem"
        parts = (issued.private_key_pem, *issued.cert_chain_pems, authority.cert_pem)
        chain.write_bytes(b"".join(part.bytes() for part in parts))
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(chain)


@pytest.fixture
def site(tmp_path: Path) -> _Site:
    return _Site(tmp_path)


@pytest.fixture
def port(site: _Site) -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            with suppress(OSError):  # it is closed
                while True:
                    connection, _ = listener.accept()
                    with suppress(OSError), site.tls.wrap_socket(connection, True) as safe:  # noqa: FBT003
                        safe.sendall(b"central")

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def _heard(port: int, site_ca: Path | None, name: str = "localhost") -> bytes:
    context = trust(None if site_ca is None else str(site_ca))
    plain = socket.create_connection(("127.0.0.1", port), _SECONDS)
    with plain, context.wrap_socket(plain, server_hostname=name) as safe:
        return safe.recv(100)


def test_the_sites_own_authority_is_trusted_where_it_is_named(port: int, site: _Site) -> None:
    assert _heard(port, site.pem) == b"central"


def test_it_is_trusted_by_nobody_else(port: int) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        _heard(port, None)


def test_another_sites_authority_vouches_for_nobody_here(
    port: int, tmp_path: Path, site: _Site
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    assert other.read_bytes() != site.pem.read_bytes()
    with pytest.raises(ssl.SSLCertVerificationError):
        _heard(port, other)


def test_a_server_of_another_name_is_not_central(port: int, site: _Site) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        _heard(port, site.pem, "central.example")
