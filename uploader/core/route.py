"""Which of central's two addresses to use: pure, with time and chance handed in.

Both lead to the same central: what one was told, the other knows. The first is used for as long as
it answers. After some failures in a row the peer takes its place; then the first is asked now and
then how it is, and gets its place back when it has answered well twice. One that comes and goes
gets it back later each time.

Time is the monotonic clock as a `timedelta`; chance a number in [0, 1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum

from uploader.core.sending import wait

FAIL_OVER = 3  # failures in a row
APART = timedelta(seconds=1)  # between two that count: a restart of central moves nobody
GOOD_PROBES = 2  # in a row, before the first gets its place back
SPREAD = timedelta(seconds=60)  # over which the desks of a fleet do what they all begin at once
_BETWEEN_PROBES = timedelta(seconds=10)
_FIRST_HOLD = timedelta(minutes=1)  # at the peer, at least
LONGEST_HOLD = timedelta(hours=1)
_STEADY = timedelta(hours=1)  # without failing over: what was before is forgotten
_NETWORK_IS_NEW = timedelta(minutes=10)


class Server(IntEnum):
    """One of central's addresses."""

    PRIMARY = 0
    PEER = 1

    @property
    def other(self) -> Server:
        """The one that is not this."""
        return Server.PEER if self is Server.PRIMARY else Server.PRIMARY


@dataclass(frozen=True, slots=True)
class Failing:
    """How often a server, or the way to it, failed since it last answered."""

    count: int = 0
    at: timedelta | None = None  # when the last of them was noticed

    def again(self, began: timedelta, now: timedelta) -> Failing:
        """After one more. Requests that were under way together fail once, not each for itself."""
        if self.at is not None and began < self.at + APART:
            return self
        return Failing(self.count + 1, now)


_NEVER = Failing()


@dataclass(frozen=True, slots=True)
class Course:
    """Where requests go now, and what speaks for another course."""

    has_peer: bool
    at: Server = Server.PRIMARY
    primary: Failing = _NEVER
    peer: Failing = _NEVER
    good_probes: int = 0
    probe_at: timedelta = timedelta(0)  # the next, while at the peer
    hold_until: timedelta = timedelta(0)  # at the peer
    moves: int = 0  # to the peer, with less than an hour between them
    moved_at: timedelta | None = None
    answered_once: bool = False
    new_network_at: timedelta | None = None  # since when nothing answered on this network

    def failing(self, server: Server) -> Failing:
        """How it fares."""
        return self.primary if server is Server.PRIMARY else self.peer

    def answered(self, server: Server) -> Course:
        """It answered, and well."""
        course = self._with(server, _NEVER)
        return replace(course, answered_once=True, new_network_at=None)

    def failed(self, server: Server, began: timedelta, now: timedelta, chance: float) -> Course:
        """The server or the way to it failed a request that began at `began`."""
        course = self._with(server, self.failing(server).again(began, now))
        if not self.has_peer or server is not self.at or course.failing(server).count < FAIL_OVER:
            return course
        return course._moved(now, chance)  # noqa: SLF001  # another of its own kind

    def probe_is_due(self, now: timedelta) -> bool:
        """Whether to ask the first how it is."""
        return self.at is Server.PEER and now >= self.probe_at

    def probed(self, now: timedelta, chance: float, *, well: bool) -> Course:
        """The first was asked how it is."""
        if self.at is Server.PRIMARY:
            return self
        if not well:
            failing = Failing(self.primary.count + 1, now)
            pause = wait(failing.count, chance, throttled=True)
            return replace(
                self,
                primary=failing,
                good_probes=0,
                probe_at=now + max(pause, _BETWEEN_PROBES),
            )
        good = self.good_probes + 1
        if good >= GOOD_PROBES and now >= self.hold_until:
            return replace(self, at=Server.PRIMARY, primary=_NEVER, good_probes=0)
        pause = _BETWEEN_PROBES + (SPREAD - _BETWEEN_PROBES) * chance
        return replace(self, good_probes=good, probe_at=now + pause)

    def network_changed(self, now: timedelta, chance: float) -> Course:
        """Another network, or the same after a sleep: what failed before says nothing now."""
        return replace(
            self,
            primary=_NEVER,
            peer=_NEVER,
            good_probes=0,
            probe_at=now + SPREAD * chance,
            new_network_at=now,
        )

    def a_portal_is_likely(self, now: timedelta) -> bool:
        """Whether a stranger in central's place is the network's own door.

        So it is where central was reached before, and nothing on this new network yet.
        """
        return (
            self.answered_once
            and self.new_network_at is not None
            and now - self.new_network_at < _NETWORK_IS_NEW
        )

    def _with(self, server: Server, failing: Failing) -> Course:
        if server is Server.PRIMARY:
            return replace(self, primary=failing)
        return replace(self, peer=failing)

    def _moved(self, now: timedelta, chance: float) -> Course:
        """To the other one, which begins with a clean slate."""
        course = replace(self._with(self.at.other, _NEVER), at=self.at.other, good_probes=0)
        if course.at is Server.PRIMARY:
            return course
        lately = self.moved_at is not None and now - self.moved_at < _STEADY
        moves = self.moves + 1 if lately else 1
        hold = min(LONGEST_HOLD, _FIRST_HOLD * (1 << min(moves - 1, 10)))
        return replace(
            course,
            moves=moves,
            moved_at=now,
            hold_until=now + hold,
            probe_at=now + _BETWEEN_PROBES + (SPREAD - _BETWEEN_PROBES) * chance,
        )
