"""Central's clock, as seen from here: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockSample:
    """One exchange of times with central, in microseconds (after RFC 5905, 8)."""

    offset_us: int  # central's clock minus the desk's; wrong by half the round trip at most
    round_trip_us: int

    @classmethod
    def of(cls, asked_us: int, received_us: int, sent_us: int, elapsed_us: int) -> ClockSample:
        """From the desk's UTC when asking, central's two times, and the time it took here.

        `elapsed_us` is monotonic, so that a clock set in between does no harm.
        """
        answered_us = asked_us + elapsed_us
        return cls(
            offset_us=((received_us - asked_us) + (sent_us - answered_us)) // 2,
            round_trip_us=max(0, elapsed_us - (sent_us - received_us)),
        )


def best(samples: Iterable[ClockSample]) -> ClockSample:
    """The sample that is least wrong: the quickest. ValueError if there is none."""
    return min(samples, key=lambda sample: sample.round_trip_us)
