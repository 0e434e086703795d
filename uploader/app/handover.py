"""Whose the spool is: the user's own uploader gets it from the machine's service, on request.

The lock says who has it. The user's uploader, finding that the service has it, lays a mark into
the state folder and waits; the service looks for the mark, lets go, and takes nothing while the
mark is fresh.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from pathlib import Path

from uploader.app.standing_file import last_standing
from uploader.spool import AlreadyRunningError, InstanceLock, Spool, durable

logger = logging.getLogger(__name__)

_WANTED = "uploader.wanted"
_FRESH_SECONDS = 60.0  # a mark older than this was left by a crash
_PATIENCE_SECONDS = 20.0  # for the service to let go
_DOUBT_SECONDS = 1.0  # who took the lock this moment has not said yet who it is
_LOOK_SECONDS = 0.05


def own_lock(
    spool: Spool, state: Path, patience_seconds: float = _PATIENCE_SECONDS
) -> InstanceLock:
    """The spool's lock for the user's uploader; the service is asked for it.

    AlreadyRunningError if another uploader of the user has it, or the service does not let go.
    """
    began = time.monotonic()
    asked = False
    try:
        while True:
            try:
                return spool.lock("uploader")
            except AlreadyRunningError:
                waited = time.monotonic() - began
                holder = last_standing(state)
                service = holder is not None and holder.by == "service"
                if waited > (patience_seconds if service else _DOUBT_SECONDS):
                    raise
            if service:
                if not asked:
                    logger.info("the machine's service has the spool: asking for it")
                asked = True
                _lay_mark(state)
            time.sleep(_LOOK_SECONDS)
    finally:
        if asked:
            with contextlib.suppress(OSError):
                os.unlink(state / _WANTED)


def let_go(lock: InstanceLock, seconds: float, *threads: threading.Thread) -> None:
    """Let others have the spool: when these have ended, and no sooner, for they write to it.

    One that central keeps longer is not waited for; the process may end meanwhile.
    """

    def close() -> None:
        for thread in threads:
            thread.join()
        lock.close()

    closing = threading.Thread(target=close, daemon=True)
    closing.start()
    closing.join(seconds)


def is_wanted(state: Path) -> bool:
    """Whether the user's uploader asks for the spool."""
    try:
        laid = os.stat(state / _WANTED).st_mtime
    except OSError:
        return False
    return abs(time.time() - laid) < _FRESH_SECONDS


def _lay_mark(state: Path) -> None:
    with open(state / _WANTED, "wb", opener=durable.private):
        os.utime(state / _WANTED)
