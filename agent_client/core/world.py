"""What is true now. `World.after(event, moment)` is the only way from one world to the next.

Each event is first noted, then the consequences are drawn, the same ones whatever the event was.
Nothing reacts to a message; everything follows from what is true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from agent_client.core.backoff import back_off
from agent_client.core.consequences import settled
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    AgentStateChanged,
    CallChanged,
    CallsListed,
    CaptureFailed,
    ClockTicked,
    Event,
    Moment,
    PauseAsked,
    PolicyChanged,
    ProblemChanged,
    QuitAsked,
    RecordingEnded,
    RecordNowAsked,
    ResumeAsked,
    ScreenLocked,
    Source,
    TouchLost,
    TouchRegained,
    UploadsChanged,
    VoiceOrderFailed,
)
from agent_client.core.facts import AskedPause, CaptureFailure, Facts
from agent_client.core.legs import News, Notice
from agent_client.core.rules import may_pause, may_record_now, rules
from agent_client.core.voice import with_failure
from contract.manifest import EndReason


@dataclass(frozen=True, slots=True)
class World(Facts):
    """Everything the client knows, and how it comes to know more."""

    def after(self, event: Event, moment: Moment) -> World:
        """The world in which this has happened, with all that follows from it."""
        now = max(self.now, moment.now)
        then = replace(self, now=now, wall=moment.wall, taken=self.taken + 1)
        return settled(_noted(then, event), moment.fresh_id)


def _noted(world: World, event: Event) -> World:
    match event:
        case AgentSignedIn(agent_id, source):
            return replace(world, agent=world.agent.signed_in(agent_id, source))
        case AgentSignedOut(source):
            return _signed_out(world, source)
        case AgentStateChanged():
            return _in_state(world, event)
        case CallChanged(call, source):
            calls, notice = world.calls.heard(call, _news(world, source))
            return _noticed(replace(world, calls=calls), [notice] if notice else [], source)
        case CallsListed():
            return _listed(world, event)
        case PauseAsked(source, call_id):
            granted = may_pause(world.rules, source) and world.there(call_id)
            return _paused_by(world, source) if granted else world
        case ResumeAsked(source, call_id):
            granted = may_pause(world.rules, source)
            named = call_id is None or world.resumable(call_id)
            return _resumed(world) if granted and named else world
        case RecordNowAsked(source):
            return _recorded_now(world, event) if may_record_now(world.rules, source) else world
        case TouchLost(source):
            agent = replace(world.agent, lost=world.agent.lost | {source})
            return replace(world, agent=agent, calls=world.calls.agreed(agent.lost))
        case TouchRegained(source):
            return _in_touch_with(world, source)
        case ScreenLocked(locked):
            return replace(world, locked=locked)
        case ClockTicked():
            return world
        case CaptureFailed(code):
            return _capture_failed(world, code)
        case RecordingEnded(recording_id, code):
            return _given_up(world, recording_id, code)
        case VoiceOrderFailed(connection_id, code):
            return replace(world, calls=with_failure(world.calls, connection_id, code))
        case PolicyChanged():
            return _ruled_by(world, event)
        case UploadsChanged():
            return replace(world, uploads=event)
        case ProblemChanged(code, present):
            others = world.problems - {code}
            return replace(world, problems=others | {code} if present else others)
        case QuitAsked():
            return replace(world, quitting=True)
        case _:
            assert_never(event)


def _news(world: World, source: Source) -> News:
    return News(source, world.taken, world.now, world.agent.lost)


def _signed_out(world: World, source: Source) -> World:
    """Who leaves has ended their after-call work, though they were not seen to come."""
    wrap_up = None if world.restored else world.wrap_up
    return replace(world, agent=world.agent.signed_out(source), wrap_up=wrap_up)


def _in_state(world: World, told: AgentStateChanged) -> World:
    """What is said between the release and AfterCallWork may still be the state of the call."""
    wrap_up, family = world.wrap_up, world.wrapped
    counts = not told.resent or world.agent.has_news(told.state, told.source)
    if wrap_up is not None and counts and (family is None or world.may_say(told.source, family)):
        wrap_up = wrap_up.heard(told.state)
    return replace(world, agent=world.agent.told(told.state, told.source), wrap_up=wrap_up)


def _listed(world: World, event: CallsListed) -> World:
    news = _news(world, event.source)
    calls, notices = world.calls.listed(event.calls, news, event.asked_after)
    return _noticed(replace(world, calls=calls), notices, event.source)


def _noticed(world: World, notices: Iterable[Notice], source: Source) -> World:
    """Somebody paused or resumed in Workspace. If a listing shows both, it is paused."""
    seen = set(notices)
    world = _resumed(world) if Notice.RESUMED in seen else world
    return _paused_by(world, source) if Notice.PAUSED in seen else world


def _paused_by(world: World, source: Source) -> World:
    active = frozenset(family.key for family in world.calls.families)
    if not active:
        return world  # refused: a pause of no call would swallow the next one
    pause = world.pause or AskedPause(source, world.now, frozenset())
    pause = replace(pause, families=pause.families | active)
    return replace(world, pause=pause, pause_lapsed=False)


def _resumed(world: World) -> World:
    return replace(world, pause=None, pause_lapsed=False)


def _recorded_now(world: World, asked: RecordNowAsked) -> World:
    family = world.meant(asked.call_id)
    if family is None or family.decision is None or family.decision.selected:
        return world
    decision = replace(family.decision, selected=True, asked=True, asked_by=asked.source.value)
    return replace(world, calls=world.calls.changed(replace(family, decision=decision)))


def _in_touch_with(world: World, source: Source) -> World:
    until = world.now + world.provisional
    return replace(
        world,
        agent=replace(world.agent, lost=world.agent.lost - {source}),
        wrap_up=world.wrap_up.in_touch_again(until) if world.wrap_up else None,
    )


def _capture_failed(world: World, code: str) -> World:
    if world.recording is None or (world.failure is not None and world.now < world.failure.until):
        return world
    attempt = world.failure.attempt + 1 if world.failure else 1
    return replace(world, failure=CaptureFailure(code, world.now + back_off(attempt), attempt))


def _given_up(world: World, recording_id: str, code: str) -> World:
    world = replace(world, lost_recording=code)
    family = world.recorded_family
    if world.recording is None or world.recording.recording_id != recording_id or family is None:
        return world
    no_room = code in {"disk-full", "spool-full"}
    closed = EndReason.DISK_FULL if no_room else EndReason.CAPTURE_FAILED
    return replace(world, calls=world.calls.changed(replace(family, closed=closed)))


def _ruled_by(world: World, event: PolicyChanged) -> World:
    try:
        obeyed = rules(event)
    except (ValueError, ArithmeticError):
        return replace(world, problems=world.problems | {"policy-unusable"})
    return replace(world, rules=obeyed, problems=world.problems - {"policy-unusable"})
