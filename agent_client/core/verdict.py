"""Whether what somebody asks for is granted, and if not, why: for whoever waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass

from agent_client.core.events import Event, PauseAsked, RecordNowAsked, ResumeAsked, Source
from agent_client.core.rules import may_pause, may_record_now
from agent_client.core.world import World


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a wish. The reason is a word for programs, the text for people."""

    granted: bool
    reason: str = ""
    text: str = ""


GRANTED = Verdict(granted=True)
_NOBODY = Verdict(granted=False, reason="signed-out", text="Nobody is signed in.")
_NOT_ALLOWED = Verdict(granted=False, reason="not-allowed", text="Your rules do not let you pause.")
_NO_CALL = Verdict(granted=False, reason="no-call", text="There is no call to pause.")
_NOT_PAUSED = Verdict(granted=False, reason="not-paused", text="Nothing is paused.")
_OVER = Verdict(granted=False, reason="call-over", text="That call is over.")
_THIS_NOT_PAUSED = Verdict(granted=False, reason="not-paused", text="That call is not paused.")
_NOT_NOW = Verdict(
    granted=False, reason="not-allowed", text="Your rules do not let you record a call by choice."
)
_NOTHING_TO_RECORD = Verdict(
    granted=False, reason="no-call", text="There is no call whose screen could be recorded."
)
_RECORDED = Verdict(
    granted=False, reason="recorded-already", text="The screen of this call is recorded already."
)


def verdict(world: World, event: Event) -> Verdict:
    """What becomes of this wish in this world. What is no wish is always taken."""
    match event:
        case PauseAsked(source, call_id):
            return _of_pause(world, source) if world.there(call_id) else _OVER
        case ResumeAsked(_, call_id):
            return _of_resume(world, event) if world.there(call_id) else _OVER
        case RecordNowAsked():
            return _of_record_now(world, event)
        case _:
            return GRANTED


def _of_pause(world: World, source: Source) -> Verdict:
    if not may_pause(world.rules, source):
        return _NOT_ALLOWED
    if world.calls.families:
        return GRANTED
    return _NO_CALL if world.agent.here else _NOBODY


def _of_resume(world: World, asked: ResumeAsked) -> Verdict:
    if not may_pause(world.rules, asked.source):
        return _NOT_ALLOWED
    if world.resumable(asked.call_id):
        return GRANTED
    return _NOT_PAUSED if world.pause is None else _THIS_NOT_PAUSED


def _of_record_now(world: World, asked: RecordNowAsked) -> Verdict:
    family = world.meant(asked.call_id)
    if family is None and asked.call_id is not None:
        return _OVER
    if not may_record_now(world.rules, asked.source):
        return _NOT_NOW
    decision = family.decision if family else None
    if decision is None:
        return _NOTHING_TO_RECORD
    return _RECORDED if decision.selected else GRANTED
