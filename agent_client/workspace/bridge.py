"""The bridge's door of the loopback endpoint: our page inside Workspace Web Edition knocks here.

The page comes from central, so only central's own origin is let in; programs, which name none, are
not. A page that asks to pair gets a token, and the page before it is told that it was taken over.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from agent_client.workspace.bridge_talk import BridgeTalk, OtherPageError
from agent_client.workspace.doors import RefusedError
from contract.bridge import (
    BODY_BYTES,
    BRIDGE,
    HELD_SECONDS,
    Hello,
    Pair,
    Paired,
    read_said,
)
from contract.desk_config import IDENTITY, Identity

logger = logging.getLogger(__name__)

_BODY_SECONDS = 10.0
_SILENT_SECONDS = 20.0  # without a word and without anybody waiting for news
_LOOK_SECONDS = 1.0  # whether the page still waits
_PAIRINGS_KEPT = 8
_PREFLIGHT_SECONDS = 600
_DEFAULT_PORTS = {"http": 80, "https": 443}

_Message = TypeVar("_Message", bound=msgspec.Struct)


class BridgeDoor:
    """The paths below /bridge/. To be used on the engine's loop."""

    prefix = "/bridge/"

    def __init__(
        self,
        talk: BridgeTalk,
        central: Callable[[], str],
        *,
        held: float = HELD_SECONDS,
        silent: float = _SILENT_SECONDS,
    ) -> None:
        """`central`'s address, "" while it is not known; `held` and `silent` in seconds."""
        self._talk = talk
        self._central = central
        self._held = held
        self._silent = silent
        self._pairings: OrderedDict[str, str] = OrderedDict()  # token -> page
        self._waiting = 0  # requests of the connected page that are held
        self._silence: asyncio.TimerHandle | None = None

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """As contract/bridge.py says."""
        return [
            web.options("/bridge/{path:.*}", self._preflight),
            web.get(f"{BRIDGE}/hello", self._hello, allow_head=False),
            web.post(f"{BRIDGE}/pair", self._pair),
            web.post(f"{BRIDGE}/said", self._said),
            web.get(f"{BRIDGE}/state", self._state, allow_head=False),
        ]

    def admit(self, request: web.Request) -> None:
        """Central's own page, and nobody else."""
        origin = request.headers.get("Origin")
        if origin is None:
            raise RefusedError(403, "origin-missing", "Only central's page may call.")
        if not self._is_central(origin):
            raise RefusedError(403, "origin-not-allowed", "Only central's page may call.")

    def cors(self, request: web.Request, *, preflight: bool) -> Mapping[str, str]:
        """For central's page."""
        answer = {"Vary": "Origin"}
        origin = request.headers.get("Origin", "")
        if not self._is_central(origin):
            return answer
        answer["Access-Control-Allow-Origin"] = origin
        if preflight:
            answer |= {
                "Access-Control-Allow-Methods": "GET, POST",
                "Access-Control-Allow-Headers": "Authorization, Content-Type",
                "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
            }
            for network in ("Private", "Local"):  # browsers have called it both
                if request.headers.get(f"Access-Control-Request-{network}-Network") == "true":
                    answer[f"Access-Control-Allow-{network}-Network"] = "true"
        return answer

    def close(self) -> None:
        """Nobody is waited for any more."""
        if self._silence is not None:
            self._silence.cancel()

    def _is_central(self, origin: str) -> bool:
        return origin_of(self._central()) == origin != ""

    async def _preflight(self, _: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _hello(self, _: web.Request) -> web.Response:
        return _json(Hello())

    async def _pair(self, request: web.Request) -> web.Response:
        asked = _decoded(await _body(request), Pair)
        for token in [token for token, page in self._pairings.items() if page == asked.page]:
            del self._pairings[token]  # of a page that did not hear our answer
        token = secrets.token_urlsafe(24)
        self._pairings[token] = asked.page
        while len(self._pairings) > _PAIRINGS_KEPT:
            self._pairings.popitem(last=False)
        self._talk.connect(asked.page)
        self._listen_for_silence()
        return _json(Paired(token=token))

    async def _said(self, request: web.Request) -> web.Response:
        page = self._page(request)
        content = await _body(request)
        with self._heard(page):
            try:
                return _json(self._talk.said(page, read_said(content)))
            except ValueError:
                raise RefusedError(422, "not-understood", "That is not what a page says.") from None

    async def _state(self, request: web.Request) -> web.Response:
        page = self._page(request)
        after = request.query.get("after", "")
        number = int(after) if after.isascii() and after.isdigit() and len(after) < 17 else -1  # noqa: PLR2004 2**53
        with self._heard(page):
            return await self._held_back(request, page, number)

    async def _held_back(self, request: web.Request, page: str, after: int) -> web.Response:
        """Until there is news, the page has gone, or another took over."""
        until = asyncio.get_running_loop().time() + self._held
        while (left := until - asyncio.get_running_loop().time()) > 0:
            state = await self._talk.state(after, min(left, _LOOK_SECONDS))
            if self._talk.page != page:
                raise OtherPageError
            if state is not None:
                return _json(state)
            if request.transport is None:
                break
        return web.Response(status=204)

    def _page(self, request: web.Request) -> str:
        """Whose token this is. Raises RefusedError."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        given = token.encode("utf-8", "surrogateescape")
        for known, page in self._pairings.items():
            if hmac.compare_digest(known.encode(), given):
                return page
        raise RefusedError(401, "not-paired", "Pair first.")

    @contextmanager
    def _heard(self, page: str) -> Iterator[None]:
        """While a request of this page is being answered, it is not silent."""
        self._waiting += 1
        try:
            self._talk.here(page)
            yield
        except OtherPageError:
            raise RefusedError(409, "taken-over", "A newer page is connected.") from None
        finally:
            self._waiting -= 1
            self._listen_for_silence()

    def _listen_for_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(self._silent, self._fell_silent, self._talk.page)

    def _fell_silent(self, page: str) -> None:
        if self._waiting:
            self._listen_for_silence()
        elif page in self._pairings.values():
            self._talk.gone(page)


def central_of(folder: Path) -> str:
    """Central's address, once this desk has enrolled; "" before. `folder` is the state folder."""
    try:
        return msgspec.json.decode((folder / IDENTITY).read_bytes(), type=Identity).central_url
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def origin_of(url: str) -> str:
    """The origin of a page at this address, as browsers write it; "" if there is none."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return ""
    if split.scheme not in _DEFAULT_PORTS or not split.hostname:
        return ""
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    usual = port is None or port == _DEFAULT_PORTS[split.scheme]
    return f"{split.scheme}://{host}" if usual else f"{split.scheme}://{host}:{port}"


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > BODY_BYTES:
        raise RefusedError(413, "body-too-large", "That is more than a page may say at once.")
    async with asyncio.timeout(_BODY_SECONDS):
        return await request.read()


def _decoded(content: bytes, kind: type[_Message]) -> _Message:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise RefusedError(422, "not-understood", "That is not what a page says.") from None


def _json(message: msgspec.Struct) -> web.Response:
    return web.Response(body=msgspec.json.encode(message), content_type="application/json")
