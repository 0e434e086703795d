"""How fast bytes may leave: what sends asks before each block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contract.policy import Uploading
from uploader.core.week import within

_BURST_SECONDS = 0.25  # what may leave at once after a rest
_PIECE_SECONDS = 0.05  # what is worth to leave by itself
_CHUNK_SECONDS = 20  # one request, at most
_BITS = 8


class Pace(Protocol):
    """Lets bytes go, sooner or later. May be called from any thread."""

    def take(self, wanted: int) -> int:
        """Wait until some bytes may leave; how many of `wanted`, from 1 to all of them.

        Never waits for long without looking whether the uploader is to end: then it lets go.
        """

    def chunk_ceiling(self) -> int | None:
        """The most bytes that one request should have at this rate; None: no such limit."""


class Freely:
    """No limit."""

    def take(self, wanted: int) -> int:
        """All of them, at once."""
        return wanted

    def chunk_ceiling(self) -> int | None:
        """None."""
        return None


FREELY = Freely()


def bits_per_second(uploading: Uploading, at: datetime, *, in_call: bool) -> int:
    """The limit that holds now; 0: none. `at` in the desk's own time zone.

    The first of the `rates` whose part of the week it is replaces the usual rate; in a call the
    smaller one holds.
    """
    usual = uploading.bits_per_second
    timely = next((one.bits_per_second for one in uploading.rates if within(one.within, at)), usual)
    in_calls = uploading.call_bits_per_second if in_call else 0
    return min((limit for limit in (timely, in_calls) if limit), default=0)


def largest_chunk(limit: int) -> int | None:
    """The most bytes of one request, so that it takes some 20 s; `limit` in bits/s, 0: none."""
    return max(1, limit * _CHUNK_SECONDS // _BITS) if limit else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """Bytes that may leave. Fills by the limit, and holds a quarter of a second's worth at most."""

    at: float  # seconds, by a clock that may jump: neither way gives a flood or a drought
    held: float = 0.0  # bytes

    def filled(self, now: float, limit: int) -> Bucket:
        """As it is now; `limit` in bits/s, above 0."""
        rate = limit / _BITS
        passed = max(0.0, now - self.at)
        most = max(1.0, rate * _BURST_SECONDS)
        return Bucket(now, min(self.held + passed * rate, most))

    def poured(self, wanted: int, limit: int) -> tuple[Bucket, int]:
        """Let go as many bytes as it holds, if that is a piece worth sending; else 0."""
        if self.held < _piece(wanted, limit):
            return self, 0
        going = min(wanted, int(self.held))
        return Bucket(self.at, self.held - going), going

    def seconds_until(self, wanted: int, limit: int) -> float:
        """How long until `poured` lets some go."""
        return max(0.0, _piece(wanted, limit) - self.held) * _BITS / limit


def _piece(wanted: int, limit: int) -> float:
    """The fewest bytes that leave together: at least one, so that it always goes on."""
    return min(wanted, max(1, int(limit / _BITS * _PIECE_SECONDS)))
