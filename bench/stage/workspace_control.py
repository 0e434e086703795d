"""The script's way in when the stand-in runs as a program of its own: `POST /stage/<verb>`, JSON.

| request | body | answer |
|---|---|---|
| `POST /stage/ring` | number, call_id, call_type, user_data, ... as StageAgent.ring | the call |
| `POST /stage/answer` hold, retrieve, release, complete | call | the call |
| `POST /stage/start_recording` pause_, resume_ and stop_recording | call | the call |
| `POST /stage/attach` | call, key, value | the call |
| `POST /stage/wrap_up` ready, not_ready, log_in, log_out | - | {} |
| `POST /stage/faults` | the fields of Faults | {} |
| `POST /stage/restart` drop_connections, forget_clients, freeze_listing | - | {} |
| `POST /stage/say` | channel, data: any message, however odd | {} |
| `POST /stage/sign_in` | loopback, origin, ping_seconds | {"status": 200} |
| `POST /stage/sign_out`, `POST /stage/vanish` | - | {"status": 200}, {} |
| `GET /stage/state` | - | {"calls": [..], "desktop": [statuses], "asked": {request: times}} |

`agent` (a user name) may be added to each, and is needed where there are several. `call` is a
connection id or a call id. Times are UTC; what the voice recorder has is in each call's `voice`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web

from bench.stage.workspace_agent import OutOfTurnError, StageAgent, StageCall
from bench.stage.workspace_desktop import StageDesktop
from bench.stage.workspace_faults import Faults
from bench.stage.workspace_shapes import Json

_CALL_VERBS = frozenset(
    {
        "answer",
        "hold",
        "retrieve",
        "release",
        "complete",
        "start_recording",
        "pause_recording",
        "resume_recording",
        "stop_recording",
    }
)
_AGENT_VERBS = frozenset({"wrap_up", "ready", "not_ready", "log_in", "log_out"})
_SERVER_VERBS = frozenset({"restart", "drop_connections", "forget_clients", "freeze_listing"})


class Stage(Protocol):
    """What is driven: StageWorkspace."""

    faults: Faults
    agents: dict[str, StageAgent]
    asked: list[str]

    @property
    def url(self) -> str: ...
    def agent(self, user_name: str = "") -> StageAgent: ...
    def say(self, user_name: str, channel: str, data: Json) -> None: ...


def add_control(app: web.Application, stage: Stage) -> None:
    control = _Control(stage)
    app.add_routes([web.get("/stage/state", control.state), web.post("/stage/{verb}", control.act)])
    app.on_shutdown.append(control.close)


class _Control:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._desktops: dict[str, StageDesktop] = {}

    async def close(self, _: web.Application) -> None:
        for desktop in self._desktops.values():
            await desktop.vanish()

    async def state(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "calls": [
                    agent.timeline(call)
                    for agent in self._stage.agents.values()
                    for call in agent.calls.values()
                ],
                "agents": [
                    {"agent": name, "state": agent.state, "mode": agent.mode}
                    for name, agent in self._stage.agents.items()
                ],
                "asked": Counter(self._stage.asked),
                "desktop": [s for d in self._desktops.values() for s in d.answers],
            }
        )

    async def act(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        try:
            body: dict[str, Any] = await request.json() if request.can_read_body else {}
            agent = self._stage.agent(body.pop("agent", ""))
            return web.json_response(await self._perform(verb, agent, body))
        except (OutOfTurnError, ValueError, LookupError, TypeError) as error:
            return web.json_response({"error": f"{verb}: {error}"}, status=400)

    async def _perform(self, verb: str, agent: StageAgent, body: dict[str, Any]) -> Json:
        if verb == "ring":
            parent = _find(agent, body["parent"]) if "parent" in body else None
            return agent.timeline(agent.ring(**body | {"parent": parent}))
        if verb in _CALL_VERBS:
            call = _find(agent, body.pop("call", ""))
            getattr(agent, verb)(call, **body)
            return agent.timeline(call)
        if verb == "attach":
            call = _find(agent, body.get("call", ""))
            agent.attach(call, str(body["key"]), body["value"])
            return agent.timeline(call)
        if verb in _AGENT_VERBS:
            getattr(agent, verb)(**body)
            return {}
        if verb in _SERVER_VERBS:
            order: Callable[..., None] = getattr(self._stage, verb)
            order(**body)
            return {}
        if verb == "say":
            self._stage.say(agent.person.user_name, str(body["channel"]), body["data"])
            return {}
        if verb == "faults":
            for name, value in body.items():
                if name.startswith("_") or not hasattr(self._stage.faults, name):
                    raise ValueError(f"no fault {name}")
                setattr(self._stage.faults, name, value)
            return {}
        return await self._desktop(verb, agent, body)

    async def _desktop(self, verb: str, agent: StageAgent, body: dict[str, Any]) -> Json:
        name = agent.person.user_name
        if verb == "sign_in":
            if name in self._desktops:
                await self._desktops.pop(name).vanish()
            desktop = StageDesktop(person=agent.person, server=self._stage.url, **body)
            self._desktops[name] = desktop
            return {"status": await desktop.sign_in()}
        if verb == "sign_out":
            return {"status": await self._desktops[name].sign_out()}
        if verb == "vanish":
            await self._desktops.pop(name).vanish()
            return {}
        raise ValueError("no such verb")


def _find(agent: StageAgent, name: str) -> StageCall:
    """By connection id, by call id, or the only one that is not completed."""
    named = [c for c in agent.calls.values() if name in {c.connection_id, c.call_id}]
    running = [c for c in agent.calls.values() if c.state != "Completed"]
    for calls in (named, running if not name else []):
        if len(calls) == 1:
            return calls[0]
    raise ValueError(f"no call, or several: {name!r}")
