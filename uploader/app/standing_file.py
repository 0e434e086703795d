"""status.json in the state folder: how uploading is, for whoever cannot ask over the desk socket.

A convenience that may be some seconds old, and is never relied on: it is not synced.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from uploader.desk import Uploads
from uploader.spool import durable

logger = logging.getLogger(__name__)

By = Literal["session", "service"]  # whose uploader it is: the user's own, or the machine's
_NAME = "status.json"
_ATTEMPTS_TOLD = 1000  # recordings, at most


class LastStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says."""

    by: By
    pid: int
    version: str
    at: datetime  # UTC by the desk's clock
    uploads: Uploads
    attempts: dict[str, int] = {}  # recording id -> how often it was tried in vain


class StandingFile:
    """Writes it at each change but progress; from any thread."""

    def __init__(
        self, state: Path, by: By, version: str, attempts: Callable[[], Mapping[str, int]] = dict
    ) -> None:
        """`state` is the state folder; `attempts` is asked at each writing."""
        self._path = state / _NAME
        self._by = by
        self._version = version
        self._attempts = attempts
        self._lock = threading.Lock()
        self._written: tuple[Uploads, dict[str, int]] | None = None

    def write(self, uploads: Uploads) -> None:
        """A disk that refuses is somebody else's to tell of."""
        still = msgspec.structs.replace(uploads, sent=0, total=0)
        with self._lock:
            attempts = dict(islice(self._attempts().items(), _ATTEMPTS_TOLD))
            if (still, attempts) == self._written:
                return
            self._written = still, attempts
            standing = LastStanding(
                by=self._by,
                pid=os.getpid(),
                version=self._version,
                at=datetime.now(UTC),
                uploads=still,
                attempts=attempts,
            )
            draft = self._path.with_name(_NAME + ".draft")
            try:
                with open(draft, "wb", opener=durable.private) as file:
                    file.write(msgspec.json.encode(standing))
                os.replace(draft, self._path)
            except OSError as error:
                logger.warning("%s cannot be written: %s", _NAME, error.strerror)


def last_standing(state: Path) -> LastStanding | None:
    """What the file says; None if there is none that can be read."""
    with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.json.decode((state / _NAME).read_bytes(), type=LastStanding)
    return None
