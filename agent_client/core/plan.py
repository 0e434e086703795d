"""What should be happening, and what to do about it.

`plan` reads a world; `steps` compares two plans. Both may be run as often as one likes: a command
says what shall be, so hearing it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent_client.core.commands import (
    CloseRecording,
    Command,
    MaskVoice,
    OpenRecording,
    PauseCapture,
    PauseVoice,
    ResumeCapture,
    ResumeVoice,
    TellDecision,
)
from agent_client.core.events import Source
from agent_client.core.facts import Gone
from agent_client.core.world import World
from contract.manifest import EndReason, PauseReason
from contract.selection import RecordingDecision


@dataclass(frozen=True, slots=True)
class ScreenPlan:
    """One recording that should be open."""

    recording_id: str
    call_id: str
    agent_id: str
    decision: RecordingDecision
    reasons: frozenset[PauseReason]  # why nothing is captured; empty: capture


@dataclass(frozen=True, slots=True)
class VoiceAsked:
    """What Workspace should be asked for a leg; another attempt is another value."""

    connection_id: str
    source: Source
    silent: bool
    attempt: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What should be happening, to the screen and to the voice."""

    screen: ScreenPlan | None = None
    silence: frozenset[str] = frozenset()  # connection ids whose voice should not be recorded
    asked: frozenset[VoiceAsked] = frozenset()  # where Workspace reports otherwise
    masks: frozenset[tuple[str, str]] = frozenset()  # call id, agent id: silent at central
    gone: tuple[Gone, ...] = ()  # how the last recordings ended
    decisions: frozenset[TellDecision] = frozenset()  # what central is to know of these calls

    @property
    def capturing(self) -> bool:
        """Frames are grabbed."""
        screen = self.screen
        return screen is not None and screen.decision.selected and not screen.reasons


def plan(world: World) -> Plan:
    """What should be happening in this world."""
    covered = [family for family in world.calls.families if world.paused(family)]
    silence = frozenset(
        leg.call.connection_id for family in covered for leg in family.legs if leg.live
    )
    asked = frozenset(
        VoiceAsked(leg.call.connection_id, leg.source, leg.order.silent, leg.order.attempt)
        for family in world.calls.families
        for leg in family.legs
        if leg.order is not None and leg.order.asking
    )
    return Plan(
        screen=_screen(world),
        silence=silence,
        asked=asked,
        masks=frozenset(
            (call_id, world.whose)
            for family in covered
            for call_id in family.call_ids
            if world.whose
        ),
        gone=world.gone,
        decisions=frozenset(
            TellDecision(family.key, world.whose, family.decision)
            for family in world.calls.families
            if family.decision is not None and world.whose is not None
        ),
    )


def _screen(world: World) -> ScreenPlan | None:
    if world.recording is None:
        return None
    return ScreenPlan(
        recording_id=world.recording.recording_id,
        call_id=world.recording.family,
        agent_id=world.recording.agent_id,
        decision=world.recording.decision,
        reasons=world.reasons,
    )


def steps(old: Plan, new: Plan) -> Iterator[Command]:
    """From one plan to the next: the screen stops before voice is asked, and resumes after it."""
    before, screen = old.screen, new.screen
    same = before is not None and screen is not None and before.recording_id == screen.recording_id
    if same and screen and before and screen.reasons not in (frozenset(), before.reasons):
        yield PauseCapture(screen.recording_id, screen.reasons)
    if before is not None and not same:
        yield _closing(before.recording_id, new)
    if screen is not None and not same:
        yield OpenRecording(
            screen.recording_id, screen.call_id, screen.agent_id, screen.decision, screen.reasons
        )
    yield from _for_voice(old, new)
    if screen is not None and new.capturing and not (same and old.capturing):
        yield ResumeCapture(screen.recording_id)
    yield from sorted(new.decisions - old.decisions, key=lambda one: one.call_id)


def _closing(recording_id: str, new: Plan) -> CloseRecording:
    for gone in new.gone:
        if gone.recording_id == recording_id:
            return CloseRecording(recording_id, gone.reason, gone.legs, gone.beside)
    return CloseRecording(recording_id, EndReason.STOPPED, ())


def _for_voice(old: Plan, new: Plan) -> Iterator[Command]:
    asked = sorted(new.asked - old.asked, key=lambda one: one.connection_id)
    for call_id, agent_id in sorted(new.masks - old.masks):
        yield MaskVoice(call_id, agent_id, silent=True)
    yield from (PauseVoice(one.connection_id, one.source) for one in asked if one.silent)
    for call_id, agent_id in sorted(old.masks - new.masks):
        yield MaskVoice(call_id, agent_id, silent=False)
    yield from (ResumeVoice(one.connection_id, one.source) for one in asked if not one.silent)
