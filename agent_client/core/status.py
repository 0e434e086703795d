"""What a person should be told: one small value, drawn by the tray, asserted by the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent_client.core.events import Held, Source
from agent_client.core.problems import Problem, problem
from agent_client.core.rules import may_pause, may_record_now
from agent_client.core.world import World
from contract.manifest import PauseReason

__all__ = ["Headline", "Mood", "Problem", "Status", "status"]


class Headline(StrEnum):
    """What goes on, in one line: all there are, since they are translated where they are shown."""

    SIGNED_OUT = "Signed out"
    LOGGED_OUT = "Logged out at the telephone"
    READY = "Ready"
    ATTENTION = "Something needs attention"
    RECORDING = "Recording the screen of this call"
    RECORDING_LAPSED = "Recording the screen of this call. The pause ended with the call before"
    WRAPPING_UP = "Recording the screen of after-call work"
    NOT_RECORDED = "The screen of this call is not recorded"
    NOT_RECORDED_LAPSED = (
        "The screen of this call is not recorded. The pause ended with the call before"
    )
    PAUSED = "Paused: neither voice nor screen is recorded"
    VOICE_PAUSED = "Paused: the voice of this call is not recorded"
    LOCKED = "Paused while the screen is locked"
    UNREADABLE = "Paused: the screen cannot be read"


class Mood(StrEnum):
    """The tray icon, one shape and colour each."""

    SIGNED_OUT = "signed-out"
    READY = "ready"
    RECORDING = "recording"
    PAUSED = "paused"
    WRAP_UP = "wrap-up"
    UPLOADING = "uploading"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the tray shows."""

    mood: Mood
    headline: str  # one of Headline
    agent_id: str | None
    call_id: str | None
    since: timedelta | None  # engine time at which the recording began
    may_pause: bool
    may_resume: bool
    why_not: str  # why neither is possible, or ""
    may_record_now: bool
    uploads_waiting: int  # recordings
    problems: tuple[Problem, ...]
    recording_id: str | None = None  # of the open recording
    in_call: bool = False  # the agent talks or wraps up: not the time to update or to restart
    paused_since: timedelta | None = None  # engine time at which the asked pause began
    notice: str = ""  # what the policy has every agent told
    uploads_known: bool = True  # False: nobody looked whether any wait
    uploads_sent: int = 0  # bytes of the recording that is being sent
    uploads_total: int = 0  # bytes that it has; 0: none is being sent
    uploads_held: Held = ""  # what uploads wait for, though all is well
    uploads_until: datetime | None = None  # until when, by the clock on the wall, if it is known
    uploads_until_today: bool = False
    may_pair: bool = True  # False: there is no central by which a page could be connected
    selected_by_choice: bool = False  # somebody had this call recorded, though it was not selected


def status(world: World) -> Status:
    """What to tell of this world."""
    problems = _problems(world)
    urgent = any(one.urgent for one in problems)
    mood, headline = _mood(world)
    if urgent and headline is Headline.READY:
        headline = Headline.ATTENTION
    due = world.due
    filming = world.recording is not None and world.recording.filming
    pausable = _may_pause(world)
    resumable = world.pause is not None and may_pause(world.rules, Source.TRAY)
    return Status(
        mood=Mood.ATTENTION if urgent else mood,
        headline=headline,
        agent_id=world.agent.agent_id,
        call_id=world.recording.family if world.recording else due[0].key if due else None,
        since=world.recording.since if world.recording and filming else None,
        may_pause=pausable,
        may_resume=resumable,
        why_not="" if pausable or resumable else _why_not(world),
        may_record_now=_may_record_now(world),
        uploads_waiting=world.uploads.waiting if world.uploads else 0,
        problems=problems,
        recording_id=world.recording.recording_id if world.recording else None,
        in_call=bool(due),
        paused_since=world.pause.since if world.pause else None,
        notice=world.rules.notice if world.rules else "",
        uploads_sent=world.uploads.sent if world.uploads else 0,
        uploads_total=world.uploads.total if world.uploads else 0,
        uploads_held=world.uploads.held if world.uploads else "",
        uploads_until=world.uploads.until if world.uploads else None,
        uploads_until_today=world.uploads is not None and world.uploads.until_today,
        selected_by_choice=filming
        and world.recording is not None
        and world.recording.decision.asked,
    )


def _mood(world: World) -> tuple[Mood, Headline]:
    if world.agent.agent_id is None:
        return Mood.SIGNED_OUT, Headline.SIGNED_OUT
    if not world.agent.here:
        return Mood.SIGNED_OUT, Headline.LOGGED_OUT
    if world.recording is not None and world.recording.filming:
        return _recording(world)
    if world.pause is not None:
        return Mood.PAUSED, Headline.VOICE_PAUSED
    if world.talking:
        lapsed = world.pause_lapsed
        return Mood.READY, Headline.NOT_RECORDED_LAPSED if lapsed else Headline.NOT_RECORDED
    return Mood.UPLOADING if _uploading(world) else Mood.READY, Headline.READY


def _uploading(world: World) -> bool:
    uploads = world.uploads
    if uploads is None or uploads.problem or uploads.held:
        return False
    return uploads.connected and uploads.waiting > 0


def _recording(world: World) -> tuple[Mood, Headline]:
    reasons = world.reasons
    if PauseReason.ASKED in reasons:
        return Mood.PAUSED, Headline.PAUSED
    if PauseReason.LOCKED in reasons:
        return Mood.PAUSED, Headline.LOCKED
    if reasons:
        return Mood.PAUSED, Headline.UNREADABLE
    if world.wrap_up is not None:
        return Mood.WRAP_UP, Headline.WRAPPING_UP
    lapsed = world.pause_lapsed
    return Mood.RECORDING, Headline.RECORDING_LAPSED if lapsed else Headline.RECORDING


def _may_pause(world: World) -> bool:
    uncovered = any(not world.paused(family) for family in world.calls.families)
    return world.agent.here and uncovered and may_pause(world.rules, Source.TRAY)


def _why_not(world: World) -> str:
    if not world.agent.here:
        return "Nobody is signed in."
    if not may_pause(world.rules, Source.TRAY):
        return "Your rules do not let you pause."
    return "There is no call to pause."


def _may_record_now(world: World) -> bool:
    decision = world.present.decision if world.present else None
    unselected = decision is not None and not decision.selected
    return unselected and may_record_now(world.rules, Source.TRAY)


def _problems(world: World) -> tuple[Problem, ...]:
    found = [problem(code) for code in dict.fromkeys(_codes(world))]
    return tuple(sorted(found, key=lambda one: not one.urgent))


def _codes(world: World) -> Iterator[str]:
    if world.lost_recording:
        yield world.lost_recording
    if world.failure is not None:
        yield world.failure.code
    legs = [leg for family in world.calls.families for leg in family.legs]
    if any(leg.order is not None and leg.order.failed for leg in legs):
        yield "voice-order-failed"
    if world.agent.rivals:
        yield "two-sign-ins"
    if world.rules is None:
        yield "no-policy"
    yield from sorted(world.problems)
    if world.uploads is not None:
        if world.uploads.quarantined:
            yield "refused-recording"
        if not world.uploads.connected:
            yield "uploader-gone"
        elif world.uploads.problem:
            yield world.uploads.problem
    if world.agent.here and world.out_of_touch:
        yield "out-of-touch"
