"""Syncing to disk on a thread of its own: a slow disk must not hold up what comes next."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Syncing:
    """One sync at a time; what is asked for meanwhile is done in one go after it.

    A sync that failed is told by the next `ask` or `settle`, which raise its OSError.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` in seconds, for `seconds`."""
        self._clock = clock
        self._changed = threading.Condition()
        self._asked: Callable[[], None] | None = None
        self._since: float | None = None  # when the sync in hand was begun
        self._failed: OSError | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin to sync."""
        self._thread.start()

    def ask(self, sync: Callable[[], None]) -> None:
        """Have this done soon, in place of one that was asked for and not begun."""
        with self._changed:
            self._tell()
            self._asked = sync
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until all that was asked for is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._asked is None and self._since is None)
            self._tell()

    def seconds(self) -> float:
        """How long the sync in hand has lasted; 0: there is none."""
        since = self._since
        return 0.0 if since is None else self._clock() - since

    def stop(self) -> None:
        """Do what was asked for, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def _tell(self) -> None:
        failed, self._failed = self._failed, None
        if failed is not None:
            raise failed

    def _run(self) -> None:
        while True:
            with self._changed:
                self._since = None
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._asked is not None or self._closing)
                sync, self._asked = self._asked, None
                if sync is None:
                    return
                self._since = self._clock()
            try:
                sync()
            except OSError as error:
                logger.warning("the disk refused to sync: %s", error)
                with self._changed:
                    self._failed = error
