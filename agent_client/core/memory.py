"""What must survive a restart of the client: decisions, the asked pause, what is recorded no more.

Ids, times and sums only: it lies in the clear on the desk's disk.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agent_client.core.events import Source
from agent_client.core.facts import AskedPause
from agent_client.core.families import Calls, Remembered
from agent_client.core.world import World
from contract.canonical import canonical
from contract.manifest import EndReason, decision_from, decision_json

FORMAT = "twinreel/memory/1"


class MemoryUnreadable(ValueError):
    """The text is no memory; the message says why."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The families that are there, as far as a restart must not change them."""

    families: tuple[Remembered, ...] = ()
    paused_by: Source | None = None  # who asked for the pause of those that are paused


def memory(world: World) -> Memory:
    """What to write down in this world. It changes seldom: on decisions and pauses."""
    paused = world.pause.families if world.pause else frozenset()
    there = tuple(
        Remembered(
            family.key, family.names, family.decision, family.closed, bool(paused & family.names)
        )
        for family in world.calls.families
        if family.decision or family.closed or paused & family.names
    )
    still = tuple(one for one in world.calls.remembered)
    return Memory((*there, *still), world.pause.source if world.pause else None)


def remembering(memory: Memory) -> World:
    """The first world after a restart: paused families stay paused, decided ones decided."""
    paused = frozenset(one.key for one in memory.families if one.paused)
    world = World(calls=Calls(remembered=memory.families))
    if not paused or memory.paused_by is None:
        return world
    pause = AskedPause(memory.paused_by, world.now, paused)
    return World(calls=world.calls, pause=pause)


def to_json(memory: Memory) -> bytes:
    """Canonical JSON."""
    return canonical(
        {
            "format": FORMAT,
            "paused_by": memory.paused_by.value if memory.paused_by else None,
            "families": [
                {
                    "key": one.key,
                    "names": sorted(one.names),
                    "decision": decision_json(one.decision) if one.decision else None,
                    "closed": one.closed.value if one.closed else None,
                    "paused": one.paused,
                }
                for one in memory.families
            ],
        }
    )


def from_json(text: bytes) -> Memory:
    """Undo `to_json`; MemoryUnreadable if it is anything else."""
    try:
        fields = json.loads(text)
        if fields["format"] != FORMAT:
            raise MemoryUnreadable(f"the format is {fields['format']!r}, not {FORMAT!r}")
        paused_by = Source(fields["paused_by"]) if fields["paused_by"] is not None else None
        return Memory(tuple(_remembered(one) for one in fields["families"]), paused_by)
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
    )
