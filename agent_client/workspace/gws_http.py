"""Requests to Genesys Web Services: JSON there and back, cookies kept in memory."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec
import truststore
from yarl import URL

from agent_client.workspace.gws_session import (
    GwsSettings,
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
)

REQUEST_SECONDS = 15.0
_CONNECT_SECONDS = 10.0
# An idle connection: less than servers keep one (5 s and more), for what is sent on one that they
# close just then is lost, and touch with it.
_KEPT_SECONDS = 2.0
_ANSWER_BYTES = 16 * 1024 * 1024  # a current-session may carry a site's whole configuration
_BROWSER = "BAYEUX_BROWSER"  # CometD's own cookie
_WORTH_ASKING_AGAIN = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered with success."""

    json: object  # {} if there was nothing
    headers: Mapping[str, str]


class GwsHttp:
    """One server, with the cookies that it set. Every request may raise GwsError."""

    def __init__(self, server: str, settings: GwsSettings) -> None:
        self.server = server.rstrip("/")
        headers = {"x-api-key": settings.api_key} if settings.api_key else {}
        tls = settings.tls or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = aiohttp.ClientSession(
            # WORKSPACE_SESSIONID must come back to servers named by address, too
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(ssl=tls, limit=8, keepalive_timeout=_KEPT_SECONDS),
            headers={"Accept": "application/json", **headers},
        )
        self._proxy = _proxy(self.server)

    async def send(  # noqa: PLR0913 -- one request, all of it by name
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        json: object = None,
        form: Mapping[str, str] | None = None,
        refused: frozenset[HTTPStatus] = frozenset(),
        seconds: float = REQUEST_SECONDS,
    ) -> Answer:
        """Send a request, with a JSON body or a form; `refused`: statuses that mean "not let in".

        Redirections are not followed: what is secret goes nowhere else.
        """
        content = {} if json is None else {"Content-Type": "application/json"}
        try:
            async with self._http.request(
                method,
                URL(self.server + path),
                data=form if json is None else msgspec.json.encode(json),
                headers={**headers, **content},
                proxy=self._proxy,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS),
            ) as answer:
                _sort(answer.status, path, refused)
                body = await _limited(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutOfReachError(
                f"{self.server} did not answer: {type(error).__name__}"
            ) from error
        except ValueError as error:  # yarl, of an address that is none
            raise MadeNoSenseError("the server's address cannot be used") from error
        return Answer(decoded(body, f"{method} {path}"), answer.headers)

    async def notify(
        self,
        path: str,
        message: Mapping[str, object],
        *,
        headers: Mapping[str, str],
        seconds: float,
    ) -> list[object]:
        """One Bayeux request. With each handshake we are another browser to CometD.

        For it holds one connect of a browser at a time, and ours that was cut off may still be
        held: then it would answer the next ones at once, and let us wait between them.
        """
        if message.get("channel") == "/meta/handshake":
            self._http.cookie_jar.clear(lambda cookie: cookie.key == _BROWSER)
        answer = await self.send("POST", path, json=[message], headers=headers, seconds=seconds)
        return answer.json if isinstance(answer.json, list) else [answer.json]

    async def close(self) -> None:
        """Forget the cookies, and close the connections."""
        self._http.cookie_jar.clear()
        await self._http.close()


def decoded(body: bytes, request: str) -> object:
    """The JSON in an answer, {} in an empty one. Raises MadeNoSenseError, which says to what."""
    try:
        return msgspec.json.decode(body) if body else {}
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        # without its cause, which may hold what could not be decoded
        raise MadeNoSenseError(f"the answer to {request} is no JSON") from None


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
