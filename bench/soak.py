"""`python -m bench.soak`: the whole client at work for an hour, looked at every ten seconds.

A call is recorded while the scripted desktop plays one workload: is memory flat, do threads and
open files stay as many, does a picture reach the disk as fast at the end as at the beginning? With
`--workload static` it says which thread wakes how often while nothing happens. The exit status is 0
if what was asked for came out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path

from bench.capture.player import Player, workload
from bench.capture.product import Product
from bench.capture.recorders import Scene
from bench.capture.script import SIZES
from bench.lag import Lag, Snapshots, lag
from bench.samples import Memory, Sample, Watch, memory, threads_table
from bench.stage.display import StageError, desk, need
from central.media import keys

_WORKLOADS = ("static", "work", "motion")
_PROGRAMS = ("Xvfb", "openbox", "trayer", "dbus-daemon", "gnome-keyring-daemon")
_SAMPLE_SECONDS = 10.0
_LONGEST_MOTION_MINUTES = 40.0  # its states are numbered with sixteen bits
_SETTLING_SECONDS = 10.0  # a start is no part of how things are
_CPU_GOAL = 0.15  # percent of a core, static
_WAKES_GOAL = 2.0  # a second, static
_SEEN_GOAL = 0.2  # seconds that pictures may come later at the end: one frame time
_DISK_GOAL = 1.0  # and what is on the disk be older: one flush, somewhere in which a look falls


def play(player: Player, watch: Watch, snapshots: Snapshots) -> list[tuple[int, float]]:
    """Let it play once, looking from time to time; what it showed, and when."""
    player.go()
    player.expect("go")
    while True:
        said = player.heard(watch.seconds_left())
        if said is not None and said["said"] == "end":
            break
        if watch.seconds_left() <= 0:
            _say(watch.sample())
            snapshots.look()
    snapshots.look(last=True)
    return [(int(number), float(at)) for number, at in player.expect("shown")["changes"]]


def soak(name: str, seconds: float, folder: Path) -> Iterator[tuple[str, object]]:
    """Record one call for so long; yields findings, each with its name, as they come."""
    with ExitStack() as stack:
        env = stack.enter_context(desk(folder / "session", size=SIZES[name]))
        product = stack.enter_context(closing(Product(folder / "office")))
        scene = Scene(env, SIZES[name], folder / "round")
        scene.folder.mkdir()
        log = folder / "workload.log"
        player = stack.enter_context(workload(name, seconds, env, log))
        with product.recording(scene) as recorded:
            time.sleep(_SETTLING_SECONDS)
            snapshots = Snapshots(folder / "office", folder / "copies", seconds)
            watch = Watch(recorded.pids, recorded.beside, _SAMPLE_SECONDS)
            shown = play(player, watch, snapshots)
            yield "watch", watch.done()
        if name != "static":
            ring = keys.load(folder / "office" / "central" / "keys").opening
            yield "lag", lag(snapshots, ring, recorded, shown, scene.size)


def _say(sample: Sample) -> None:
    print(
        f"{sample.at:7.0f} s  {sample.memory_mb:6.1f} MB, own {sample.own_mb:5.1f}  "
        f"{sample.cpu_percent:6.2f} % CPU  {sample.wakes:6.1f} wake-ups/s  "
        f"{sample.threads} threads  {sample.files} files",
        flush=True,
    )


def verdicts(name: str, watched: Sequence[Sample], held: Memory, late: Lag | None) -> list[str]:
    """What is not as it should be."""
    wrong = []
    if held.flat is False:
        wrong.append(f"memory grows by {held.slope_mb_per_hour:.1f} MB an hour")
    first, last = watched[0], watched[-1]
    if last.files > first.files + 2 or last.threads > first.threads + 2:
        wrong.append("threads or open files have become more")
    if late is not None and late.seen_growth > _SEEN_GOAL:
        wrong.append(f"pictures come {late.seen_growth:.2f} s later at the end")
    if late is not None and late.disk_growth > _DISK_GOAL:
        wrong.append(f"pictures reach the disk {late.disk_growth:.2f} s later at the end")
    if name == "static":
        cpu = sum(one.cpu_percent for one in watched) / len(watched)
        wakes = sum(one.wakes for one in watched) / len(watched)
        if cpu > _CPU_GOAL:
            wrong.append(f"a still desktop costs {cpu:.2f} % of a core (goal {_CPU_GOAL} %)")
        if wakes > _WAKES_GOAL:
            goal = f"goal {_WAKES_GOAL}"
            wrong.append(f"a still desktop wakes it {wakes:.1f} times a second ({goal})")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, print, judge."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--workload", choices=_WORKLOADS, default="work")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    asked = parser.parse_args(arguments)
    if asked.workload == "motion" and asked.minutes > _LONGEST_MOTION_MINUTES:
        parser.error(f"motion lasts {_LONGEST_MOTION_MINUTES:.0f} minutes at most")
    try:
        need(*_PROGRAMS)
        with tempfile.TemporaryDirectory(prefix="twinreel-soak") as folder:
            found = dict(soak(asked.workload, asked.minutes * 60, Path(folder)))
    except StageError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    watched = found["watch"]
    late = found.get("lag")
    if not isinstance(watched, Watch) or not isinstance(late, Lag | None):
        raise TypeError("soak tells of something else")
    held = memory(watched.samples)
    print(threads_table(watched))
    wrong = verdicts(asked.workload, watched.samples, held, late)
    figures = {
        "workload": asked.workload,
        "minutes": asked.minutes,
        "memory": asdict(held),
        "lag": None if late is None else asdict(late),
        "client": watched.mean(),
        "threads": watched.by_thread(),
        "uploader": watched.beside_mean(),
        "samples": [asdict(one) for one in watched.samples],
        "wrong": wrong,
    }
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"client: {_words(watched.mean())}; uploader: {_words(watched.beside_mean())}")
    print(held)
    if late is not None:
        print(late)
    print(f"{'FAILED' if wrong else 'PASSED'}: {'; '.join(wrong) or 'as it should be'}")
    return 1 if wrong else 0


def _words(mean: dict[str, float]) -> str:
    return (
        f"{mean['cpu_percent']:.3f} % of a core, {mean['wakes']:.2f} wake-ups/s, "
        f"{mean['memory_mb']:.1f} MB"
    )


if __name__ == "__main__":
    raise SystemExit(main())
