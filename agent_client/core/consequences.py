"""What follows from what is true: what is over, what is decided, what opens and what closes.

`settled` runs after every event, in this order: decisions, wrap-up and ends, then what must close
because of them, then what may open, then the orders for voice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from agent_client.core.events import Source
from agent_client.core.facts import Facts, Gone, Recording
from agent_client.core.families import Calls
from agent_client.core.family import Family
from agent_client.core.legs import News
from agent_client.core.voice import with_orders, without_orders
from agent_client.core.wrap_up import WrapUp
from contract.manifest import EndReason

_F = TypeVar("_F", bound=Facts)
_GONE_KEPT = 8


def settled(facts: _F, fresh_id: str) -> _F:
    """The same facts with everything drawn from them. `fresh_id` names what opens."""
    facts = _decided(facts)
    wrap_up = _wrap_up(facts)
    over = _over(facts, wrap_up)
    facts = replace(_closed(facts, over), wrap_up=wrap_up)
    facts = _opened(_forgotten(facts, over), fresh_id)
    return _ordered(_noted_beside(facts))


def _wrap_up(facts: Facts) -> WrapUp | None:
    """The wrap-up that goes on or begins."""
    wrap_up = facts.wrap_up
    awaiting = facts.restored and facts.agent.agent_id is None
    if facts.talking or facts.strangers or not (facts.agent.here or awaiting):
        return None
    if wrap_up is not None:
        return None if _ending(facts, wrap_up) else _confirmed(facts, wrap_up)
    ended = [one for one in facts.calls.families if one.answered is not None and not one.live]
    if not ended:
        return None
    last = max(ended, key=lambda one: (_recorded(facts, one), one.answered))
    until = facts.now + facts.provisional
    return _confirmed(facts, WrapUp(last.key, facts.now, until, began_at=facts.wall))


def _confirmed(facts: Facts, wrap_up: WrapUp) -> WrapUp:
    """Who told of the end may have told of after-call work before that."""
    family = facts.calls.family(wrap_up.family)
    if family is None or wrap_up.awaited:
        return wrap_up
    told = any(family.ended_for(source) for source in facts.agent.wrapping_up)
    return replace(wrap_up, provisional_until=None) if told else wrap_up


def _ending(facts: Facts, wrap_up: WrapUp) -> EndReason | None:
    family = facts.calls.family(wrap_up.family)
    telling = {source for source, _ in facts.agent.states}
    sources = family.sources if family else frozenset[Source]()
    silent = (sources & telling or sources) <= facts.agent.lost
    return wrap_up.ending(facts.now, facts.tail, in_touch=not silent)


def _recorded(facts: Facts, family: Family) -> bool:
    return facts.recording is not None and facts.recording.family in family.names


def _over(facts: Facts, wrap_up: WrapUp | None) -> dict[str, EndReason]:
    """The families that are over, and why."""
    families = facts.calls.families
    if facts.strangers:
        return {family.key: EndReason.SIGNED_OUT for family in families}
    wrapped = wrap_up.family if wrap_up else ""
    return {
        family.key: _why_over(facts, family)
        for family in families
        if not family.live and wrapped not in family.names
    }


def _why_over(facts: Facts, family: Family) -> EndReason:
    if not facts.agent.here:
        return EndReason.SIGNED_OUT
    if facts.talking:
        return EndReason.NEXT_CALL
    if facts.wrap_up is not None and facts.wrap_up.family in family.names:
        return _ending(facts, facts.wrap_up) or EndReason.WRAPPED_UP
    return EndReason.WRAPPED_UP


def _closed(facts: _F, over: Mapping[str, EndReason]) -> _F:
    """Close what may not stay open."""
    recording, family = facts.recording, facts.recorded_family
    reason = _why_closed(facts, recording, family, over) if recording else None
    if recording is not None and reason is not None:
        legs = family.calls if family else ()
        gone = Gone(recording.recording_id, reason, legs, recording.beside)
        facts = replace(facts, recording=None, gone=(*facts.gone, gone)[-_GONE_KEPT:])
        if family is not None and reason is EndReason.LENGTH_LIMIT:
            facts = replace(facts, calls=facts.calls.changed(replace(family, closed=reason)))
        if recording.filming:
            facts = replace(facts, pause_lapsed=False)
    well = facts.failure is not None and facts.now >= facts.failure.forgiven_at
    return replace(facts, failure=None) if well or facts.recording is None else facts


def _why_closed(
    facts: Facts, recording: Recording, family: Family | None, over: Mapping[str, EndReason]
) -> EndReason | None:
    if facts.quitting:
        return EndReason.STOPPED
    if not facts.agent.here or family is None:
        return EndReason.SIGNED_OUT
    if family.key in over:
        return over[family.key]
    if family.closed is not None:
        return family.closed
    if not recording.filming:
        return _why_noted_no_more(facts, family)
    too_long = facts.rules is not None and facts.now >= recording.since + facts.rules.length
    return EndReason.LENGTH_LIMIT if too_long else None


def _why_noted_no_more(facts: Facts, family: Family) -> EndReason | None:
    """A film goes before a note; its own pause, or central's mask, then tells of the silence."""
    film = _next_film(facts)
    if film is not None and film.key != family.key:
        return EndReason.NEXT_CALL
    return EndReason.RESUMED if film is not None or not facts.paused(family) else None


def _forgotten(facts: _F, over: Collection[str]) -> _F:
    """Forget the families that are over; a pause ends with the last family that it covers."""
    calls = facts.calls.without(over, facts.now)
    whose = facts.whose if facts.agent.agent_id is None else facts.agent.agent_id
    if facts.strangers:
        calls = replace(calls, remembered=())
    facts = replace(facts, calls=calls, whose=whose)
    if facts.pause is None:
        return facts
    families = facts.pause.families & calls.names
    if not families:
        return replace(facts, pause=None, pause_lapsed=True)
    return replace(facts, pause=replace(facts.pause, families=families))


def _decided(facts: _F) -> _F:
    """Decide once for each family that was answered here, by the policy of that moment."""
    rules, agent_id = facts.rules, facts.agent.agent_id
    if rules is None or not facts.agent.here or rules.agent_id not in {None, agent_id}:
        return facts
    calls: Calls = facts.calls
    for family in facts.talking:
        if family.decision is None:
            calls = calls.changed(replace(family, decision=rules.decide(family.key)))
    return replace(facts, calls=calls)


def _next_film(facts: Facts) -> Family | None:
    """The family whose screen is to be recorded next: the earliest answered of the selected."""
    if facts.rules is None:
        return None
    for family in facts.due:
        selected = family.decision is not None and family.decision.selected
        if selected and family.closed is None and facts.in_touch_with(family):
            return family
    return None


def _next_note(facts: Facts) -> Family | None:
    """The family whose pause is to be told without a film."""
    for family in facts.talking:
        unselected = family.decision is not None and not family.decision.selected
        if unselected and family.closed is None and facts.paused(family):
            return family
    return None


def _opened(facts: _F, fresh_id: str) -> _F:
    """Open what is to be recorded, if nothing is open."""
    agent_id = facts.agent.agent_id
    if facts.recording or not facts.agent.here or agent_id is None or facts.quitting:
        return facts
    family = _next_film(facts) or _next_note(facts)
    if family is None or family.decision is None:
        return facts
    recording = Recording(fresh_id, family.key, agent_id, facts.now, family.decision)
    return replace(facts, recording=recording, lost_recording="")


def _noted_beside(facts: _F) -> _F:
    """The recording tells what went on beside it."""
    recording = facts.recording
    if recording is None:
        return facts
    known = {call.connection_id for call in recording.beside}
    new = tuple(
        leg.call
        for family in facts.talking
        if not _recorded(facts, family)
        for leg in family.legs
        if leg.live and leg.call.connection_id not in known
    )
    return replace(facts, recording=replace(recording, beside=(*recording.beside, *new)))


def _ordered(facts: _F) -> _F:
    if not facts.agent.here or facts.quitting:
        return replace(facts, calls=without_orders(facts.calls))
    news = News(Source.WORKSPACE, facts.taken, facts.now, facts.agent.lost)
    return replace(facts, calls=with_orders(facts.calls, facts.paused, news))
