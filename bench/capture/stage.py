"""The display of a workload, with its X server known."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.capture.meter import owner_of
from bench.capture.script import MONITORS, SIZES
from bench.stage.display import StageError, desk

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """A display that is up."""

    env: Mapping[str, str]
    x_server: int  # its process id


@contextmanager
def stage(workload: str, folder: Path) -> Iterator[Stage]:
    """A desk with a display of this workload's size.

    X servers that start at the same moment may take the same display from each other, so it is
    tried anew where that went wrong.
    """
    with ExitStack() as stack:
        for number in range(1, _TRIES + 1):
            trial = ExitStack()
            try:
                env = trial.enter_context(desk(folder / f"session{number}", size=SIZES[workload]))
                server = _x_server(env["DISPLAY"])
                _set_monitors(workload, env)
            except (StageError, OSError, subprocess.SubprocessError):
                trial.close()
                if number == _TRIES:
                    raise
            else:
                stack.push(trial)
                break
        yield Stage(env, server)


def _x_server(display: str) -> int:
    """Its process id; programs find it by either of two names, and must find the same."""
    path = f"/tmp/.X11-unix/X{display.removeprefix(':')}"  # noqa: S108 (where X listens)
    owners = {owner_of(path), owner_of(f"\0{path}")}
    if len(owners) > 1:
        raise StageError(f"two X servers answer on {display}")
    return owners.pop()


def _set_monitors(workload: str, env: Mapping[str, str]) -> None:
    """Tell X of several monitors side by side; their size in mm is made up, at 96 dots an inch."""
    for number, (left, top, width, height) in enumerate(MONITORS.get(workload, ())):
        area = f"{width}/{width * 254 // 960}x{height}/{height * 254 // 960}+{left}+{top}"
        output = "screen" if number == 0 else "none"
        words = ["xrandr", "--setmonitor", f"bench-{number}", area, output]
        subprocess.run(words, env=env, check=True, capture_output=True)
