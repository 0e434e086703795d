"""`python -m bench.placement`: should capture be a thread of the client or a process of its own.

The same tray, engine thread and capture thread record the same desktop, once all in one process and
once with capture in a child, with and without Python at work in the engine thread. Measured: by how
much a 10 ms timer of Qt comes late, how long the menu takes to open, how late pictures are, CPU and
memory of all together, the time to start and to the first picture.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median, quantiles
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.capture import meter, pictures
from bench.capture.player import workload
from bench.capture.recorders import Recorded
from bench.capture.script import SIZES
from bench.recorder import KEY_ID, words
from bench.stage.display import StageError, desk, need, piped
from bench.stage.office import ROOT
from contract.envelope import opened
from contract.manifest import from_json
from contract.protocol import segment_name
from uploader.spool import Spool

_PLACES = ("thread", "process")
_WORKLOADS = ("work", "motion")
_LOADS = (0.0, 0.2)
_PROGRAMS = ("Xvfb", "openbox", "trayer", "dbus-daemon", "gnome-keyring-daemon")
_SETTLING_SECONDS = 1.5
_FRAME_MS = 200.0  # at five pictures a second: a picture may be so late
_FELT_MS = 20.0  # a tray that is so much later is not felt


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run, or medians of several."""

    tick_p50: float  # ms by which a timer of 10 ms is late
    tick_p99: float
    tick_max: float
    menu_p50: float  # ms until the menu is drawn
    menu_max: float
    delay_p50: float  # ms from a change on the screen to its picture
    delay_p99: float
    cpu: float  # seconds a minute, of all processes
    memory_mb: float  # proportional set size of all processes
    start_ms: float  # from the start of the process to a tray that can record
    first_picture_ms: float  # from the order


@dataclass(frozen=True, slots=True)
class Case:
    """What was tried."""

    workload: str
    load: float
    where: str

    def __str__(self) -> str:
        engine = f"engine {self.load:.0%}" if self.load else "engine idle"
        return f"{self.workload:7} {engine:12} {self.where:8}"


class Host:
    """The measuring process, driven from here."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """With pipes."""
        self.process = process

    def tell(self, line: str) -> None:
        """One line to its standard input."""
        _pipe(self.process.stdin).write(line.encode())
        _pipe(self.process.stdin).flush()

    def heard(self, what: str) -> dict[str, Any]:
        """What it says next, which must be this."""
        line = _pipe(self.process.stdout).readline()
        if not line or json.loads(line)["said"] != what:
            raise StageError(f"the measuring process said {line!r}, not {what!r}")
        return dict(json.loads(line))


@contextmanager
def host(case: Case, spool: Path, env: Mapping[str, str], log: Path) -> Iterator[Host]:
    """The measuring process for the block's length."""
    command = [sys.executable, "-m", "bench.placement_host", case.where, str(case.load), str(spool)]
    with piped(command, {**env, "PYTHONPATH": str(ROOT)}, log, kill=True) as process:
        yield Host(process)


def run(case: Case, seconds: float, env: Mapping[str, str], folder: Path) -> Figures:
    """One run."""
    folder.mkdir()
    key = X25519PrivateKey.generate()
    spool = folder / "spool"
    with workload(case.workload, seconds, env, folder / "workload.log") as player:
        began = time.monotonic()
        with host(case, spool, env, folder / "host.log") as measured:
            measured.heard("ready")
            start_ms = (time.monotonic() - began) * 1000
            measured.tell(words(key))
            ordered = float(measured.heard("began")["at"])
            time.sleep(_SETTLING_SECONDS)
            measured.tell("measure\n")
            pids = meter.family([measured.process.pid])
            player.go()
            player.expect("go")
            before, since = meter.read(pids), time.monotonic()
            while (said := player.heard(1.0)) is None or said["said"] != "end":
                pass
            use, length = meter.used(before, meter.read(pids)), time.monotonic() - since
            memory = meter.memory_mb(pids)
            shown = [(int(one), float(at)) for one, at in player.expect("shown")["changes"]]
            time.sleep(1.0)  # the last change is to have its picture
            measured.tell("end\n")
            late = measured.heard("measured")
    film = _film(spool, key, folder)
    waits = pictures.delays(pictures.watch(film, [], SIZES[case.workload]), _begin(film), shown)
    ticks, menus = late["ticks"], late["menus"]
    return Figures(
        tick_p50=median(ticks),
        tick_p99=_percentile(ticks, 99),
        tick_max=max(ticks),
        menu_p50=median(menus),
        menu_max=max(menus),
        delay_p50=median(waits) * 1000,
        delay_p99=_percentile(waits, 99) * 1000,
        cpu=use.cpu / length * 60,
        memory_mb=memory,
        start_ms=start_ms,
        first_picture_ms=(_begin(film) + film.parts[0][1] - ordered) * 1000,
    )


def _film(root: Path, key: X25519PrivateKey, folder: Path) -> Recorded:
    """The one recording of this spool, opened."""
    spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
    (recording_id,) = spool.waiting()
    manifest = from_json(spool.manifest_bytes(recording_id))
    found = Recorded(pids=list, began_at=manifest.started_at.timestamp())
    files = {file.name: file.path for file in spool.files(recording_id)}
    for segment in manifest.segments:
        name = segment_name(segment.index)
        clear = folder / f"{name}.mp4"
        with files[name].open("rb") as sealed, clear.open("wb") as film:
            film.writelines(opened(sealed, {KEY_ID: key}))
        found.parts.append((clear, segment.offset.total_seconds()))
    return found


def _begin(film: Recorded) -> float:
    return film.began_at or 0.0


def medians(runs: Sequence[Figures]) -> Figures:
    """Figure by figure; of the greatest, the greatest."""
    return Figures(
        **{
            one.name: (max if one.name.endswith("_max") else median)(
                getattr(figures, one.name) for figures in runs
            )
            for one in fields(Figures)
        }
    )


def recommendation(found: Mapping[Case, Figures]) -> tuple[str, list[str]]:
    """`thread` or `process`, and why.

    A process costs memory and a second way to die; it is worth that only if it is felt.
    """
    reasons = []
    where = "thread"
    for case, thread in found.items():
        if case.where != "thread":
            continue
        process = found[Case(case.workload, case.load, "process")]
        scene = str(case).rpartition("thread")[0].strip()
        for what, one, other, bearable in (
            ("tray timer p99", thread.tick_p99, process.tick_p99, _FELT_MS),
            ("menu, median", thread.menu_p50, process.menu_p50, _FELT_MS),
            ("picture p99", thread.delay_p99, process.delay_p99, _FRAME_MS),
        ):
            felt = one - other > bearable
            where = "process" if felt else where
            word = "felt" if felt else "not felt"
            reasons.append(f"{scene}: {what} {one:.1f} ms as a thread, {other:.1f}: {word}")
    extra = median(
        found[Case(case.workload, case.load, "process")].memory_mb - figures.memory_mb
        for case, figures in found.items()
        if case.where == "thread"
    )
    reasons.append(f"a process of its own takes {extra:+.1f} MB")
    return where, reasons


def table(found: Mapping[Case, Figures]) -> str:
    """The figures, a case a line."""
    head = (
        "desktop engine       capture   timer late ms        menu ms      picture ms   "
        "CPU s  memory  start  first\n"
        "                               p50   p99   max   p50   max   p50   p99    "
        "/min      MB     ms     ms"
    )
    lines = [
        f"{case!s} {one.tick_p50:5.2f} {one.tick_p99:5.1f} {one.tick_max:5.0f} "
        f"{one.menu_p50:5.1f} {one.menu_max:5.0f} {one.delay_p50:5.0f} {one.delay_p99:5.0f} "
        f"{one.cpu:7.2f} {one.memory_mb:7.1f} {one.start_ms:6.0f} {one.first_picture_ms:6.0f}"
        for case, one in found.items()
    ]
    return "\n".join([head, *lines])


def measure(rounds: int, seconds: float, folder: Path) -> dict[Case, Figures]:
    """Everything, the two places always one after the other."""
    found: dict[Case, list[Figures]] = {}
    with desk(folder / "session", size=SIZES["work"]) as env:
        for number in range(rounds):
            for name in _WORKLOADS:
                for load in _LOADS:
                    for where in _PLACES[:: 1 - 2 * (number % 2)]:  # each goes first in turn
                        case = Case(name, load, where)
                        place = folder / f"{number}-{name}-{load}-{where}"
                        found.setdefault(case, []).append(run(case, seconds, env, place))
                        print(f"  {case}", file=sys.stderr, flush=True)
    return {case: medians(runs) for case, runs in found.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, recommend."""
    parser = argparse.ArgumentParser(prog="bench.placement", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    asked = parser.parse_args(arguments)
    try:
        need(*_PROGRAMS)
        with tempfile.TemporaryDirectory(prefix="twinreel-placement") as folder:
            found = measure(asked.rounds, asked.seconds, Path(folder))
    except StageError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    where, reasons = recommendation(found)
    print(table(found))
    print("\n".join(reasons))
    if asked.json:
        figures = {
            "rounds": asked.rounds,
            "cases": [asdict(case) | asdict(one) for case, one in found.items()],
            "recommendation": where,
            "reasons": reasons,
        }
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"PASSED: by these figures capture belongs into a {where}")
    return 0


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise StageError("the measuring process has no pipes")
    return pipe


if __name__ == "__main__":
    raise SystemExit(main())
