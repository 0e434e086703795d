"""What every recorder in this benchmark can do, ours and the others."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a recorder runs, for one round."""

    env: Mapping[str, str]
    size: tuple[int, int]
    folder: Path  # of this round alone


@dataclass(slots=True)
class Recorded:
    """A recorder at work; when it has ended, its film."""

    pids: Callable[[], list[int]]  # its processes, all that is counted
    beside: Callable[[], list[int]] = list  # processes that are counted apart
    parts: list[tuple[Path, float]] = field(default_factory=list)  # and where each begins, seconds
    size: int | None = None  # bytes as they were stored; None: what the files have
    began_at: float | None = None  # when the film's time 0 was, seconds since 1970, if it tells
    first_picture_ms: float | None = None  # from the answer of the call


class Recorder(Protocol):
    """One recorder."""

    @property
    def name(self) -> str:
        """One word."""
        ...

    @property
    def about(self) -> str:
        """What it is and how it is set."""
        ...

    @property
    def key_seconds(self) -> float:
        """Between key frames that it makes without being forced to."""
        ...

    @property
    def missing(self) -> str:
        """What it lacks to run here; empty if it can."""
        ...

    def version(self) -> str:
        """In its own words."""
        ...

    def recording(self, scene: Scene) -> AbstractContextManager[Recorded]:
        """Record for the block's length, from when it has settled; the film is there behind it."""
        ...


def first_line(command: tuple[str, ...]) -> str:
    """What a program says first; its version, mostly."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).partition("\n")[0].strip()
