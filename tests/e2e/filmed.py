"""What a desk has on its disk of a recording that goes on, by the journal that lies beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

from bench.stage.display import wait_for
from bench.stage.office import Desk, Desktop

PATIENCE = 90.0  # seconds; continuous integration is slow
_LIT_SECONDS, _DARK_SECONDS = 0.9, 0.5  # where nobody takes pictures


def journal_of(desk: Desk, call_id: str) -> Path | None:
    """The journal of this call's open recording."""
    for folder in desk.recordings():
        journal = folder / "journal.jsonl"
        if call_id in _text(journal) and _goes_on(journal):
            return journal
    return None


def told_of(folder: Path, call_id: str) -> bool:
    """Whether the recording in this folder is of this call."""
    return call_id in _text(folder / "journal.jsonl")


def lots(journal: Path) -> int:
    """How often pictures were put on the disk so far."""
    count = frames = 0
    for line in _lines(journal):
        if line["line"] == "segment-opened":
            frames = 0
        elif line["line"] == "progress" and line["frames"] > frames:
            frames = line["frames"]
            count += 1
    return count


def until_more(journal: Path, since: int, count: int = 1) -> None:
    """Wait until so many more lots of pictures are on the disk, or the recording is closed."""

    def there() -> bool:
        return lots(journal) >= since + count or not _goes_on(journal)

    wait_for("pictures on the desk's disk", there, PATIENCE)


def _goes_on(journal: Path) -> bool:
    return journal.exists() and not journal.with_name("manifest.json").exists()


@dataclass
class Marker:
    """The square in the desktop's corner. What is on the desktop must move meanwhile."""

    desktop: Desktop
    desk: Desk
    call_id: str
    _dark: tuple[Path, int] | None = None  # since when, in lots of a journal

    def flash(self) -> datetime:
        """Light it until pictures of it are on the desk's disk; when that began.

        The first lot may be of pictures taken before, the second is not. A desk that records
        nothing has its time all the same.
        """
        journal = journal_of(self.desk, self.call_id)
        if self._dark is not None and self._dark[0] == journal:
            until_more(*self._dark, 2)  # else two flashes would look like one
        began = datetime.fromisoformat(self.desktop.do("light"))
        if journal is not None:
            until_more(journal, lots(journal), 2)
        if journal is None or not _goes_on(journal):
            sleep(_LIT_SECONDS)
        self.desktop.do("dark")
        if journal is None:
            sleep(_DARK_SECONDS)
        else:
            self._dark = (journal, lots(journal))
        return began


def _lines(journal: Path) -> Iterator[dict[str, Any]]:
    for line in _text(journal).splitlines(keepends=True):
        if line.endswith("\n"):  # the last one may be on its way
            yield json.loads(line)


def _text(path: Path) -> str:
    """Nothing, once central has the recording."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
