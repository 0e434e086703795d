"""The client, started again when it went without goodbye: five times an hour at most."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

from uploader.core import Restarts
from uploader.desk import Hello

logger = logging.getLogger(__name__)

_GRACE = timedelta(seconds=5)  # it may only have lost the socket, and comes back by itself


class ClientKeeper:
    """Remembers how the client is started; `tick` does it. Any thread may call it."""

    def __init__(self, connected: Callable[[], bool], grace: timedelta = _GRACE) -> None:
        """`connected` tells whether a client is on the socket."""
        self._connected = connected
        self._grace = grace
        self._lock = threading.Lock()
        self._lost: tuple[tuple[str, ...], timedelta] | None = None
        self._restarts = Restarts()
        self._started: subprocess.Popen[bytes] | None = None

    def due_in(self, now: timedelta) -> timedelta | None:
        """How long until `tick` has something to do; None: nothing, until `gone` is called."""
        with self._lock:
            return None if self._lost is None else max(self._lost[1] - now, timedelta())

    def gone(self, hello: Hello | None, now: timedelta, *, goodbye: bool) -> None:
        """A connection ended; `now` monotonic."""
        with self._lock:
            if goodbye:
                self._lost = None
            elif hello is not None and hello.command:
                self._lost = (hello.command, now + self._grace)

    def tick(self, now: timedelta) -> None:
        """Start the client again if it is time; `now` monotonic."""
        with self._lock:
            if self._started is not None:
                self._started.poll()  # reaps it, when it has ended
            if self._lost is None or now < self._lost[1]:
                return
            command, _ = self._lost
            self._lost = None
            if self._connected():
                return
            if not self._restarts.may(now):
                logger.error("the client went too often: it is not started again for a while")
                return
            self._restarts = self._restarts.another(now)
            self._start(command)

    def _start(self, command: tuple[str, ...]) -> None:
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        else:
            flags = 0
        try:
            self._started = subprocess.Popen(  # noqa: S603  # the client's own words, over a socket that only its user may open
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",
                creationflags=flags,
            )
        except OSError as error:
            logger.error("the client cannot be started: %s", type(error).__name__)  # noqa: TRY400  # its trace would hold paths
        else:
            logger.warning("the client went without goodbye: started again")
