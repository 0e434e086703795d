"""What is refused is logged, but nobody can fill the log by being refused."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

_SPAN_SECONDS = 60.0
_IN_FULL = 10  # of each kind within the span


class SparingLog:
    """Says the first few of each kind within a minute, and how many more there were after it."""

    def __init__(self, logger: logging.Logger, now: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._now = now
        self._since = now()
        self._seen: Counter[str] = Counter()

    def say(self, what: str) -> None:
        """`what` holds no more than a method and a code: it is kept and counted."""
        if self._now() - self._since >= _SPAN_SECONDS:
            self._sum_up()
        self._seen[what] += 1
        if self._seen[what] <= _IN_FULL:
            self._logger.info("%s", what)

    def _sum_up(self) -> None:
        for what, times in self._seen.items():
            if times > _IN_FULL:
                self._logger.info("%s: %d times more", what, times - _IN_FULL)
        self._seen.clear()
        self._since = self._now()


class QuietHttp(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's own messages quote what was received, and that may be a password."""

    def __init__(self, logger: logging.Logger, sparing: SparingLog) -> None:
        super().__init__(logger)
        self._sparing = sparing

    def log(self, level: int, msg: object, *args: object, **kwargs: object) -> None:
        """Says that there was something, and nothing of it."""
        del level, msg, args, kwargs
        self._sparing.say("a request was not HTTP, or broke off")
