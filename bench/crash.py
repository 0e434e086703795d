"""`python -m bench.crash`: the recorder is killed again and again, and what is lost is measured.

Each run records a desktop that changes ten times a second, kills the recorder (SIGKILL) at a random
moment, salvages as the client does at its start, and plays what is left to its last fragment. Lost
is the time from the last change of the desktop that can be seen in the film to the kill. The same
seed makes the same moments. The exit status is 0 if every film plays and the goal is kept.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from Xlib import X
from Xlib.display import Display

from bench.capture import marks
from bench.evidence import PlayError, kept, reached
from bench.recorder import KEY_ID, words
from bench.stage.display import need, untouched, x_display
from bench.stage.office import ROOT
from uploader.spool import Spool

GOAL_SECONDS = 2.5
_WIDTH, _HEIGHT = 1280, 720
_EARLIEST, _LATEST = 1.0, 8.0  # seconds of recording before the kill
_AT_ONCE = 3  # most of a run is waiting
_CHANGE_SECONDS = 0.1
_UNIT_SECONDS = 0.01  # of the number that the desktop shows: the time
_STATES = 1 << marks.BITS
_NOISE = (256, 64)  # pixels: something to encode
_BUSY = tuple(
    f"ProblemChanged(code='{code}', " for code in ("capture-late", "encoder-slow", "disk-slow")
)
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Run:
    """One recording that was killed."""

    number: int
    recorded_seconds: float
    pictures: int
    lost_seconds: float
    failure: str  # why its film does not play; "" if it does
    reached: str = ""  # the last that the journal tells


class Clockwork(threading.Thread):
    """A desktop that always shows what time it is, in blocks that a film's picture can tell."""

    def __init__(self, display: str) -> None:
        """Begins to change at once; `stop` it."""
        super().__init__(name=f"desktop {display}", daemon=True)
        self._display = Display(display)
        self._began = time.time()
        self._over = threading.Event()
        self.start()

    def number_at(self, moment: float) -> int:
        """What is shown then; it begins anew after 655 s."""
        return int((moment - self._began) / _UNIT_SECONDS) % _STATES

    def seconds_before(self, moment: float, number: int) -> float:
        """How long before a moment this number was shown."""
        return (self.number_at(moment) - number) % _STATES * _UNIT_SECONDS

    def stop(self) -> None:
        """Let go of the display."""
        self._over.set()
        self.join()
        self._display.close()

    def run(self) -> None:
        """Change until stopped. A picture is put at once, so none is caught half way."""
        root = self._display.screen().root
        ink = root.create_gc()
        strip = (marks.BLOCK * marks.BLOCKS, marks.BLOCK)
        while not self._over.wait(_CHANGE_SECONDS):
            number = self.number_at(time.time())
            line = b"".join(
                (b"\xff" if white else b"\x00") * 4 * marks.BLOCK for white in marks.lit(number)
            )
            root.put_image(ink, 0, 0, *strip, X.ZPixmap, 24, 0, line * marks.BLOCK)
            noise = random.randbytes(4 * _NOISE[0] * _NOISE[1])  # noqa: S311 (no secret)
            root.put_image(ink, 64, 64 + number % 512, *_NOISE, X.ZPixmap, 24, 0, noise)
            self._display.sync()


@dataclass(frozen=True, slots=True)
class Lane:
    """A display on which one run follows another."""

    folder: Path
    display: str
    desktop: Clockwork


@contextmanager
def lane(folder: Path) -> Iterator[Lane]:
    """A display of our own with a desktop that changes, for the block's length."""
    folder.mkdir()
    with x_display(folder, _WIDTH, _HEIGHT) as display:
        desktop = Clockwork(display)
        try:
            yield Lane(folder, display, desktop)
        finally:
            desktop.stop()


def run(number: int, seconds: float, lane: Lane) -> Run:
    """Record for so long, kill, salvage, play."""
    root = lane.folder / f"spool-{number}"
    key = X25519PrivateKey.generate()
    env = {**untouched(), "DISPLAY": lane.display, "PYTHONPATH": str(ROOT)}
    env.pop("WAYLAND_DISPLAY", None)
    command = [sys.executable, "-m", "bench.recorder", str(root)]
    with (lane.folder / "recorder.log").open("ab") as log:
        recorder = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    if recorder.stdin is None or recorder.stdout is None:
        raise RuntimeError("the recorder has no pipes")
    try:
        recorder.stdin.write(words(key))
        recorder.stdin.flush()
        recorder.stdout.readline()  # it is ready
        said = recorder.stdout.readline()
        if not said:
            raise RuntimeError(f"the recorder did not begin; see {lane.folder / 'recorder.log'}")
        began = float(json.loads(said)["at"])
        time.sleep(max(0.0, began + seconds - time.time()))
    finally:
        recorder.kill()
        killed = time.time()
        recorder.wait(_PATIENCE_SECONDS)
        recorder.stdin.close()
        rest = recorder.stdout.read()
        recorder.stdout.close()
    recorded = killed - began
    came = reached(root)
    spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
    try:
        found = kept(spool, {KEY_ID: key})
    except (PlayError, OSError, ValueError) as error:
        return Run(number, recorded, 0, recorded, f"{type(error).__name__}: {error}", came)
    lost = recorded  # nothing is kept: all of it
    if found.last is not None:
        lost = lane.desktop.seconds_before(killed, found.last)
    return Run(number, recorded, found.pictures, lost, failed(rest), came)


def failed(said: str) -> str:
    """What the recorder said that it should not. That this machine is too busy is no failure."""
    notes = (line for line in said.splitlines() if not any(one in line for one in _BUSY))
    return "\n".join(notes).strip()


def runs(count: int, seed: int, at_once: int, folder: Path) -> Iterator[Run]:
    """So many runs, in the order in which they end."""
    chance = random.Random(seed)  # noqa: S311 (the same moments again are its point)
    moments = [chance.uniform(_EARLIEST, _LATEST) for _ in range(count)]
    lanes: SimpleQueue[Lane] = SimpleQueue()
    done: SimpleQueue[Run] = SimpleQueue()

    def one(number: int, seconds: float) -> None:
        free = lanes.get()
        try:
            done.put(run(number, seconds, free))
        except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
            done.put(Run(number, 0.0, 0, 0.0, f"{type(error).__name__}: {error}"))
        finally:
            lanes.put(free)

    with ExitStack() as stack:
        for number in range(min(at_once, count)):
            lanes.put(stack.enter_context(lane(folder / f"lane-{number}")))
        pool = stack.enter_context(ThreadPoolExecutor(at_once))
        for number, seconds in enumerate(moments):
            pool.submit(one, number, seconds)
        for _ in moments:
            yield done.get()


def report(done: Sequence[Run], seed: int) -> dict[str, object]:
    """The figures, for JSON."""
    lost = sorted(one.lost_seconds for one in done)
    return {
        "runs": len(done),
        "seed": seed,
        "failures": [asdict(one) for one in done if one.failure],
        "lost_seconds": {
            "median": statistics.median(lost),
            "p95": lost[min(len(lost) - 1, int(len(lost) * 0.95))],
            "max": lost[-1],
            "goal": GOAL_SECONDS,
        },
        "each": [asdict(one) for one in sorted(done, key=lambda one: one.number)],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them, print the figures."""
    parser = argparse.ArgumentParser(prog="bench.crash", description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, help="recorders side by side")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    asked = parser.parse_args(arguments)
    need("Xvfb", "ffmpeg")
    salvaging = logging.getLogger("uploader")
    level = salvaging.level
    salvaging.setLevel(logging.ERROR)  # that it salvages is no news here
    began = time.monotonic()
    done: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="twinreel-crash") as folder:
        for one in runs(asked.runs, asked.seed, asked.at_once, Path(folder)):
            done.append(one)
            word = one.failure or f"lost {one.lost_seconds:.2f} s, {one.pictures} pictures"
            if not one.pictures:
                word += f" (it had come to: {one.reached})"
            print(
                f"{len(done):4}/{asked.runs}  killed after {one.recorded_seconds:.2f} s: {word}",
                flush=True,
            )
    salvaging.setLevel(level)
    figures = report(done, asked.seed)
    figures["took_seconds"] = round(time.monotonic() - began, 1)
    figures["cores"] = os.cpu_count()
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    lost = [one.lost_seconds for one in done]
    failures = sum(bool(one.failure) for one in done)
    good = not failures and max(lost) <= GOAL_SECONDS
    print(
        f"{'PASSED' if good else 'FAILED'}: {len(done)} kills, {failures} films that do not play, "
        f"lost {statistics.median(lost):.2f} s (median), {max(lost):.2f} s (most; "
        f"goal {GOAL_SECONDS} s)"
    )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
