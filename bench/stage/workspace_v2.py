"""The stand-in speaks API v2 as well: sign-in by Basic, a cookie, a token against forged requests.

| request | answer |
|---|---|
| `GET /api/v2/me` | the user; with Basic, the cookie JSESSIONID and the CSRF headers too |
| `GET /api/v2/me/calls`, `/devices` | addresses; with `?fields=*` the things themselves |
| `POST /api/v2/me/calls/{id}` with operationName | `{"statusCode": 0}`, and CometD tells the rest |
| `POST /api/v2/notifications`, with a step or without | Bayeux |
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from typing import Protocol

from aiohttp import web

from bench.stage import workspace_shapes as shapes
from bench.stage import workspace_shapes_v2 as v2
from bench.stage.workspace_agent import OutOfTurnError, StageAgent, StageCall
from bench.stage.workspace_bayeux import Hub
from bench.stage.workspace_faults import Faults
from bench.stage.workspace_shapes import Json, Person

COOKIE = "JSESSIONID"
_CSRF = "X-CSRF-TOKEN"
_FACTS_FOLLOW_AFTER = 0.02  # seconds between the answer to an order and the event that it is done


class Stage(Protocol):
    """The server of which this is a part."""

    faults: Faults
    hub: Hub
    people: dict[str, Person]
    agents: dict[str, StageAgent]
    tokens: dict[str, str]

    @property
    def url(self) -> str: ...


def add_v2(app: web.Application, stage: Stage) -> V2:
    routes = V2(stage)
    app.add_routes(
        [
            web.get("/api/v2/me", routes.me),
            web.get("/api/v2/me/calls", routes.calls),
            web.get("/api/v2/me/devices", routes.devices),
            web.post("/api/v2/me/calls/{id}", routes.operate),
            web.post("/api/v2/notifications", routes.notifications),
            web.post("/api/v2/notifications/{step}", routes.notifications),
        ]
    )
    return routes


def parents(agent: StageAgent) -> dict[str, str]:
    """Call ids by connection id."""
    return {connection_id: call.call_id for connection_id, call in agent.calls.items()}


class V2:
    """What is asked of it by v2."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._csrf: dict[str, str] = {}  # by cookie
        self._snapshots: dict[str, list[Json]] = {}

    def freeze_listing(self) -> None:
        """While the fault `stale_listing` is set, listings say what is true at this moment."""
        self._snapshots = {name: self._listed(name) for name in self._stage.agents}

    async def me(self, request: web.Request) -> web.Response:
        cookie, user_name = request.cookies.get(COOKIE, ""), self._user(request)
        if not user_name:
            authorization = request.headers.get("Authorization")
            for person in self._stage.people.values():
                if authorization == shapes.basic(person.user_name, person.password):
                    user_name, cookie = person.user_name, secrets.token_hex(16)
                    self._stage.tokens[cookie] = user_name
                    self._csrf[cookie] = secrets.token_hex(16)
        if not user_name:
            return _denied()
        answer = web.json_response(
            v2.user(self._stage.people[user_name]),
            headers={"X-CSRF-HEADER": _CSRF, _CSRF: self._csrf[cookie]},
        )
        answer.set_cookie(COOKIE, cookie, path="/", httponly=True)
        return answer

    async def calls(self, request: web.Request) -> web.Response:
        if not (user_name := self._user(request)):
            return _denied()
        stale = self._stage.faults.stale_listing and user_name in self._snapshots
        listed = self._snapshots[user_name] if stale else self._listed(user_name)
        await asyncio.sleep(self._stage.faults.slow_listing)
        return web.json_response(_collection(request, "calls", listed))

    async def devices(self, request: web.Request) -> web.Response:
        if not (user_name := self._user(request)):
            return _denied()
        agent = self._stage.agents[user_name]
        return web.json_response(
            _collection(request, "devices", [v2.device(agent.person, agent.dn())])
        )

    async def operate(self, request: web.Request) -> web.Response:
        if not (user_name := self._user(request)):
            return _denied()
        if self._forged(request):
            return _forged()
        agent = self._stage.agents[user_name]
        orders: Mapping[str, Callable[[StageCall], None]] = {
            "StartCallRecording": agent.start_recording,
            "PauseCallRecording": agent.pause_recording,
            "ResumeCallRecording": agent.resume_recording,
            "StopCallRecording": agent.stop_recording,
        }
        order = orders.get((await request.json()).get("operationName"))
        named = [c for c in agent.calls.values() if c.call_id == request.match_info["id"]]
        if not named:
            return web.json_response({"statusCode": 6, "statusMessage": "no such call"})
        if order is None or self._stage.faults.refuse_orders > 0:
            self._stage.faults.refuse_orders = max(0, self._stage.faults.refuse_orders - 1)
            return web.json_response({"statusCode": 2, "statusMessage": "not valid"})
        asyncio.get_running_loop().call_later(_FACTS_FOLLOW_AFTER, _carry_out, order, named[0])
        return web.json_response({"statusCode": 0})

    async def notifications(self, request: web.Request) -> web.Response:
        cookie = request.cookies.get(COOKIE, "")
        user_name = self._user(request)
        if user_name and self._forged(request):
            return _forged()
        answers: list[Json] = []
        for message in await request.json():
            replies = await self._stage.hub.answer(message, cookie, user_name)
            answers += self._stage.hub.waiting(message) + replies
        return web.json_response(answers)

    def _listed(self, user_name: str) -> list[Json]:
        agent = self._stage.agents[user_name]
        told = [call.document() for call in agent.calls.values()]
        named = parents(agent)
        return [v2.call(one, self._stage.url, named) for one in told if v2.is_listed(one)]

    def _user(self, request: web.Request) -> str:
        return self._stage.tokens.get(request.cookies.get(COOKIE, ""), "")

    def _forged(self, request: web.Request) -> bool:
        cookie = request.cookies.get(COOKIE, "")
        return request.headers.get(_CSRF) != self._csrf.get(cookie)


def _carry_out(order: Callable[[StageCall], None], call: StageCall) -> None:
    try:
        order(call)
    except OutOfTurnError:
        return  # it came too late; v2 says nothing more


def _collection(request: web.Request, name: str, things: list[Json]) -> Json:
    """What a GET of many answers: without `fields`, their addresses alone."""
    if "fields" not in request.query:
        return {"statusCode": 0, "uris": [thing.get("uri", "") for thing in things]}
    return {"statusCode": 0, name: things}


def _denied() -> web.Response:
    return web.json_response({"statusCode": 20, "statusMessage": "Access denied"}, status=401)


def _forged() -> web.Response:
    return web.Response(status=403, text="Missing or invalid Csrf token")
