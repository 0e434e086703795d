"""kill -9 at every call to the file system while a recording is written, and while it is salvaged.

After each death the client starts again and salvages. Every piece that was synced, every segment
that was closed and every manifest must be there.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.faults.forked import Fork, Point, Prepared, Strace, missing, spread
from tests.faults.recording import acknowledged, cut_pieces
from tests.faults.table import Row

NAME = "kill-spool"
SHORT = 12
LONG = 0
_SEED = 5
Heard = list[Mapping[str, Any]]  # what the writer acknowledged
Act = Callable[[], tuple[Fork, Heard]]


def run(rounds: int, folder: Path) -> Row:
    row = Row(NAME, skipped=missing())
    if row.skipped:
        return row
    with Prepared("writer", log=folder / "writer.log") as writer:
        stage = Stage(folder, writer)
        writing = stage.points(stage.record)
        salvaging = stage.points(stage.salvage)
        row.figures = {"writing": len(writing), "salvaging": len(salvaging)}
        share = max(1, rounds // 4)
        for point in spread(writing, rounds and rounds - share, _SEED):
            stage.kill(row, point, stage.record, "writing")
        for point in spread(salvaging, rounds and share, _SEED):
            stage.kill(row, point, stage.salvage, "salvaging")
    return row


class Stage:
    """A spool, and the program that writes to it."""

    def __init__(self, folder: Path, writer: Prepared) -> None:
        self.root = folder / "spool"
        self.log = folder / "strace.log"
        self.writer = writer
        self._torn = folder / "torn"
        self._heard = self._left_torn()

    def points(self, act: Act) -> list[Point]:
        """Every call in it, from a run without fault."""
        fork, _ = act()
        strace = Strace(fork, self.log)
        assert fork.wait() == 0, fork.why
        strace.ended()
        return strace.points(self.root)

    def kill(self, row: Row, point: Point, act: Act, what: str) -> None:
        """Die there, start again, judge."""
        fork, before = act()
        strace = Strace(fork, self.log, inject=f"{point.call}:signal=KILL:when={point.number}")
        status = fork.wait()
        strace.ended()
        name = f"{what}, {point}"
        if status != -9:
            row.failures.append(f"{name}: it ended with {status}. {fork.why}")
        heard = [*before, *fork.heard]
        again = self.writer.run(do="start", root=str(self.root))
        if again.status != 0:
            row.failures.append(f"{name}: it does not start again. {again.why}")
        row.add(name, acknowledged(heard).judge(self.root, []))
        row.failures += [f"{name}: {one}" for one in cut_pieces(heard, self.root)]

    def record(self, calls: int = 1) -> tuple[Fork, Heard]:
        """An empty spool; calls are recorded, one after the other."""
        shutil.rmtree(self.root, ignore_errors=True)
        recordings = [str(uuid.uuid4()) for _ in range(calls)]
        order = {"do": "record", "root": str(self.root), "record": recordings}
        return self.writer.start(held=True, **order), []

    def record_two(self) -> tuple[Fork, Heard]:
        """As `record`, and another call after it."""
        return self.record(2)

    def salvage(self) -> tuple[Fork, Heard]:
        """A spool with a recording that was cut; the client starts."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self._torn, self.root)
        return self.writer.start(held=True, do="start", root=str(self.root)), self._heard

    def _left_torn(self) -> Heard:
        """A recording that died in its second segment, in the middle of a frame."""
        fork, _ = self.record()
        strace = Strace(fork, self.log, inject="openat:signal=KILL:when=999")
        fork.wait()
        strace.ended()
        last = [point for point in strace.points(self.root) if "001.seg" in point.path]
        close = next(point for point in last if point.call == "close")
        fork, _ = self.record()
        strace = Strace(fork, self.log, inject=f"close:signal=KILL:when={close.number}")
        fork.wait()
        strace.ended()
        (recording_id,) = {one["recording_id"] for one in fork.all("piece")}
        with (self.root / recording_id / "001.seg").open("ab") as segment:
            segment.write(bytes(200))
        self.root.rename(self._torn)
        return fork.heard
