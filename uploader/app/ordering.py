"""Central's orders on their way to the client: the last pause or resume waits for one that comes.

An order comes by one thread and the client by another: neither may miss the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from uploader.desk import Ordered


class Ordering:
    """Its methods are called from any thread and never wait."""

    def __init__(self, connected: Callable[[], bool], send: Callable[[Ordered], None]) -> None:
        """`connected` tells whether a client is there; `send` tells it."""
        self._connected = connected
        self._send = send
        self._lock = threading.Lock()
        self._pending: Ordered | None = None

    def give(self, order: Ordered) -> None:
        """Central says it."""
        with self._lock:
            if self._connected():
                self._send(order)
            elif order.order != "record-now":
                self._pending = order

    def take(self) -> Ordered | None:
        """What a client that has just come is told; to be asked once it counts as connected."""
        with self._lock:
            pending, self._pending = self._pending, None
        return pending
