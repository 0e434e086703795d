"""The limit to what leaves the desk: by policy, by time of day, less in a call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from uploader.core import Bucket, largest_chunk

_LOOK_SECONDS = 0.25  # how old the limit may be, and how long one wait lasts at most
_SHORTEST_SECONDS = 0.001


class Bandwidth:
    """A `uploader.core.Pace`, one for all that sends recordings.

    It waits in short slices. Each looks anew at the limit, at the clock and at whether to end; none
    waits for another thread. So the worst that a clock or a limit can do is to make it slow.
    """

    def __init__(
        self,
        limit: Callable[[], int],
        stop: Callable[[float], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`limit`: bits/s now, 0 for none; must not wait. `stop` waits, as `Event.wait` does."""
        self._ask = limit
        self._stop = stop
        self._clock = clock
        self._lock = threading.Lock()
        self._limit = 0
        self._looked_at: float | None = None
        self._bucket = Bucket(clock())

    def take(self, wanted: int) -> int:
        """Wait until some bytes may leave; how many. All of `wanted` when the uploader is to end.

        A change of the limit counts within a second.
        """
        while True:
            with self._lock:
                now = self._clock()
                limit = self._looked_up(now)
                if not limit or wanted <= 0:
                    self._bucket = Bucket(now)  # a limit that comes finds nothing saved up
                    return wanted
                filled = self._bucket.filled(now, limit)
                self._bucket, going = filled.poured(wanted, limit)
                rest = self._bucket.seconds_until(wanted, limit)
            if going:
                return going
            if self._stop(min(max(rest, _SHORTEST_SECONDS), _LOOK_SECONDS)):
                return wanted

    def chunk_ceiling(self) -> int | None:
        """The most bytes of one request, so that it takes some 20 s; None: no limit."""
        with self._lock:
            return largest_chunk(self._looked_up(self._clock()))

    def _looked_up(self, now: float) -> int:
        if self._looked_at is None or not 0 <= now - self._looked_at < _LOOK_SECONDS:
            self._limit, self._looked_at = self._ask(), now
        return self._limit
