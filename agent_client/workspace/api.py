"""The local API's door of the loopback endpoint: what a custom desktop tells, asks and follows.

Who has the token may enter, and no page unless policy names it. What is told becomes events of
`Source.API`; it is answered once the engine has taken them, with the state as it is then.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import msgspec
from aiohttp import web

from agent_client.core.events import (
    Event,
    PauseAsked,
    RecordNowAsked,
    ResumeAsked,
    Source,
)
from agent_client.core.verdict import Verdict
from agent_client.engine import Engine
from agent_client.workspace.api_document import document
from agent_client.workspace.api_news import ApiNews
from agent_client.workspace.api_operations import (
    DOCUMENT,
    LONGEST_WAIT,
    OPERATIONS,
    PREFIX,
    USUAL_WAIT,
    Operation,
)
from agent_client.workspace.api_requests import call_id, query, said, yes
from agent_client.workspace.api_shapes import (
    AgentNews,
    CallNews,
    Heartbeat,
    Problem,
    SignIn,
    State,
)
from agent_client.workspace.api_state import family_of, state
from agent_client.workspace.api_token import forget_token, new_token
from agent_client.workspace.doors import RefusedError
from agent_client.workspace.loopback_rules import LoopbackRules, admit, cors

logger = logging.getLogger(__name__)

_TOKEN_AGAIN_SECONDS = 15.0
_DECIDED_SECONDS = 2.0
_METHODS = "GET, PUT, POST, DELETE, OPTIONS"
_HEADERS = "Authorization, Content-Type"
_NOT_ALLOWED, _OVER = "not-allowed", "call-over"  # a Verdict's reasons


class ApiDoor:
    """All paths under `/api/twinreel/v1/`."""

    prefix = PREFIX

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        origins: Callable[[], Sequence[str]],
        version: str,
    ) -> None:
        """`folder` is for the token; `origins`: the pages that policy lets in."""
        self._engine = engine
        self._folder = folder
        self._token = ""  # none: nobody may enter
        self._origins = origins
        self._document = msgspec.json.encode(document())
        self._news = ApiNews(engine)
        self._turn = asyncio.Lock()  # each change is looked at and made before the next
        self._state = partial(state, run=uuid4().hex, version=version)
        self._told = self._state(engine.world, number=0)
        self._changed = asyncio.Event()
        engine.followers.append(self._changed.set)

    async def run(self) -> NoReturn:
        """Have a token until cancelled, and then none."""
        try:
            while not self._token:
                try:
                    self._token = await asyncio.to_thread(new_token, self._folder)
                except OSError as error:
                    logger.error("the local API has no token: %s", error.strerror)  # noqa: TRY400 -- no bug
                    await asyncio.sleep(_TOKEN_AGAIN_SECONDS)
            await asyncio.Event().wait()
            raise AssertionError("nobody sets this event")
        finally:
            self._token = ""
            self._news.close()
            forget_token(self._folder)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """One for each operation, the document, and what browsers ask first."""
        handlers: Mapping[str, Callable[[web.Request, Any], Awaitable[None]]] = {
            "signIn": self._sign_in,
            "signOut": self._sign_out,
            "agentState": self._agent_state,
            "call": self._call,
            "hold": self._hold,
            "retrieve": self._retrieve,
            "stop": self._stop,
            "pause": partial(self._wish, PauseAsked(Source.API)),
            "resume": partial(self._wish, ResumeAsked(Source.API)),
            "recordNow": partial(self._wish, RecordNowAsked(Source.API)),
            "pauseCall": partial(self._wish_for, PauseAsked),
            "resumeCall": partial(self._wish_for, ResumeAsked),
            "recordCallNow": partial(self._wish_for, RecordNowAsked),
            "heartbeat": self._heartbeat,
            "noHeartbeat": self._no_heartbeat,
        }
        defined: list[web.AbstractRouteDef] = [
            web.get(f"{PREFIX}{DOCUMENT}", self._give_document, allow_head=False),
            web.get(f"{PREFIX}state", self._give_state, allow_head=False),
        ]
        for one in OPERATIONS:
            if one.name in handlers:
                handler = partial(self._change, one, handlers[one.name])
                defined.append(web.route(one.method, f"{PREFIX}{one.path}", handler))
        paths = dict.fromkeys([DOCUMENT, *(one.path for one in OPERATIONS)])
        defined += [web.options(f"{PREFIX}{path}", self._preflight) for path in paths]
        return defined

    def admit(self, request: web.Request) -> None:
        """Raise RefusedError for a page that policy does not name, and for who lacks the token."""
        admit(request.headers, self._rules(), without_origin=True)
        if request.method == "OPTIONS" and "Origin" in request.headers:
            return  # browsers ask this without the token
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        kept = self._token
        good = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), kept.encode())
        if kind.lower() != "bearer" or not kept or not good:
            raise RefusedError(401, "token-wrong", "The token is missing, or not this run's.")

    def cors(self, request: web.Request, *, preflight: bool) -> Mapping[str, str]:
        """For the pages that policy names."""
        answer = cors(request.headers, self._rules(), preflight=preflight)
        if "Access-Control-Allow-Methods" in answer:
            answer["Access-Control-Allow-Methods"] = _METHODS
            answer["Access-Control-Allow-Headers"] = _HEADERS
        return answer

    def refusal(self, status: int, code: str, text: str) -> web.Response:
        """RFC 9457."""
        problem = Problem(
            type="about:blank",
            title=HTTPStatus(status).phrase,
            status=status,
            detail=text,
            code=code,
        )
        answer = web.Response(
            status=status,
            body=msgspec.json.encode(problem),
            content_type="application/problem+json",
        )
        if status == HTTPStatus.UNAUTHORIZED:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="twinreel"'
        return answer

    def _rules(self) -> LoopbackRules:
        return LoopbackRules(origins=tuple(self._origins()))

    async def _preflight(self, _: web.Request) -> web.Response:
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _give_document(self, _: web.Request) -> web.Response:
        return web.Response(body=self._document, content_type="application/json")

    async def _give_state(self, request: web.Request) -> web.Response:
        after = query(request, "after", int)
        wait = query(request, "wait", float)
        wait = USUAL_WAIT if wait is None else wait
        if not 0 <= wait <= LONGEST_WAIT:
            raise RefusedError(422, "query-wrong", f"wait is from 0 to {LONGEST_WAIT:.0f} seconds.")
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while self._now().number == after:
                    self._changed.clear()
                    await self._changed.wait()
        return self._answer()

    def _now(self) -> State:
        told = self._state(self._engine.world, number=self._told.number)
        if told != self._told:
            self._told = msgspec.structs.replace(told, number=told.number + 1)
        return self._told

    def _answer(self) -> web.Response:
        return web.Response(body=msgspec.json.encode(self._now()), content_type="application/json")

    async def _change(
        self,
        operation: Operation,
        handler: Callable[[web.Request, Any], Awaitable[None]],
        request: web.Request,
    ) -> web.Response:
        asked = said(operation, request.content_type, await request.read())
        async with self._turn:
            await handler(request, asked)
        if operation.body is CallNews:
            await self._decided(call_id(request))
        return self._answer()

    async def _decided(self, named: str) -> None:
        """Wait for what follows at once: the rules for an agent who just signed in."""

        def undecided() -> bool:
            world = self._engine.world
            family = family_of(world, named)
            talking = family is not None and family.talking and family.decision is None
            return talking and world.rules is not None

        with suppress(TimeoutError):
            async with asyncio.timeout(_DECIDED_SECONDS):
                while undecided():
                    self._changed.clear()
                    await self._changed.wait()

    async def _sign_in(self, _: web.Request, said: SignIn) -> None:
        await self._news.sign_in(said.agent)

    async def _sign_out(self, *_: object) -> None:
        await self._news.sign_out()

    async def _agent_state(self, _: web.Request, said: AgentNews) -> None:
        await self._news.agent_state(said.state)

    async def _call(self, request: web.Request, said: CallNews) -> None:
        await self._news.call(call_id(request), said)

    async def _hold(self, request: web.Request, _: None) -> None:
        await self._news.hold(call_id(request))

    async def _retrieve(self, request: web.Request, _: None) -> None:
        await self._news.retrieve(call_id(request))

    async def _stop(self, request: web.Request, _: None) -> None:
        wrap_up = yes(request, "wrap_up")
        await self._news.stop(call_id(request))
        if wrap_up and self._engine.world.agent.agent_id is not None:
            await self._news.agent_state("wrap-up")

    async def _heartbeat(self, _: web.Request, said: Heartbeat) -> None:
        self._news.heard(said.within_seconds)

    async def _no_heartbeat(self, *_: object) -> None:
        self._news.close()

    async def _wish(self, wish: Event, *_: object) -> None:
        verdict = await self._news.take(wish)
        if not verdict.granted:
            raise _refused(verdict)

    async def _wish_for(
        self, wish: Callable[[Source, str], Event], request: web.Request, _: None
    ) -> None:
        """A wish about one call: the engine looks whether it is there as it takes the wish."""
        named = call_id(request)
        verdict = await self._news.take(wish(Source.API, named))
        if verdict.reason == _OVER:
            if family_of(self._engine.world, named) is not None:
                raise RefusedError(409, "call-ended", "This call has ended.")
            raise RefusedError(404, "no-such-call", "There is no such call.")
        if not verdict.granted:
            raise _refused(verdict)


def _refused(verdict: Verdict) -> RefusedError:
    status = 403 if verdict.reason == _NOT_ALLOWED else 409
    return RefusedError(status, verdict.reason, verdict.text)
