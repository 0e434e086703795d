"""Have the clients and uploaders of all users end, and wait until they have.

First they are asked, by the marker: who is in a call ends after it. When the time is over they are
told to end now; who does not is ended, and loses at most the last second of a recording.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_client.host import programs
from agent_client.host.programs import Program
from contract.make_way import MakeWay, Purpose

logger = logging.getLogger(__name__)

REPLACING = timedelta(minutes=30)  # in which files are replaced: the marker counts no longer


_READ_SECONDS = 5.0  # for which others may read the marker, each for a moment
_BOTH = ("client", "uploader")
# Politely; at once, but an uploader that lost its client has the time to leave a waiter for it;
# and whoever is left.
_ENDS = ((False, _BOTH), (True, ("client",)), (True, _BOTH))


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each step may take."""

    closing: timedelta = timedelta(seconds=60)  # of recordings, once told to end now
    polite: timedelta = timedelta(seconds=10)  # after the system's polite word
    look: timedelta = timedelta(seconds=0.5)
    word: timedelta = timedelta(minutes=1)  # between two lines that say who still runs


def write_marker(place: Path, marker: MakeWay) -> None:
    """Replace what lies there, for all to read. OSError if it cannot be written."""
    if not place.parent.is_dir():
        place.parent.mkdir(parents=True)
        place.parent.chmod(0o755)  # whatever the umask of a package manager is
    draft = place.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(marker.to_json())
    draft.chmod(0o644)
    _put(draft, place)


def _put(draft: Path, place: Path) -> None:
    """In the place of what lies there; on Windows not while somebody reads that."""
    deadline = time.monotonic() + _READ_SECONDS
    while True:
        try:
            draft.replace(place)
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_READ_SECONDS / 100)
        else:
            return


def take_back(place: Path) -> None:
    """The programs may run again."""
    with suppress(OSError):
        place.unlink()


class Clearing:
    """`clear` once."""

    def __init__(
        self,
        place: Path,
        say: Callable[[str], None],
        *,
        running: Callable[[], Sequence[Program]] = programs.programs,
        patience: Patience = Patience(),
    ) -> None:
        """`place` is the marker's; `say` takes lines for who called."""
        self._place = place
        self._say = say
        self._running = running
        self._patience = patience

    def clear(self, wait: timedelta, purpose: Purpose) -> bool:
        """Whether nobody runs; then the marker stands. OSError if it cannot be written."""
        self._mark(wait + self._patience.closing + REPLACING, purpose, now=not wait)
        if not self._gone(wait, "ends after its call"):
            self._mark(self._patience.closing + REPLACING, purpose, now=True)
            if not self._gone(self._patience.closing, "was told to end now"):
                left = self._ended()
                self._say_each(left, "cannot be ended")
                if left:
                    return False
        self._mark(REPLACING, purpose, now=True)
        return True

    def _ended(self) -> Sequence[Program]:
        """End who did not answer; those that run all the same.

        Who began meanwhile is not among them: what finds the marker ends by itself. Else a user who
        has one command follow another would keep the files from being replaced for ever.
        """
        told = self._running()
        for at_once, names in _ENDS:
            for one in self._running():
                if one in told and one.name in names:
                    self._say(f"{one} does not answer, and is ended")
                    programs.end(one, at_once=at_once)
            if self._gone(self._patience.polite, "is being ended", told):
                return ()
        return [one for one in self._running() if one in told]

    def _mark(self, length: timedelta, purpose: Purpose, *, now: bool) -> None:
        write_marker(self._place, MakeWay(datetime.now(UTC) + length, now, purpose))

    def _gone(self, wait: timedelta, why: str, of: Collection[Program] | None = None) -> bool:
        """Whether all, or all of these, ended in this time; now and then it is said who has not."""
        deadline = time.monotonic() + wait.total_seconds()
        next_word = time.monotonic() + 2 * self._patience.look.total_seconds()
        while left := [one for one in self._running() if of is None or one in of]:
            now = time.monotonic()
            if now >= deadline:
                return False
            if now >= next_word:
                self._say_each(left, why)
                next_word = now + self._patience.word.total_seconds()
            time.sleep(min(self._patience.look.total_seconds(), deadline - now))
        return True

    def _say_each(self, left: Sequence[Program], why: str) -> None:
        for one in left:
            self._say(f"{one} {why}")
