"""What must survive a restart of the client.

Decisions, the asked pause, what is recorded no more, whose calls these are, and after-call work.
Ids, times and sums only: it lies in the clear on the desk's disk.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from agent_client.core.events import Source
from agent_client.core.facts import AskedPause
from agent_client.core.families import Calls
from agent_client.core.family import Remembered
from agent_client.core.world import World
from agent_client.core.wrap_up import WrapUp
from contract.canonical import canonical, utc, utc_text
from contract.manifest import EndReason, decision_from, decision_json

FORMAT = "twinreel/memory/2"
_FORMER = "twinreel/memory/1"  # knew neither sources, nor after-call work, nor whose calls


class MemoryUnreadable(ValueError):
    """The text is no memory; the message says why."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The families that are there, as far as a restart must not change them."""

    families: tuple[Remembered, ...] = ()
    paused_by: Source | None = None  # who asked for the pause of those that are paused
    agent_id: str | None = None  # whose calls they are
    wrapping_up: str = ""  # key of the family in after-call work
    since: datetime | None = None  # UTC by the desk's clock: when that began


def memory(world: World) -> Memory:
    """What to write down in this world. It changes seldom: on decisions, pauses and releases."""
    paused = world.pause.families if world.pause else frozenset()
    there = tuple(
        Remembered(
            family.key,
            family.names,
            family.decision,
            family.closed,
            bool(paused & family.names),
            family.sources,
            family.call_ids,
        )
        for family in world.calls.families
        if family.decision or family.closed or paused & family.names
    )
    families = (*there, *world.calls.remembered)
    wrap_up, wrapped = world.wrap_up, world.wrapped
    known = wrap_up is not None and wrap_up.began_at is not None and not wrap_up.over
    return Memory(
        families,
        world.pause.source if world.pause else None,
        world.whose if families else None,
        wrapped.key if wrapped and known else "",
        wrap_up.began_at if wrap_up and wrapped and known else None,
    )


def remembering(
    memory: Memory, now: timedelta = timedelta(), wall: datetime | None = None
) -> World:
    """The first world after a restart: paused families stay paused, decided ones decided.

    After-call work goes on if Workspace says so, for what is left of its time by the desk's clock
    (`wall`, UTC). If that clock was set back meanwhile nobody knows what is left, and it is over.
    """
    world = World(now=now, whose=memory.agent_id, calls=Calls(remembered=memory.families))
    paused = frozenset(one.key for one in memory.families if one.paused)
    if paused and memory.paused_by is not None:
        world = replace(world, pause=AskedPause(memory.paused_by, now, paused))
    return _wrapping_up(world, memory, wall)


def _wrapping_up(world: World, memory: Memory, wall: datetime | None) -> World:
    wrapped = [one for one in memory.families if one.key == memory.wrapping_up]
    if not wrapped or memory.since is None or wall is None or wall < memory.since:
        return world
    since = world.now - (wall - memory.since)
    family = wrapped[0].family
    others = tuple(one for one in memory.families if one not in wrapped)
    return replace(
        world,
        calls=Calls(families=(family,), remembered=others),
        wrap_up=WrapUp(family.key, since, None, began_at=memory.since, awaited=True),
    )


def to_json(memory: Memory) -> bytes:
    """Canonical JSON."""
    return canonical(
        {
            "format": FORMAT,
            "paused_by": memory.paused_by.value if memory.paused_by else None,
            "agent_id": memory.agent_id,
            "wrapping_up": memory.wrapping_up,
            "since": utc_text(memory.since) if memory.since else None,
            "families": [
                {
                    "key": one.key,
                    "names": sorted(one.names),
                    "decision": decision_json(one.decision) if one.decision else None,
                    "closed": one.closed.value if one.closed else None,
                    "paused": one.paused,
                    "sources": sorted(source.value for source in one.sources),
                    "call_ids": sorted(one.call_ids),
                }
                for one in memory.families
            ],
        }
    )


def from_json(text: bytes) -> Memory:
    """Undo `to_json`; MemoryUnreadable if it is anything else."""
    try:
        fields = json.loads(text)
        if fields["format"] not in {FORMAT, _FORMER}:
            raise MemoryUnreadable(f"the format is {fields['format']!r}, not {FORMAT!r}")
        paused_by = Source(fields["paused_by"]) if fields["paused_by"] is not None else None
        families = tuple(_remembered(one) for one in fields["families"])
        if fields["format"] == _FORMER:
            return Memory(families, paused_by)
        return Memory(
            families,
            paused_by,
            agent_id=str(fields["agent_id"]) if fields["agent_id"] is not None else None,
            wrapping_up=str(fields["wrapping_up"]),
            since=utc(fields["since"]) if fields["since"] is not None else None,
        )
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        raise MemoryUnreadable(f"not a memory: {error!r}") from error


def _remembered(fields: dict[str, Any]) -> Remembered:
    if not isinstance(fields["paused"], bool):
        raise MemoryUnreadable("paused is neither true nor false")
    return Remembered(
        key=str(fields["key"]),
        names=frozenset(str(name) for name in fields["names"]),
        decision=decision_from(dict(fields["decision"])) if fields["decision"] else None,
        closed=EndReason(fields["closed"]) if fields["closed"] is not None else None,
        paused=fields["paused"],
        sources=frozenset(Source(one) for one in fields.get("sources", ())),
        call_ids=frozenset(str(one) for one in fields.get("call_ids", ())),
    )
