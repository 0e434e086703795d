"""When time alone changes something: so long the engine may sleep, if nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from agent_client.core.facts import Facts
from agent_client.core.voice import moments


def deadline(facts: Facts) -> timedelta | None:
    """The engine time until which the world stays as it is; None: until the next event."""
    return min((moment for moment in _moments(facts) if moment > facts.now), default=None)


def _moments(facts: Facts) -> Iterator[timedelta]:
    """Every time with which the core compares the present."""
    if facts.wrap_up is not None:
        yield from facts.wrap_up.moments(facts.tail)
    if facts.failure is not None:
        yield from (facts.failure.until, facts.failure.forgiven_at)
    if facts.recording is not None and facts.rules is not None:
        yield facts.recording.since + facts.rules.length
    for family in facts.calls.families:
        for leg in family.legs:
            yield from moments(family, leg)
