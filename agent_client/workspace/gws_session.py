"""One agent's session at Genesys Web Services: its token, its cookie and its requests.

Errors are sorted by what to do next:

    GwsError
      OutOfReachError    wait and repeat: network, time-out, 408, 429, 5xx
      NotLetInError      tell the agent, who must sign in again: 401, 403, refused grant
      MadeNoSenseError   an answer that cannot be understood: repeat slowly, and log
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec
import truststore
from yarl import URL

from agent_client.workspace.basic import Credentials

logger = logging.getLogger(__name__)

_REQUEST_SECONDS = 15.0
_CONNECT_SECONDS = 10.0
_ANSWER_BYTES = 16 * 1024 * 1024  # a current-session may carry a site's whole configuration
_WORTH_ASKING_AGAIN = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


class GwsError(Exception):
    """Never raised itself. The text holds addresses and status codes, no bodies."""


class OutOfReachError(GwsError):
    """Nobody answered, or only to say: later."""


class NotLetInError(GwsError):
    """The credentials or the token are not accepted."""


class MadeNoSenseError(GwsError):
    """An answer that is none of those that were agreed."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """An agent's sign-in, as Workspace hands it to the loopback endpoint. Never kept."""

    server: str  # "" if Workspace named none
    username: str
    password: str = field(repr=False)
    peer_server: str = ""  # of the other data centre


@dataclass(frozen=True, slots=True)
class GwsSettings:
    """How this client makes itself known to Genesys Web Services."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    url: str = ""  # where Genesys Web Services is, if not at the server that Workspace names
    api_key: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None  # None: whom this computer trusts


class GwsSession:
    """Begun with a token; `initialize` gets the cookie that every other request needs."""

    def __init__(self, server: str, settings: GwsSettings) -> None:
        self.server = server.rstrip("/")
        self._settings = settings
        self._token = ""
        self._refresh_token = ""
        headers = {"x-api-key": settings.api_key} if settings.api_key else {}
        tls = settings.tls or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = aiohttp.ClientSession(
            # WORKSPACE_SESSIONID must come back to servers named by address, too
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(ssl=tls, limit=8),
            headers={"Accept": "application/json", **headers},
        )
        self._proxy = _proxy(self.server)

    def __repr__(self) -> str:
        return f"GwsSession({self.server!r})"

    @classmethod
    async def with_password(cls, server: str, sign_in: SignIn, settings: GwsSettings) -> Self:
        """Trade an agent's password for a token; the password is not kept. Raises GwsError."""
        session = cls(server, settings)
        grant = {
            "grant_type": "password",
            "scope": "*",
            "username": sign_in.username,
            "password": sign_in.password,
        }
        try:
            await session._fetch_token(grant)
        except BaseException:
            await session.close()
            raise
        return session

    async def renew(self) -> None:
        """Get another token with the refresh token, if there is one. Raises GwsError."""
        if not self._refresh_token:
            raise NotLetInError(f"{self.server} wants a new sign-in")
        await self._fetch_token(
            {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        )

    async def initialize(self) -> None:
        """Have Workspace start our session: it sets the cookie and tells of its progress."""
        await self.ask("POST", "/workspace/v3/initialize-workspace")

    async def current_session(self) -> object:
        """The agent and all calls, as they are now."""
        return await self.ask("GET", "/workspace/v3/current-session")

    async def order(self, connection_id: str, verb: str) -> None:
        """`pause-recording` or `resume-recording`; done when Workspace says so by CometD."""
        answer = await self.ask("POST", f"/workspace/v3/voice/calls/{connection_id}/{verb}")
        status = answer.get("status") if isinstance(answer, Mapping) else None
        code = status.get("code") if isinstance(status, Mapping) else None
        if code not in {0, 1}:  # done; begun
            raise MadeNoSenseError(f"{verb} was answered with another code than 0 or 1")

    async def notify(
        self, step: str, message: Mapping[str, object], seconds: float
    ) -> list[object]:
        """One Bayeux request: `handshake`, `subscribe`, `connect` or `disconnect`."""
        answer = await self.ask(
            "POST", f"/workspace/v3/notifications/{step}", body=[message], seconds=seconds
        )
        return answer if isinstance(answer, list) else [answer]

    async def close(self) -> None:
        """Forget token and cookies, and close the connections."""
        self._token = self._refresh_token = ""
        await self._http.close()

    async def _fetch_token(self, grant: Mapping[str, str]) -> None:
        client = Credentials(self._settings.client_id, self._settings.client_secret)
        answer = await self._send(
            "POST",
            "/auth/v3/oauth/token",
            data=dict(grant) | {"client_id": self._settings.client_id},
            headers={"Authorization": client.header()},
            refused=frozenset({HTTPStatus.BAD_REQUEST}),  # invalid_grant, RFC 6749 5.2
        )
        tokens = answer if isinstance(answer, Mapping) else {}
        token, refresh = tokens.get("access_token"), tokens.get("refresh_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise MadeNoSenseError(f"{self.server} answered without a token")
        self._token = token
        self._refresh_token = refresh if isinstance(refresh, str) else ""

    async def ask(
        self, method: str, path: str, *, body: object = None, seconds: float = _REQUEST_SECONDS
    ) -> object:
        """Send a request with the token, and the JSON of its answer. Raises GwsError."""
        return await self._send(
            method,
            path,
            data=None if body is None else msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
            seconds=seconds,
        )

    async def _send(  # noqa: PLR0913 -- one request, all of it by name
        self,
        method: str,
        path: str,
        *,
        data: bytes | dict[str, str] | None,
        headers: Mapping[str, str],
        refused: frozenset[HTTPStatus] = frozenset(),
        seconds: float = _REQUEST_SECONDS,
    ) -> object:
        try:
            async with self._http.request(
                method,
                URL(self.server + path),
                data=data,
                headers=headers,
                proxy=self._proxy,
                allow_redirects=False,  # the token goes nowhere else
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS),
            ) as answer:
                _sort(answer.status, path, refused)
                content = await _limited(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutOfReachError(
                f"{self.server} did not answer: {type(error).__name__}"
            ) from error
        except ValueError as error:  # yarl, of an address that is none
            raise MadeNoSenseError("the server's address cannot be used") from error
        if not content:
            return {}
        try:
            return msgspec.json.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise MadeNoSenseError(f"the answer to {method} {path} is no JSON") from error


def _proxy(server: str) -> str | None:
    """The system's proxy for this server. Not aiohttp's trust_env, which reads .netrc as well."""
    split = urlsplit(server)
    host = split.hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(host):
        return None
    return getproxies().get(split.scheme)


def _sort(status: int, path: str, refused: frozenset[HTTPStatus]) -> None:
    """Raise what a status asks for."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    text = f"status {status} for {path}"
    if status in refused or status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise NotLetInError(text)
    if status in _WORTH_ASKING_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise OutOfReachError(text)
    raise MadeNoSenseError(text)


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in answer.content.iter_any():
        content += piece
        if len(content) > _ANSWER_BYTES:
            raise MadeNoSenseError(f"an answer of more than {_ANSWER_BYTES} bytes")
    return bytes(content)
