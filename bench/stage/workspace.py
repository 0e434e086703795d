"""A stand-in for Genesys Workspace: its web services v3, as captured, and v2; agents by a script.

In a test: `async with StageWorkspace() as workspace: workspace.agent().ring()`. As a program:
`python -m bench.stage.workspace --port 8090`, driven by the routes of workspace_control.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import secrets
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Self

from aiohttp import web

from bench.stage import workspace_shapes as shapes
from bench.stage import workspace_shapes_v2 as shapes_v2
from bench.stage.workspace_agent import OutOfTurnError, StageAgent, StageCall
from bench.stage.workspace_bayeux import Hub
from bench.stage.workspace_control import add_control
from bench.stage.workspace_faults import Faults
from bench.stage.workspace_shapes import Json, Person
from bench.stage.workspace_v2 import add_v2, parents

_COOKIE = "WORKSPACE_SESSIONID"
_FACTS_FOLLOW_AFTER = 0.02  # seconds between the answer to an order and the event that it is done


class StageWorkspace:
    """One Workspace server on loopback."""

    def __init__(
        self,
        people: Sequence[Person] = (Person(),),
        *,
        port: int = 0,
        client: tuple[str, str] = ("twinreel", ""),
        refresh: bool = False,
    ) -> None:
        """`client`: the OAuth client id and secret; `refresh`: whether tokens can be renewed."""
        self.people = {person.user_name: person for person in people}
        self.faults = Faults()
        self.hub = Hub()
        self.asked: list[str] = []  # method and path of each request
        self.agents = {
            name: StageAgent(person, self._publisher(name)) for name, person in self.people.items()
        }
        self.tokens: dict[str, str] = {}  # token -> user name
        self._client = client
        self._refresh = refresh
        self._port = port
        self._sessions: dict[str, str] = {}  # cookie -> user name
        self._started: set[str] = set()  # sessions that were told of their start
        self._snapshots: dict[str, Json] = {}
        self._was_asked = asyncio.Event()
        app = web.Application(middlewares=[self._spoil])
        app.add_routes(
            [
                web.post("/auth/v3/oauth/token", self._token),
                web.post("/workspace/v3/initialize-workspace", self._initialize),
                web.get("/workspace/v3/current-session", self._current_session),
                web.post("/workspace/v3/notifications", self._notifications),
                web.post("/workspace/v3/notifications/{step}", self._notifications),
                web.post("/workspace/v3/voice/calls/{id}/{verb}", self._order),
                web.post("/workspace/v3/voice/ready", self._ready),
                web.post("/workspace/v3/voice/not-ready", self._not_ready),
            ]
        )
        self._v2 = add_v2(app, self)
        add_control(app, self)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        self._site: web.TCPSite | None = None

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self.come_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hub.forget()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def agent(self, user_name: str = "") -> StageAgent:
        """That agent, or the only one."""
        return self.agents[user_name] if user_name else next(iter(self.agents.values()))

    # Faults of the whole server; those of messages and requests are in `faults`

    def drop_connections(self) -> None:
        """Cut every connection off in the middle of what it does."""
        server = self._runner.server
        for connection in server.connections if server is not None else ():
            if connection.transport is not None:
                connection.transport.abort()

    def restart(self, *, forget_tokens: bool = False) -> None:
        """As a server comes back: calls are what they are, clients and sessions are unknown."""
        self.hub.forget()
        self._sessions.clear()
        self._started.clear()
        if forget_tokens:
            self.tokens.clear()
        self.drop_connections()

    def forget_clients(self) -> None:
        """Only the CometD clients: 402, with the session still good."""
        self.hub.forget()

    async def go_down(self) -> None:
        """Nobody answers at the port."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self.drop_connections()

    async def come_up(self) -> None:
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        if not self._port:
            self._port = self._runner.addresses[0][1]

    def freeze_listing(self) -> None:
        """From now on current-session says what is true at this moment."""
        self._snapshots = {name: self._session_of(name) for name in self.agents}
        self._v2.freeze_listing()
        self.faults.stale_listing = True

    async def until_asked(self, request: str, times: int = 1) -> None:
        """Wait until a request (`POST /path`) has come so many times."""
        async with asyncio.timeout(40):
            while self.asked.count(request) < times:
                self._was_asked.clear()
                await self._was_asked.wait()

    def say(self, user_name: str, channel: str, data: Json) -> None:
        """Publish any message, however odd."""
        self._publisher(user_name)(channel, data)

    def _publisher(self, user_name: str) -> Callable[[str, Json], None]:
        def publish(channel: str, data: Json) -> None:
            for message in self.faults.through({"channel": channel, "data": data}):
                if self.faults.delay:
                    loop = asyncio.get_running_loop()
                    loop.call_later(self.faults.delay, self._deliver, user_name, message)
                else:
                    self._deliver(user_name, message)

        return publish

    def _deliver(self, user_name: str, message: Json) -> None:
        """To each client, in the words of the API that it speaks."""
        self.hub.publish(user_name, message["channel"], message["data"])
        agent = self.agents[user_name]
        told = message["data"] if message["channel"] == shapes.VOICE else {}
        with contextlib.suppress(
            KeyError, TypeError
        ):  # a message so odd that v2 has no word for it
            if also := shapes_v2.message(told, agent.person, self.url, parents(agent)):
                self.hub.publish(user_name, *also)

    # What is asked of it

    @web.middleware
    async def _spoil(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.path.startswith("/stage/"):
            return await handler(request)
        self.asked.append(f"{request.method} {request.path}")
        self._was_asked.set()
        match self.faults.answer():
            case "error":
                return web.Response(status=503, text="<html>Service Unavailable</html>")
            case "garbage":
                return web.Response(text='[{"channel": "/meta/con', content_type="application/json")
            case _:
                return await handler(request)

    async def _token(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != shapes.basic(*self._client):
            return web.json_response({"error": "invalid_client"}, status=401)
        form = {key: str(value) for key, value in (await request.post()).items()}
        match form.get("grant_type"):
            case "password":
                person = self.people.get(form.get("username", ""))
                good = person is not None and person.password == form.get("password")
            case "client_credentials":
                person, good = next(iter(self.people.values())), True
            case "refresh_token":
                person = self.people.get(form.get("refresh_token", "").removeprefix("refresh-"))
                good = self._refresh and person is not None
            case _:
                return web.json_response({"error": "unsupported_grant_type"}, status=400)
        if person is None or not good:
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = person.user_name
        answer: Json = {"access_token": token, "token_type": "bearer", "expires_in": 43199}
        if self._refresh:
            answer["refresh_token"] = f"refresh-{person.user_name}"
        return web.json_response(answer)

    async def _initialize(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        user_name = self.tokens.get(token)
        if user_name is None:
            return web.json_response({"error": "invalid_token"}, status=401)
        session = secrets.token_hex(16)
        self._sessions[session] = user_name
        answer = web.json_response({"status": {"code": 1}, "operationId": secrets.token_hex(8)})
        answer.set_cookie(_COOKIE, session, path="/workspace/v3", httponly=True)
        return answer

    async def _current_session(self, request: web.Request) -> web.Response:
        user_name = self._user(request)
        if not user_name:
            return _denied()
        if self.faults.stale_listing and user_name in self._snapshots:
            return web.json_response(self._snapshots[user_name])
        document = self._session_of(user_name)
        await asyncio.sleep(self.faults.slow_listing)
        return web.json_response(document)

    def _session_of(self, user_name: str) -> Json:
        agent = self.agents[user_name]
        return shapes.current_session(agent.person, agent.dn(), agent.listed(), datetime.now(UTC))

    async def _notifications(self, request: web.Request) -> web.Response:
        asked: list[Json] = await request.json()
        session = request.cookies.get(_COOKIE, "")
        user_name = self._user(request)
        answers: list[Json] = []
        for message in asked:
            replies = await self.hub.answer(message, session, user_name)
            if self.hub.subscribed(message, shapes.INITIALIZATION):
                self._tell_of_start(session, user_name)
            answers += self.hub.waiting(message) + replies
        return web.json_response(answers)

    def _tell_of_start(self, session: str, user_name: str) -> None:
        if session in self._started:
            return
        self._started.add(session)
        news = shapes.initialization(self.people[user_name], datetime.now(UTC))
        for data in news[:-1] if self.faults.never_complete else news:
            self.hub.publish(user_name, shapes.INITIALIZATION, data, session)

    async def _order(self, request: web.Request) -> web.Response:
        user_name = self._user(request)
        if not user_name:
            return _denied()
        agent = self.agents[user_name]
        call = agent.calls.get(request.match_info["id"])
        orders: dict[str, Callable[[StageCall], None]] = {
            "start-recording": agent.start_recording,
            "pause-recording": agent.pause_recording,
            "resume-recording": agent.resume_recording,
            "stop-recording": agent.stop_recording,
        }
        order = orders.get(request.match_info["verb"])
        if call is None or order is None or self.faults.refuse_orders > 0:
            self.faults.refuse_orders = max(0, self.faults.refuse_orders - 1)
            return web.json_response({"status": {"code": 512, "message": "not possible"}})

        def carry_out() -> None:
            try:
                order(call)
            except OutOfTurnError as error:
                self.say(user_name, shapes.VOICE, {"messageType": "EventError", "m": str(error)})

        asyncio.get_running_loop().call_later(_FACTS_FOLLOW_AFTER, carry_out)
        return web.json_response({"status": {"code": 1}, "operationId": secrets.token_hex(8)})

    async def _ready(self, request: web.Request) -> web.Response:
        user_name = self._user(request)
        if not user_name:
            return _denied()
        self.agents[user_name].ready()
        return web.json_response({"status": {"code": 1}, "operationId": secrets.token_hex(8)})

    async def _not_ready(self, request: web.Request) -> web.Response:
        user_name = self._user(request)
        if not user_name:
            return _denied()
        wanted = (await request.json()).get("data", {}) if request.can_read_body else {}
        agent = self.agents[user_name]
        if wanted.get("agentWorkMode") == "AfterCallWork":
            agent.wrap_up(str(wanted.get("reasonCode", "Wrap")))
        else:
            agent.not_ready(str(wanted.get("agentWorkMode", "AuxWork")))
        return web.json_response({"status": {"code": 1}, "operationId": secrets.token_hex(8)})

    def _user(self, request: web.Request) -> str:
        return self._sessions.get(request.cookies.get(_COOKIE, ""), "")


def _denied() -> web.Response:
    return web.json_response({"status": {"code": 101, "message": "no session"}}, status=403)


async def serve(port: int) -> None:
    """Until SIGTERM or SIGINT. The first line that is printed is JSON with the address."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with StageWorkspace(port=port) as workspace:
        print(json.dumps({"url": workspace.url}), flush=True)
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
