"""What a custom desktop tells, turned into events; refused where it cannot be true."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime

from agent_client.core.call import Call, CallDetails, CallState
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    AgentStateChanged,
    CallChanged,
    Event,
    Source,
    TouchLost,
    TouchRegained,
)
from agent_client.core.verdict import Verdict
from agent_client.core.world import World
from agent_client.engine import Engine
from agent_client.workspace.api_shapes import AGENT_STATES, CALL_STATES, AgentWord, CallNews
from agent_client.workspace.api_state import ended, family_of, legs_told
from agent_client.workspace.doors import RefusedError

logger = logging.getLogger(__name__)

_MOST_CALLS = 50  # legs at once; an agent has a handful, and each one takes memory
_OF_VOICE = "GSIP_RECORD"  # SIP Server's word on its own recording: nobody else's to say


class ApiNews:
    """Takes what is told, one at a time. Every method may raise RefusedError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._expiry: asyncio.TimerHandle | None = None
        self._silent = False  # a heartbeat was promised and did not come

    async def take(self, event: Event) -> Verdict:
        """Have the engine take an event; what became of it."""
        answer = self._engine.ask(event)
        try:
            return await asyncio.wrap_future(answer)
        except asyncio.CancelledError:
            if answer.cancelled():  # by the engine, which ends
                raise RefusedError(503, "ending", "Twinreel is ending.") from None
            raise

    async def sign_in(self, agent: str) -> None:
        """The agent at this desk. Raises RefusedError if Workspace named another one."""
        others = {
            name for source, name in self._engine.world.agent.sign_ins if source is not Source.API
        }
        if others - {agent}:
            raise RefusedError(409, "other-agent", "Another agent is signed in.")
        await self.take(AgentSignedIn(agent, Source.API))

    async def sign_out(self) -> None:
        """The agent is gone. Raises RefusedError while Workspace, heard now, says otherwise.

        It would end the recording of a call that goes on, without the right to pause one.
        """
        agent = self._engine.world.agent
        if {source for source, _ in agent.sign_ins} - agent.lost - {Source.API}:
            raise RefusedError(
                409, "other-source", "Workspace signed the agent in, and signs the agent out."
            )
        await self.take(AgentSignedOut(Source.API))

    async def agent_state(self, word: AgentWord) -> None:
        """What the agent is doing."""
        if self._engine.world.agent.agent_id is None:
            raise RefusedError(409, "signed-out", "Nobody is signed in.")
        await self.take(AgentStateChanged(AGENT_STATES[word], Source.API))

    async def call(self, call_id: str, news: CallNews) -> None:
        """A call as it is now."""
        signed_in = self._engine.world.agent.agent_id
        if signed_in is None and news.agent is None:
            raise RefusedError(
                409, "signed-out", "Nobody is signed in. Name the agent, or sign in first."
            )
        if news.agent is not None and signed_in is None:
            await self.take(AgentSignedIn(news.agent, Source.API))
        elif news.agent not in {None, signed_in}:
            raise RefusedError(409, "other-agent", "Another agent is signed in.")
        told = leg(call_id, news)
        if _live(self._engine.world) >= _MOST_CALLS and not legs_told(
            self._engine.world, told.connection_id
        ):
            raise RefusedError(409, "too-many-calls", "Tell first which of these calls ended.")
        await self.take(CallChanged(told, Source.API))
        if not any(
            leg.call.connection_id == told.connection_id
            for leg in legs_told(self._engine.world, told.connection_id)
        ):
            raise RefusedError(
                409, "call-ended", "This call has ended. Another call needs an id of its own."
            )

    async def hold(self, call_id: str) -> None:
        """The call is on hold."""
        await self._told(call_id, CallState.HELD)

    async def retrieve(self, call_id: str) -> None:
        """The call is back from hold."""
        await self._told(call_id, CallState.ESTABLISHED)

    async def stop(self, call_id: str) -> None:
        """The call ended."""
        world = self._engine.world
        legs = legs_told(world, call_id)
        if not legs and not ended(world, call_id):
            raise _unknown(world, call_id)
        for leg in legs:
            await self._change(leg.call, CallState.RELEASED)

    def heard(self, within: float) -> None:
        """The desktop is there, and will be heard again in so many seconds."""
        self.close()
        self._expiry = asyncio.get_running_loop().call_later(within, self._unheard)

    def close(self) -> None:
        """The desktop is there, and promises nothing."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if self._silent:
            self._silent = False
            self._engine.post(TouchRegained(Source.API))

    def _unheard(self) -> None:
        logger.warning("the custom desktop is heard no more")
        self._expiry = None
        self._silent = True
        self._engine.post(TouchLost(Source.API))

    async def _told(self, call_id: str, state: CallState) -> None:
        world = self._engine.world
        legs = legs_told(world, call_id)
        if not legs:
            if ended(world, call_id):
                raise RefusedError(409, "call-ended", "This call has ended.")
            raise _unknown(world, call_id)
        if not all(leg.call.state.answered for leg in legs):
            raise RefusedError(409, "not-established", "This call is not established yet.")
        for leg in legs:
            await self._change(leg.call, state)

    async def _change(self, call: Call, state: CallState) -> None:
        await self.take(CallChanged(replace(call, state=state), Source.API))


def _live(world: World) -> int:
    """How many legs go on that custom desktops told of."""
    legs = (leg for family in world.calls.families for leg in family.legs)
    return sum(leg.live and leg.source is Source.API for leg in legs)


def _unknown(world: World, call_id: str) -> RefusedError:
    if family_of(world, call_id) is not None:
        return RefusedError(409, "other-source", "Of this call Workspace tells, and nobody else.")
    return RefusedError(404, "no-such-call", "There is no such call.")


def leg(call_id: str, news: CallNews) -> Call:
    """The leg that a custom desktop tells of."""
    attached = tuple(pair for pair in news.data.items() if pair[0] != _OF_VOICE)
    return Call(
        call_id=call_id,
        connection_id=news.connection or call_id,
        state=CALL_STATES[news.state],
        parent_connection_id=news.parent,
        previous_connection_id=news.previous,
        call_type=news.kind.capitalize() if news.kind is not None else "",
        details=CallDetails(news.ani, news.dnis, attached),
        started_at=_as_genesys_writes(news.started_at) if news.started_at is not None else "",
    )


def _as_genesys_writes(moment: datetime) -> str:
    """ISO 8601 in UTC, so that moments compare as texts do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
