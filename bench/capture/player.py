"""The scripted desktop as a process: start it, let it play, hear what it did."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.stage.display import StageError, piped
from bench.stage.office import ROOT

_PATIENCE = 30.0


class Player:
    """The scripted desktop as a process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Its pipes are read here."""
        self._process = process
        self._rest = b""

    def go(self) -> None:
        """Let it play."""
        if self._process.stdin is not None:
            self._process.stdin.write(b"go\n")
            self._process.stdin.flush()

    def heard(self, seconds: float) -> dict[str, Any] | None:
        """What it says next; None if it says nothing for so long."""
        if self._process.stdout is None:
            raise StageError("the scripted desktop has no standard output")
        pipe = self._process.stdout.fileno()
        deadline = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return None
            piece = os.read(pipe, 1 << 16)
            if not piece:
                raise StageError("the scripted desktop ended")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return dict(json.loads(line))

    def expect(self, what: str) -> dict[str, Any]:
        """What it says next, which must be this."""
        said = self.heard(_PATIENCE)
        if said is None or said["said"] != what:
            raise StageError(f"the scripted desktop said {said}, not {what!r}")
        return said


@contextmanager
def workload(name: str, seconds: float, env: Mapping[str, str], log: Path) -> Iterator[Player]:
    """The scripted desktop, ready to play."""
    command = [sys.executable, "-m", "bench.capture.workload", name, str(seconds)]
    with piped(command, {**env, "PYTHONPATH": str(ROOT)}, log) as process:
        player = Player(process)
        player.expect("ready")
        yield player
