"""Who is watching what: so that the audit has one entry for each viewing, not for each range.

A browser asks for a film in many ranges. The first one of a viewing is written down before a byte
goes out; what was really streamed is written when the viewing has been quiet for a while, or when
central stops.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import NamedTuple

from central.core.audit import Actor

QUIET = 120.0  # seconds without a byte: the viewing is over


class Key(NamedTuple):
    """One viewing: whose session, which call, which version of its film, for what."""

    session: str
    call_id: str
    version: int
    what: str


@dataclass(slots=True)
class _Opening:
    actor: Actor
    last: float
    parts: list[tuple[int, int]] = field(default_factory=list)


class Openings:
    """The viewings that go on now. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Key, _Opening] = {}

    def is_new(self, key: Key) -> bool:
        """Whether nothing is known of this viewing yet."""
        with self._lock:
            return key not in self._open

    @property
    def empty(self) -> bool:
        """Whether nobody is watching."""
        with self._lock:
            return not self._open

    def begin(self, key: Key, actor: Actor, now: float) -> None:
        """It is written down: from here on it is one and the same. `now` in monotonic seconds."""
        with self._lock:
            self._open.setdefault(key, _Opening(actor, now)).last = now

    def streamed(self, key: Key, actor: Actor, start: int, end: int, now: float) -> None:
        """These bytes went out."""
        with self._lock:
            opening = self._open.setdefault(key, _Opening(actor, now))
            opening.last = now
            if end > start:
                opening.parts = joined([*opening.parts, (start, end)])

    def over(self, now: float) -> list[tuple[Key, Actor, list[tuple[int, int]]]]:
        """The viewings that have been quiet, with what was streamed; they are forgotten."""
        with self._lock:
            quiet = [key for key, one in self._open.items() if now - one.last >= QUIET]
            ended = [(key, self._open.pop(key)) for key in quiet]
        return [(key, opening.actor, opening.parts) for key, opening in ended]


def joined(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of these parts, in order."""
    union: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union
