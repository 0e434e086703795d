"""The uploader's process: there, or started; at most five times an hour."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

logger = logging.getLogger(__name__)

_MOST_STARTS = 5
_SPAN = timedelta(hours=1)
_PATIENCE = timedelta(seconds=3)  # for an uploader that lost its socket, or is just ending
_ANSWER = timedelta(seconds=20)  # for one that was just started


class Presence(Protocol):
    """Whether the uploader answers on the desk socket."""

    @property
    def there(self) -> asyncio.Event:
        """Set while it does."""

    @property
    def gone(self) -> asyncio.Event:
        """Set while it does not. At the start neither is set, until one was seen."""


class Allowance:
    """Starts that may still happen: five in any hour."""

    def __init__(self) -> None:
        self._starts: deque[timedelta] = deque()

    def take(self, now: timedelta) -> timedelta:
        """Zero, and one start less; or how long to wait for the next. `now` is monotonic."""
        while self._starts and now - self._starts[0] >= _SPAN:
            self._starts.popleft()
        if len(self._starts) == _MOST_STARTS:
            return _SPAN - (now - self._starts[0])
        self._starts.append(now)
        return timedelta()


async def keep_running(
    start: Callable[[], int],
    presence: Presence,
    clock: Callable[[], timedelta],
    given_up: Callable[[bool], None],
    *,
    patience: timedelta = _PATIENCE,
) -> None:
    """Start the uploader whenever nobody answers on the socket; until cancelled.

    At our own start that is at once when the socket says so, later after `patience`.
    `given_up` hears whether it is not started any more for now. A child outlives us: it has
    recordings to send.
    """
    allowance = Allowance()
    at_once = await _refused(presence)
    while True:
        waited = timedelta() if at_once else patience
        at_once = False
        if await _within(presence.there.wait(), waited):
            given_up(False)  # noqa: FBT003 its only argument
            await presence.gone.wait()
            continue
        wait = allowance.take(clock())
        if wait:
            logger.error("the uploader does not stay up; trying again in %s", wait)
            given_up(True)  # noqa: FBT003 as above
            await _within(presence.there.wait(), wait)
            continue
        try:
            logger.info("uploader started: pid %s", start())
        except OSError as error:
            logger.error("the uploader cannot be started: %s", error.strerror)  # noqa: TRY400 the reason is enough
            continue
        await _within(presence.there.wait(), _ANSWER)


async def _refused(presence: Presence) -> bool:
    """The socket's first word: whether nobody answers there."""
    words = [asyncio.create_task(event.wait()) for event in (presence.there, presence.gone)]
    try:
        await asyncio.wait(words, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for word in words:
            word.cancel()
    return not presence.there.is_set()


class UploaderProgram:
    """The uploader as a process of its own, deaf to our Ctrl-C; it may outlive us."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], flags: int) -> None:
        """`flags` are the host's `child_flags`."""
        self._command = tuple(command)
        self._environment = dict(environment)
        self._flags = flags
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start one more, and return its pid. OSError if it cannot be started."""
        if self._child is not None:
            self._child.poll()  # if it ended, let the system forget it
        self._child = subprocess.Popen(  # noqa: S603 our own program
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # it has a log of its own
            stderr=subprocess.DEVNULL,
            creationflags=self._flags,
            start_new_session=sys.platform != "win32",
        )
        return self._child.pid

    def wait(self, length: timedelta) -> bool:
        """Whether the one started last ends in this time."""
        try:
            if self._child is not None:
                self._child.wait(length.total_seconds())
        except subprocess.TimeoutExpired:
            return False
        return True


async def _within(what: Awaitable[object], length: timedelta) -> bool:
    try:
        async with asyncio.timeout(length.total_seconds()):
            await what
    except TimeoutError:
        return False
    return True
