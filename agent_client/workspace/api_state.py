"""What the local API tells of the world. Values in, values out."""

from __future__ import annotations

from typing import Literal

from agent_client.core.call import AgentPresence, AgentState, CallState
from agent_client.core.events import Source
from agent_client.core.family import Family
from agent_client.core.legs import Leg
from agent_client.core.status import status
from agent_client.core.world import World
from agent_client.workspace.api_shapes import (
    AgentNow,
    AnyState,
    CallNow,
    ProblemNow,
    RecordingNow,
    State,
)

_CALL_WORDS: dict[CallState, AnyState] = {
    CallState.RINGING: "ringing",
    CallState.DIALING: "dialing",
    CallState.ESTABLISHED: "established",
    CallState.HELD: "held",
    CallState.RELEASED: "released",
    CallState.COMPLETED: "released",
}
_AgentWord = Literal["ready", "not-ready", "wrap-up", "logged-in", "logged-out"]
_AGENT_WORDS: dict[AgentPresence, _AgentWord] = {
    AgentPresence.READY: "ready",
    AgentPresence.NOT_READY: "not-ready",
    AgentPresence.LOGGED_IN: "logged-in",
    AgentPresence.LOGGED_OUT: "logged-out",
}


def state(world: World, *, number: int, run: str, version: str) -> State:
    """Everything, as it is now."""
    told = status(world)
    return State(
        number=number,
        run=run,
        version=version,
        mood=told.mood,
        headline=told.headline,
        agent=_agent(world),
        calls=[_call(world, family, leg) for family in world.calls.families for leg in family.legs],
        recording=_recording(world),
        may_pause=told.may_pause,
        may_resume=told.may_resume,
        why_not=told.why_not,
        may_record_now=told.may_record_now,
        uploads_waiting=told.uploads_waiting,
        problems=[
            ProblemNow(code=one.code, happened=one.happened, remedy=one.remedy, urgent=one.urgent)
            for one in told.problems
        ],
    )


def family_of(world: World, call_id: str) -> Family | None:
    """The call that has a leg of this id, by call or by connection."""
    return next((one for one in world.calls.families if _legs(one, call_id)), None)


def legs_told(world: World, call_id: str) -> list[Leg]:
    """The legs of this id that custom desktops told of and that are not released."""
    found = (leg for family in world.calls.families for leg in _legs(family, call_id))
    return [leg for leg in found if leg.live and leg.source is Source.API]


def ended(world: World, call_id: str) -> bool:
    """Whether there was such a call, and it is over."""
    gone = any(call_id in {end.call_id, end.connection_id} for end in world.calls.ended)
    family = family_of(world, call_id)
    if family is None:
        return gone
    return not any(leg.live for leg in _legs(family, call_id))


def _legs(family: Family, call_id: str) -> list[Leg]:
    return [leg for leg in family.legs if call_id in leg.call.ids]


def _agent(world: World) -> AgentNow | None:
    agent = world.agent
    if agent.agent_id is None:
        return None
    return AgentNow(
        id=agent.agent_id,
        state=_agent_word(agent.state) if agent.state is not None else None,
        in_touch=not world.out_of_touch,
    )


def _agent_word(state: AgentState) -> _AgentWord:
    return "wrap-up" if state.wrapping_up else _AGENT_WORDS[state.presence]


def _call(world: World, family: Family, leg: Leg) -> CallNow:
    return CallNow(
        id=leg.call.call_id,
        connection=leg.call.connection_id,
        call=family.key,
        told_by=leg.source,
        state=_CALL_WORDS[leg.call.state],
        selected=family.decision.selected if family.decision is not None else None,
        recorded=world.recorded_family is family and _filming(world),
        paused=world.paused(family),
    )


def _filming(world: World) -> bool:
    return world.recording is not None and world.recording.filming


def _recording(world: World) -> RecordingNow | None:
    recording = world.recording
    if recording is None or not recording.filming:
        return None
    return RecordingNow(
        id=recording.recording_id,
        call=recording.family,
        capturing=not world.reasons,
        paused_for=sorted(reason.value for reason in world.reasons),
        wrapping_up=world.wrap_up is not None,
    )
