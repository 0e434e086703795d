"""Pages inside Workspace and their desks, through central: `contract.bridge`, second table."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import msgspec

from central.core.switchboard import LOCK_SECONDS, Page, Switchboard, TooMany
from central.ingest.signing import signed_in
from central.services import pairings
from central.services.site import Site
from central.wire import Answer, Handler, Refused, Request, in_thread, said, wrong
from contract import bridge
from contract.bridge import Bye, DeskPair, Pair, Paired, Taken, ToPage, Waiting

_ANSWER_BYTES = 512 * 1024  # of what waits for a desk, in one answer
_LOOK_SECONDS = 5.0  # between two looks at what only time changes
_SMALL = 4096  # bytes of a request that names a page or a code
_LATER = {"Retry-After": "2"}
_JSON = {"Content-Type": "application/json"}


class Bridge:
    """All of it; one for the process, since what waits is in memory."""

    def __init__(self, site: Site, clock: Callable[[], float] = time.monotonic) -> None:
        self._site = site
        self._clock = clock
        self._board = Switchboard(time.time_ns() // 1_000_000)
        self._bells: dict[str, set[asyncio.Event]] = {}  # by device, or by a page's token
        self._handlers: dict[tuple[str, str], Handler] = {
            ("POST", bridge.RELAY + "/pair"): self._pair,
            ("POST", bridge.RELAY + "/said"): self._said,
            ("GET", bridge.RELAY + "/state"): self._state,
            ("POST", bridge.DESK_PAIR): self._desk_pair,
            ("GET", bridge.DESK_SAID): self._desk_said,
            ("POST", bridge.DESK_STATE): self._desk_state,
        }

    @staticmethod
    def takes(path: str) -> bool:
        """Whether this path is for pages that speak through central."""
        return path.startswith(bridge.RELAY + "/")

    def handler(self, method: str, path: str) -> Handler | None:
        """Who answers this."""
        return self._handlers.get((method, path))

    def desk_is_here(self, device_id: str) -> None:
        """The desk has asked for orders."""
        now = self._clock()
        was_here = self._board.is_here(device_id, now)
        self._board.heard_of(device_id, now)
        if not was_here:
            self._ring(device_id)

    async def _pair(self, request: Request) -> Answer:
        _check_origin(request, self._site)
        asked = await request.document(Pair, _SMALL)
        now = self._clock()
        token = secrets.token_urlsafe(32)
        page = Page(asked.page, _hash(token), now)
        if asked.token:
            page.device_id = await in_thread(pairings.device_of, _hash(asked.token))
        if not page.device_id or not self._board.is_here(page.device_id, now):
            page.code = self._fresh_code(now)  # its agent may sit at another desk today
        self._board.pair(page, request.address, now)
        if page.device_id:
            await in_thread(pairings.keep, page.token_sha256, page.device_id)
            await self._call(page.device_id)
        seconds = int(page.code_until - now) if page.code else 0
        return _told(HTTPStatus.OK, Paired(token=token, code=page.code, seconds=seconds))

    async def _said(self, request: Request) -> Answer:
        page = await self._page(request)
        body = await request.body(bridge.BODY_BYTES)
        try:
            told = bridge.read_said(body)
        except ValueError as error:
            return wrong(HTTPStatus.UNPROCESSABLE_ENTITY, "unusable", str(error))
        if not page.device_id:
            raise Refused(wrong(429, "not-paired", "nobody has typed the code yet", _LATER))
        page.bye = page.bye or any(isinstance(one, Bye) for one in told.said)
        following = self._board.says(page, told.first, len(told.said), body, self._clock())
        self._ring(page.device_id)
        await self._call(page.device_id)
        return _told(HTTPStatus.OK, Taken(next=following))

    async def _state(self, request: Request) -> Answer:
        page = await self._page(request)
        after = _after(request)
        await request.body(_SMALL)

        def look() -> Answer | None:
            if page.replaced:
                return _replaced()
            word = self._board.word(page)
            if word is None or word.number == after or self._waits(page):
                return None
            return Answer(HTTPStatus.OK, word.body, _JSON)

        if page.device_id:
            await self._call(page.device_id)
        answer = await self._held(request, page.token_sha256, look, page)
        if answer is not None:
            return answer
        if not self._waits(page):
            return Answer(HTTPStatus.NO_CONTENT)
        left = int(page.code_until - self._clock())
        if left <= 0:
            return _unknown()  # it pairs again, and gets another code
        return _told(HTTPStatus.ACCEPTED, Waiting(code=page.code, seconds=left))

    async def _desk_pair(self, request: Request) -> Answer:
        device = await signed_in(request)
        try:
            asked = await request.document(DeskPair, _SMALL)
            page = self._board.typed(device.device_id, asked.code, self._clock())
        except TooMany:
            headers = {"Retry-After": str(int(LOCK_SECONDS))}
            return wrong(429, "locked", "too many wrong codes: wait a minute", headers)
        if page is None:
            if self._board.is_locked(device.device_id, self._clock()):
                await in_thread(pairings.refused, device, request.address)
            return wrong(HTTPStatus.NOT_FOUND, "not-found", "no page shows this code now")
        await in_thread(pairings.paired, device, page.token_sha256, page.address, request.address)
        self._ring(page.token_sha256)
        await self._call(device.device_id)
        return Answer(HTTPStatus.NO_CONTENT)

    async def _desk_said(self, request: Request) -> Answer:
        device = await signed_in(request)
        after = _after(request)
        known = _asked(request, "page")
        await request.body(_SMALL)
        gone = HTTPStatus.NOT_FOUND, "not-found", "no page speaks to this desk"

        def look() -> Answer | None:
            page = self._board.hears(device.device_id, after, self._clock())
            if page is None:
                return wrong(*gone)
            is_news = known is not None and known != page.page and page.has_spoken
            return _for_desk(page, after) if page.waiting or is_news else None

        answer = await self._held(request, device.device_id, look)
        return answer or Answer(HTTPStatus.NO_CONTENT)

    async def _desk_state(self, request: Request) -> Answer:
        device = await signed_in(request)
        body = await request.body(bridge.BODY_BYTES)
        try:
            msgspec.json.decode(body, type=ToPage)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return wrong(HTTPStatus.UNPROCESSABLE_ENTITY, "unusable", "not a word for a page")
        page = self._board.shows(device.device_id, body)
        if page is not None:
            self._ring(page.token_sha256)
        return Answer(HTTPStatus.NO_CONTENT)

    async def _page(self, request: Request) -> Page:
        """The page that asks. 401 if it must pair again, 409 if another one took over."""
        _check_origin(request, self._site)
        page = self._board.find(_hash(request.bearer()), self._clock())
        if page is None:
            raise Refused(_unknown())
        if page.replaced:
            raise Refused(_replaced())
        return page

    def _waits(self, page: Page) -> bool:
        """Whether a code has to be typed: none ever was, or its desk is away."""
        if not page.device_id:
            return True
        return bool(page.code) and not self._board.is_here(page.device_id, self._clock())

    async def _call(self, device_id: str) -> None:
        if self._board.must_call(device_id, self._clock()):
            await in_thread(pairings.call, device_id)

    async def _held(
        self,
        request: Request,
        key: str,
        look: Callable[[], Answer | None],
        page: Page | None = None,
    ) -> Answer | None:
        """What `look` finds, as soon as it finds something; None if that is long in coming."""
        gone = asyncio.ensure_future(request.gone())
        until = self._clock() + bridge.HELD_SECONDS
        waited = page is not None and self._waits(page)
        try:
            with self._bell(key) as bell:
                while (answer := look()) is None and not gone.done():
                    left = until - self._clock()
                    if left <= 0 or (waited and page is not None and not self._waits(page)):
                        break
                    rung = asyncio.ensure_future(bell.wait())
                    await asyncio.wait(
                        {gone, rung},
                        timeout=min(left, _LOOK_SECONDS),
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    rung.cancel()
                    bell.clear()
            return answer
        finally:
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)

    @contextmanager
    def _bell(self, key: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._bells.setdefault(key, set()).add(bell)
        try:
            yield bell
        finally:
            self._bells[key].discard(bell)
            if not self._bells[key]:
                del self._bells[key]

    def _ring(self, key: str) -> None:
        for bell in self._bells.get(key, ()):
            bell.set()

    def _fresh_code(self, now: float) -> str:
        while True:
            code = f"{secrets.randbelow(10**bridge.CODE_DIGITS):0{bridge.CODE_DIGITS}}"
            if self._board.is_free(code, now):
                return code


def bridged(handler: Callable[[Request], Awaitable[Answer]]) -> Handler:
    """What is too much is said so, with when to come back."""

    async def answer(request: Request) -> Answer:
        try:
            return await handler(request)
        except TooMany:
            return wrong(429, "too-many", "too much at once: later", _LATER)

    return answer


def _for_desk(page: Page, after: int) -> Answer:
    """What waits, as the page sent it: nothing that it said is lost on the way."""
    parts: list[bytes] = []
    last, size = after, 0
    for number, body in page.waiting:
        if parts and size + len(body) > _ANSWER_BYTES:
            break
        parts.append(body)
        last, size = number, size + len(body)
    head = json.dumps({"page": page.page, "last": last, "silent": False})[:-1].encode()
    return Answer(HTTPStatus.OK, head + b', "said": [' + b",".join(parts) + b"]}", _JSON)


def _check_origin(request: Request, site: Site) -> None:
    """403 to a page of another origin: only central's own page may speak here."""
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(site.config.url).netloc}
    if fetched != "same-origin" or (origin is not None and urlsplit(origin).netloc not in own):
        raise Refused(wrong(HTTPStatus.FORBIDDEN, "not-allowed", "not a page of central's"))


def _asked(request: Request, name: str) -> str | None:
    asked = parse_qs(request.query.decode("latin-1"), keep_blank_values=True)
    return asked.get(name, [None])[0]


def _after(request: Request) -> int:
    given = _asked(request, "after") or "0"
    if not given.isascii() or not given.isdecimal() or len(given) > 18:  # noqa: PLR2004 - digits of a 64-bit number
        raise Refused(wrong(400, "malformed", "after is not a number"))
    return int(given)


def _told(status: int, document: msgspec.Struct) -> Answer:
    return said(status, msgspec.to_builtins(document))


def _unknown() -> Answer:
    return wrong(HTTPStatus.UNAUTHORIZED, "unauthorised", "pair again")


def _replaced() -> Answer:
    return wrong(HTTPStatus.CONFLICT, "replaced", "another page of this desk took over")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
