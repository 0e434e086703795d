"""Orders from any thread to one that sleeps in `select`, and its sleep."""

from __future__ import annotations

import queue
import selectors
import socket
from contextlib import suppress
from typing import Generic, TypeVar

_Letter = TypeVar("_Letter")
_RINGS = 64  # bytes taken at once; more than one is rare


class Mailbox(Generic[_Letter]):
    """Anybody may `put`; one thread takes and sleeps."""

    def __init__(self) -> None:
        self._letters: queue.SimpleQueue[_Letter] = queue.SimpleQueue()
        # Windows takes nothing but sockets in `select`.
        self._bell, self._rope = socket.socketpair()
        self._bell.settimeout(0)
        self._rope.settimeout(0)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._bell, selectors.EVENT_READ)

    def put(self, letter: _Letter) -> None:
        """Hand it over; never waits."""
        self._letters.put(letter)
        with suppress(OSError):  # it has been rung often enough, or nobody is there any more
            self._rope.send(b"!")

    def empty(self) -> bool:
        """Whether there is nothing to take."""
        return self._letters.empty()

    def take(self) -> _Letter | None:
        """The next, if there is one."""
        try:
            return self._letters.get_nowait()
        except queue.Empty:
            return None

    def sleep(self, seconds: float | None, fileno: int | None = None) -> bool:
        """Until there is something to take, the time has passed, or that file can be read.

        Whether it is the file.
        """
        if fileno is not None:
            self._selector.register(fileno, selectors.EVENT_READ)
        try:
            ready = self._selector.select(seconds)
        finally:
            if fileno is not None:
                self._selector.unregister(fileno)
        with suppress(BlockingIOError):
            self._bell.recv(_RINGS)
        return any(key.fd == fileno for key, _ in ready)

    def close(self) -> None:
        """Nobody sleeps here any more."""
        self._selector.close()
        self._bell.close()
        self._rope.close()
