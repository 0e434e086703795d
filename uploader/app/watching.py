"""The loop that watches the network: another one, a sleep, proxy rules, a primary that is back."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from uploader.app.standing import Board, Source
from uploader.core import SPREAD, Moment, slept
from uploader.link import Link

logger = logging.getLogger(__name__)

_TICK = timedelta(seconds=5)
# Of documentation (RFC 5737, RFC 3849): the system is asked by which of its addresses it would
# speak to them. Nothing is sent.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
_DISCARD = 9  # a port
_chance = secrets.SystemRandom().random


def own_addresses() -> frozenset[str]:
    """By which addresses this machine speaks to the world; none: it is off the network."""
    found = set()
    for family, there in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.connect((there, _DISCARD))
                found.add(str(asking.getsockname()[0]))
        except OSError:
            continue
    return frozenset(found)


class Watching:
    """`run` is the loop."""

    def __init__(
        self,
        link: Link,
        *,
        board: Board,
        stop: threading.Event,
        look_again: Callable[[], None],
        addresses: Callable[[], frozenset[str]] = own_addresses,
    ) -> None:
        """`link` is this loop's own. `look_again` is called when central may be there again."""
        self._link = link
        self._route = link.route
        self._board = board
        self._stop = stop
        self._look_again = look_again
        self._addresses = addresses
        self._known = addresses()
        self._look_at: timedelta | None = None
        self._route.moved = self._moved

    def run(self) -> None:
        """Until asked to stop."""
        while not self._stop.is_set():
            before = _moment()
            self._stop.wait(_TICK.total_seconds())
            self.step(was_asleep=slept(before, _moment(), _TICK))

    def step(self, *, was_asleep: bool) -> None:
        """One look."""
        known, self._known = self._known, self._addresses()
        if was_asleep or self._known - known:
            logger.info("%s: connections begin anew", "awake" if was_asleep else "a new network")
            self._route.network_changed()
            self._look_at = _monotonic() + SPREAD * _chance()  # all desks may see the same
        self._route.refresh()
        code = "pac-broken" if self._route.rules_are_broken else ""
        self._board.problem(Source.NETWORK, code)
        if self._route.probe_is_due() and self._board.now.credential is not None:
            self._route.probed(well=self._link.probe())
        if self._look_at is not None and _monotonic() >= self._look_at:
            self._look_at = None
            self._look_again()

    def _moved(self) -> None:
        """Another of central's addresses is used; by whichever thread saw it fail."""
        self._look_at = _monotonic() + SPREAD * _chance()


def _moment() -> Moment:
    return Moment(_monotonic(), timedelta(seconds=time.time()))


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())
