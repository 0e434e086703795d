"""`python -m bench.capture`: the recorder beside others, side by side in one run.

Each workload is a scripted desktop with real windows on a display of its own (Xvfb, openbox,
trayer), the same to the letter in each round. Each recorder records it in turn, all of them once
and then all again; so does nobody, which tells what the X server does without a recorder. CPU time,
wake-ups and memory are read over the script's span alone; then the film is decoded and compared.

    python -m bench.capture --json results.json
    python -m bench.capture --quick
    python -m bench.capture --workloads work --recorders twinreel,ffmpeg-veryfast --rounds 5
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.capture.findings import Round
from bench.capture.peers import peers
from bench.capture.pictures import Reader
from bench.capture.product import Product
from bench.capture.recorders import Recorder, Scene
from bench.capture.report import as_json, table
from bench.capture.results import PRODUCT, ULTRAFAST, VERYFAST, Medians
from bench.capture.rounds import NOBODY, Wanted, run
from bench.capture.script import SIZES, WORKLOADS
from bench.capture.stage import Stage, stage
from bench.stage.display import StageError, need

_PROGRAMS = ("Xvfb", "openbox", "trayer", "dbus-daemon", "gnome-keyring-daemon", "xrandr")
_OFTEN = ("work",)  # the others are played once in three rounds
_QUICK = ("static", "work"), (PRODUCT, VERYFAST)  # workloads, recorders
# Of --seconds. A still desktop is read whole after ten seconds and then once a minute, so a shorter
# span is no fair minute; and a ceiling is kept over half a minute.
_LENGTHS = {"static": 2.0, "motion": 1.6}
_READ = ("work",)  # by OCR, which takes seconds for each picture
_SELDOM = ("motion", "monitors", "uhd")  # for these few recorders, that all fits into half an hour
_MAIN = (PRODUCT, VERYFAST, ULTRAFAST)
_START_SECONDS = {PRODUCT: 13.0, NOBODY: 4.0}
_PEER_START_SECONDS = 8.0
_OCR_SECONDS = 20.0  # for one recorder
_REFUSED = 2
_MISSED = 3
_STOPPED = 130  # as a shell has it


@dataclass(frozen=True, slots=True)
class Plan:
    """Which rounds there are."""

    workloads: tuple[str, ...]
    recorders: tuple[Recorder, ...]
    rounds: int
    seconds: float
    everywhere: bool  # all recorders on all workloads
    ocr: bool

    def rounds_of(self, workload: str) -> int:
        """How often a workload is played to each recorder."""
        return self.rounds if workload in _OFTEN else max(1, self.rounds // 3)

    def recorders_of(self, workload: str) -> list[Recorder]:
        """Which recorders see a workload."""
        return [
            one
            for one in self.recorders
            if self.everywhere or workload not in _SELDOM or one.name in _MAIN
        ]

    def seconds_of(self, workload: str) -> float:
        """How long each of its rounds is."""
        return self.seconds * _LENGTHS.get(workload, 1.0)

    def reads(self, workload: str) -> bool:
        """Whether its pictures are read."""
        return self.ocr and workload in _READ

    def length(self) -> float:
        """Seconds that all will take, roughly."""
        total = 20.0
        for workload in self.workloads:
            names = [NOBODY, *(one.name for one in self.recorders_of(workload))]
            seconds = self.seconds_of(workload)
            each = sum(seconds + _START_SECONDS.get(one, _PEER_START_SECONDS) for one in names)
            total += self.rounds_of(workload) * each
            if self.reads(workload):
                total += _OCR_SECONDS * len(names)
        return total


def tell(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def perform(plan: Plan, folder: Path) -> list[Round]:
    """All rounds; a workload whose display cannot be had is a round that failed."""
    rounds: list[Round] = []
    reader = Reader()
    began = time.monotonic()
    for workload in plan.workloads:
        try:
            with stage(workload, folder / workload) as display:
                for done in _rounds(plan, workload, display, folder, reader):
                    rounds.append(done)
                    _say(done, time.monotonic() - began)
        except (StageError, OSError, subprocess.SubprocessError) as error:
            rounds.append(Round(workload, NOBODY, 0, failed=f"{type(error).__name__}: {error}"))
            _say(rounds[-1], time.monotonic() - began)
    return rounds


def _rounds(
    plan: Plan, workload: str, display: Stage, folder: Path, reader: Reader
) -> Iterator[Round]:
    """Those of one workload: all recorders once, then all again."""
    for number in range(1, plan.rounds_of(workload) + 1):
        for recorder in (None, *plan.recorders_of(workload)):
            name = recorder.name if recorder else NOBODY
            scene = Scene(display.env, SIZES[workload], folder / workload / f"{number}-{name}")
            scene.folder.mkdir(parents=True)
            wanted = Wanted(
                workload,
                number,
                plan.seconds_of(workload),
                display.x_server,
                judged=number == 1,
                reader=reader if plan.reads(workload) else None,
            )
            yield run(wanted, recorder, scene)


def _say(done: Round, elapsed: float) -> None:
    what = done.failed or f"{done.cpu:.2f} CPU s/min, X {done.x_cpu:.2f}"
    if done.mb_per_hour is not None:
        what += f", {done.mb_per_hour:.1f} MB/h"
    tell(f"[{elapsed:6.0f} s] {done.workload} {done.number}: {done.recorder}: {what}")


def arguments(words: Sequence[str] | None, names: Sequence[str]) -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.capture",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write everything there as well")
    parser.add_argument(
        "--rounds",
        metavar="N",
        type=int,
        default=3,
        help="of work; the others are played once in three (default: 3)",
    )
    parser.add_argument(
        "--seconds",
        metavar="S",
        type=float,
        default=25.0,
        help="of each round, but 2 x for static and 1.6 x for motion (default: 25)",
    )
    parser.add_argument(
        "--workloads", metavar="A,B", default=",".join(WORKLOADS), help=f"of {', '.join(WORKLOADS)}"
    )
    parser.add_argument(
        "--recorders",
        metavar="A,B",
        help=f"of {', '.join(names)}; given, all of them see all workloads "
        f"(default: all, but {', '.join(_SELDOM)} are for {', '.join(_MAIN)} alone)",
    )
    parser.add_argument("--no-ocr", action="store_true", help="do not read the pictures of work")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="static and work, one round, ffmpeg veryfast alone beside us",
    )
    parser.add_argument("--keep", metavar="DIR", type=Path, help="leave films and pictures there")
    asked = parser.parse_args(words)
    if asked.keep and asked.keep.exists() and any(asked.keep.iterdir()):
        parser.error(f"{asked.keep} is not empty")
    return asked


def chosen(asked: argparse.Namespace, known: Sequence[Recorder]) -> Plan:
    """The plan; ValueError names what is not known."""
    workloads = tuple(asked.workloads.split(","))
    names = asked.recorders.split(",") if asked.recorders else [one.name for one in known]
    if asked.quick:
        workloads, names = _QUICK[0], list(_QUICK[1])
    unknown = ({*workloads} - {*WORKLOADS}) | ({*names} - {one.name for one in known})
    if unknown:
        raise ValueError(f"not known here: {', '.join(sorted(unknown))}")
    here: list[Recorder] = []
    for one in known:
        if one.name in names and one.missing:
            tell(f"{one.name} is left out: {one.missing} is not installed")
        elif one.name in names:
            here.append(one)
    return Plan(
        workloads=workloads,
        recorders=tuple(here),
        rounds=1 if asked.quick else max(1, asked.rounds),
        seconds=asked.seconds,
        everywhere=bool(asked.recorders),
        ocr=not asked.no_ocr and shutil.which("tesseract") is not None,
    )


def main(words: Sequence[str] | None = None) -> int:
    """0 if every goal that was looked at is met, 3 if one is missed or a round failed."""
    others = peers()
    asked = arguments(words, [PRODUCT, *(one.name for one in others)])
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="twinreel-bench-"))
    try:
        with closing(Product(folder / "office")) as product:
            need(*_PROGRAMS)
            plan = chosen(asked, [product, *others])
            tell(f"this takes about {max(1, round(plan.length() / 60))} min")
            rounds = perform(plan, folder)
    except (StageError, ValueError) as error:
        tell(str(error))
        return _REFUSED
    except KeyboardInterrupt:
        tell("stopped")
        return _STOPPED
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    medians = Medians(rounds)
    print(table(medians))
    found = as_json(rounds, medians, {"seconds": plan.seconds, "recorders": _who(plan)})
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    well = not medians.failed and all(goal["met"] for goal in found["goals"])
    return 0 if well else _MISSED


def _who(plan: Plan) -> dict[str, dict[str, str]]:
    return {one.name: {"about": one.about, "version": one.version()} for one in plan.recorders}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: end what was started
    sys.exit(main())
