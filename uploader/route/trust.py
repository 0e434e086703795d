"""Whom to trust, and what to show: the authorities of system and site, the desk's certificate."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from typing import Any

import truststore
from requests.adapters import HTTPAdapter

from contract.desk_config import DeskConfig
from uploader.credentials import CLIENT_KEY, KeyringUnavailableError, Secrets

_ENCRYPTED = b"ENCRYPTED"  # in a PEM key: as PKCS #8's label, or in the older form's Proc-Type


class ClientKeyError(Exception):
    """The desk's certificate or its key cannot be used; the words hold no password."""


def trust(site_ca: str | None) -> ssl.SSLContext:
    """The system's trust store and, if given, the authorities in this PEM file.

    OSError (ssl.SSLError among them) if the file cannot be read.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if site_ca is not None:
        context.load_verify_locations(cafile=site_ca)
    return context


class TrustAdapter(HTTPAdapter):
    """Verifies servers by the system's trust store, and by nothing else."""

    def __init__(
        self,
        context: ssl.SSLContext,
        to_proxy: ssl.SSLContext | None = None,
        sign_in: str | None = None,
    ) -> None:
        """`context` decides whom to trust; `to_proxy` is for proxies that are spoken to by TLS.

        `sign_in` is what a proxy, and nobody else, is told as Proxy-Authorization.
        """
        self._context = context
        self._to_proxy = to_proxy or context
        self._sign_in = sign_in
        super().__init__(max_retries=0)

    # The types of what is passed through are requests' own affair.
    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """Direct connections."""
        super().init_poolmanager(*args, ssl_context=self._context, **options)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Connections through a proxy."""
        return super().proxy_manager_for(
            *args, ssl_context=self._context, proxy_ssl_context=self._to_proxy, **options
        )

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """What goes to the proxy alone, when it is asked for a tunnel."""
        headers = dict(super().proxy_headers(proxy))
        if self._sign_in is not None:
            headers["Proxy-Authorization"] = self._sign_in
        return headers

    def cert_verify(self, conn: Any, url: str, verify: object, cert: object) -> None:  # noqa: ANN401
        """Keep requests from adding its own list of authorities to the context."""
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The files that the desk shows central (mutual TLS)."""

    certificate: str  # path, PEM, with what is between it and the authority
    key: str  # path, PEM, encrypted or not

    def needs_password(self) -> bool:
        """Whether the key is encrypted. OSError if it cannot be read."""
        with open(self.key, "rb") as file:
            return _ENCRYPTED in file.read()

    def load(self, context: ssl.SSLContext, password: str) -> None:
        """Have the context show it. OSError (ssl.SSLError among them) if that cannot be."""
        # Given a password, even an empty one, OpenSSL never asks for it on a terminal.
        context.load_cert_chain(self.certificate, self.key, password=lambda: password)

    def written_at(self) -> tuple[int, ...]:
        """When the files were written, in nanoseconds. OSError if they are not there."""
        return tuple(os.stat(path).st_mtime_ns for path in (self.certificate, self.key))


class Trust:
    """The contexts for TLS. To be called by one thread at a time."""

    def __init__(
        self,
        plain: ssl.SSLContext,
        *,
        site_ca: str | None = None,
        shows: ClientCertificate | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        """`plain` shows no certificate; `secrets` has the password of the key."""
        self.plain = plain
        self._site_ca = site_ca
        self._shows = shows
        self._secrets = secrets
        self._loaded: tuple[tuple[int, ...], ssl.SSLContext] | None = None

    def context(self) -> ssl.SSLContext:
        """For central. The same object until the certificate on disk is another.

        KeyringUnavailableError when the key's password cannot be had now; ClientKeyError.
        """
        if self._shows is None:
            return self.plain
        try:
            written = self._shows.written_at()
            if self._loaded is None or self._loaded[0] != written:
                self._loaded = (written, self._made(self._shows))
        except OSError as error:  # its words may hold a path, and nothing of the key
            raise ClientKeyError(
                f"the client certificate cannot be used: {type(error).__name__}"
            ) from error
        return self._loaded[1]

    def _made(self, shows: ClientCertificate) -> ssl.SSLContext:
        password = ""
        if shows.needs_password():
            if self._secrets is None:
                raise KeyringUnavailableError("no-keyring", "no keyring was given")
            kept = self._secrets.read(CLIENT_KEY)
            if kept is None:
                raise ClientKeyError("the key's password is not in the keyring")
            password = kept
        context = trust(self._site_ca)
        shows.load(context, password)
        return context


def trust_of(desk: DeskConfig, plain: ssl.SSLContext, secrets: Secrets | None) -> Trust:
    """By the desk's configuration."""
    certificate, key = desk.network.client_certificate, desk.network.client_key
    shows = ClientCertificate(certificate, key) if certificate and key else None
    return Trust(plain, site_ca=desk.central.site_ca, shows=shows, secrets=secrets)
