"""Network and power as they were a moment ago: asked for in a thread of its own, so nobody waits.

A system service that hangs costs one thread, and its last answer counts for some minutes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)

_ASK_SECONDS = 15.0  # between two questions
_FIRST_SECONDS = 2.0  # how long the first answer is waited for: it must not come after the upload
_STALE_SECONDS = 300.0  # what was answered before that, nobody knows any more


@dataclass(frozen=True, slots=True)
class Surrounding:
    """What the system said."""

    metered: bool = False
    battery_percent: int | None = None  # None: on mains, or not known


_UNKNOWN = Surrounding()


class Surroundings:
    """Remembers what the system said. Any thread may ask."""

    def __init__(
        self,
        ask: Callable[[], Surrounding],
        *,
        clock: Callable[[], float] = time.monotonic,
        first_seconds: float = _FIRST_SECONDS,
    ) -> None:
        """`ask` may take long; it is called at most every 15 s, and never twice at a time."""
        self._ask = ask
        self._clock = clock
        self._first_seconds = first_seconds
        self._lock = threading.Lock()
        self._said = _UNKNOWN
        self._said_at: float | None = None
        self._asked_at: float | None = None
        self._asking: threading.Thread | None = None
        self._answered = threading.Event()

    @property
    def now(self) -> Surrounding:
        """What is known. Waits for the first answer only, and for that at most two seconds."""
        if self._ask_if_due():
            self._answered.wait(self._first_seconds)
        with self._lock:
            if self._said_at is None or not self._is_within(self._said_at, _STALE_SECONDS):
                return _UNKNOWN
            return self._said

    def _ask_if_due(self) -> bool:
        """Whether this was the first question."""
        with self._lock:
            if self._asking is not None and self._asking.is_alive():
                return False
            if self._asked_at is not None and self._is_within(self._asked_at, _ASK_SECONDS):
                return False
            first, self._asked_at = self._asked_at is None, self._clock()
            self._asking = threading.Thread(target=self._look, name="surroundings", daemon=True)
            self._asking.start()
            return first

    def _look(self) -> None:
        try:
            said = self._ask()
        except Exception:  # whatever a system service does, recordings go on their way
            logger.exception("the system cannot be asked for network and power")
            said = _UNKNOWN
        with self._lock:
            if said != self._said:
                logger.info("network metered: %s, battery: %s", said.metered, said.battery_percent)
            self._said, self._said_at = said, self._clock()
        self._answered.set()

    def _is_within(self, moment: float, seconds: float) -> bool:
        return 0 <= self._clock() - moment < seconds
