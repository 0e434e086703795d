"""`python -m bench.pause`: from the moment a pause is asked for to the last picture that is kept.

The whole client records a screen that is drawn anew fifteen times a second, each picture with a
number in it, while Workspace (a message by CometD), a custom desktop (the local API) and the tray
ask for pauses in turn. Then every picture of every film is decoded, and its number says when it was
drawn. The exit status is 0 if 99 of 100 pauses were there in 100 ms, and nothing was kept that
was drawn in a pause.

No other recorder is measured beside it: none of those for Linux can be told to pause from outside
and says when it did.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

import av

from bench.capture import marks
from bench.capture.player import Player
from bench.pause_stage import WAYS, Keys, Stage, stage
from bench.stage.display import StageError, need, piped, untouched, wait_for, x_display
from bench.stage.office import ROOT
from contract.desk_config import SPOOL
from contract.envelope import opened
from contract.manifest import Manifest, PauseReason, from_json
from contract.protocol import segment_name

_SIZE = (640, 360)  # small, so that a busy machine records all that is drawn
_PICTURES_PER_SECOND = 15.0
_GOAL_MS = 100.0
_RECORDED_SECONDS = (0.25, 0.6)  # at random, so that a pause comes anywhere between two pictures
_PAUSED_SECONDS = 0.25
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A pause and its end, as they were asked for; seconds since 1970."""

    way: str
    paused_at: float
    resumed_at: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture on the screen; seconds since 1970."""

    number: int
    begun: float
    shown: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in a film."""

    at: float  # seconds since 1970, as the film says
    number: int


@dataclass(frozen=True, slots=True)
class Paused:
    """What became of one pause; milliseconds from when it was asked for."""

    way: str
    obeyed_ms: float  # until the order from which on nothing is captured
    last_ms: float | None  # until the last picture that is kept was captured; negative: before
    drawn_ms: float | None  # until that picture was begun to be drawn; None: there is no picture


def pauses(at: Stage, count: int, chance: random.Random) -> Iterator[Asked]:
    """Have the call paused so often, in each way in turn."""
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        at.until("recording")
        at.until_voice("Recording")
        time.sleep(chance.uniform(*_RECORDED_SECONDS))
        paused_at = at.pause(way)
        at.until("paused")
        at.until_voice("Paused")
        time.sleep(_PAUSED_SECONDS)
        yield Asked(way, paused_at, at.resume(way))


def play(count: int, folder: Path) -> tuple[list[Asked], list[Drawn], Path, Keys]:
    """Record one call with so many pauses; the recording lies in the folder that is returned."""
    with ExitStack() as stack:
        display = stack.enter_context(x_display(folder, *_SIZE))
        env = {**untouched(), "DISPLAY": display, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, "-m", "bench.pause_screen", str(_PICTURES_PER_SECOND)]
        screen = Player(stack.enter_context(piped(command, env, folder / "screen.log")))
        screen.expect("ready")
        on_stage, keys = stack.enter_context(stage(folder, display, _PICTURES_PER_SECOND))
        on_stage.answer()
        spool = folder / "state" / SPOOL
        wait_for("a picture", lambda: any(_written(spool.glob("*/*.seg"))), _PATIENCE)
        asked = list(pauses(on_stage, count, random.Random(4711)))  # noqa: S311 (no secret)
        on_stage.until("recording")
        on_stage.until_voice("Recording")
        time.sleep(1)
        on_stage.hang_up()
        wait_for("the manifest", lambda: any(spool.glob("*/manifest.json")), _PATIENCE)
        screen.go()
        drawn = [Drawn(int(n), b, s) for n, b, s in screen.expect("drawn")["pictures"]]
        (manifest,) = spool.glob("*/manifest.json")
        return asked, drawn, manifest.parent, keys


def _written(files: Iterator[Path]) -> Iterator[bool]:
    return (path.stat().st_size > 0 for path in files)


def kept(recording: Path, manifest: Manifest, keys: Keys) -> list[Kept]:
    """Every picture with a number in it that the films have."""
    found = []
    for segment in manifest.segments:
        with (recording / segment_name(segment.index)).open("rb") as sealed:
            mp4 = b"".join(opened(sealed, keys))
        begins = manifest.started_at.timestamp() + segment.offset.total_seconds()
        with av.open(io.BytesIO(mp4), "r") as film:
            for frame in film.decode(video=0):
                luma = frame.planes[0]
                number = marks.read(memoryview(luma), luma.line_size)
                if number is not None:
                    found.append(Kept(begins + float(frame.time or 0), number))
    return found


def measured(
    asked: Sequence[Asked], drawn: Sequence[Drawn], pictures: Sequence[Kept], manifest: Manifest
) -> list[Paused]:
    """What became of each pause. ValueError if the manifest tells of another number of them."""
    began = manifest.started_at.timestamp()
    orders = [
        began + pause.offset.total_seconds()
        for pause in manifest.pauses
        if PauseReason.ASKED in pause.reasons
    ]
    begun = {one.number: one.begun for one in drawn}
    found = []
    for one, order in zip(asked, orders, strict=True):
        before = [each for each in pictures if each.at <= order]
        last = max(before, key=lambda each: each.at, default=None)
        found.append(
            Paused(
                way=one.way,
                obeyed_ms=(order - one.paused_at) * 1000,
                last_ms=(last.at - one.paused_at) * 1000 if last else None,
                drawn_ms=(begun[last.number] - one.paused_at) * 1000 if last else None,
            )
        )
    return found


def leaked(
    asked: Sequence[Asked], drawn: Sequence[Drawn], pictures: Sequence[Kept], manifest: Manifest
) -> list[int]:
    """The pictures in the films that were there only while it was paused.

    A picture is begun, and gone when the next one is shown. What was begun after the order to pause
    and was gone before anybody asked to go on was captured in the pause.
    """
    began = manifest.started_at.timestamp()
    orders = [
        began + pause.offset.total_seconds()
        for pause in manifest.pauses
        if PauseReason.ASKED in pause.reasons
    ]
    spans = [(order, one.resumed_at) for order, one in zip(orders, asked, strict=True)]
    gone = {one.number: after.shown for one, after in pairwise(drawn)}
    inside = {
        one.number
        for one in drawn
        for since, until in spans
        if since < one.begun and gone.get(one.number, until) < until
    }
    return sorted(inside & {one.number for one in pictures})


def shares(values: Sequence[float]) -> dict[str, float]:
    """Half of them, 99 of 100 of them, and all of them are no greater than this."""
    parts = quantiles(values, n=100, method="inclusive")
    return {"p50": parts[49], "p99": parts[98], "max": max(values)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Pause, look, judge."""
    parser = argparse.ArgumentParser(prog="bench.pause", description=__doc__.partition("\n")[0])
    parser.add_argument("--pauses", type=int, default=240, help="how many (240)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    asked_for = parser.parse_args(arguments)
    try:
        need("Xvfb")
        with tempfile.TemporaryDirectory(prefix="twinreel-pause") as folder:
            asked, drawn, recording, keys = play(asked_for.pauses, Path(folder))
            load = machine_load()
            manifest = from_json((recording / "manifest.json").read_bytes())
            pictures = kept(recording, manifest, keys)
    except StageError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    found = measured(asked, drawn, pictures, manifest)
    figures = {
        "pauses": len(found),
        "pictures_per_second": _PICTURES_PER_SECOND,
        "machine": {"cores": os.cpu_count(), "load": load},
        "pictures_drawn": len(drawn),
        "pictures_kept": len({one.number for one in pictures}),
        "obeyed_ms": shares([one.obeyed_ms for one in found]),
        "last_picture_ms": shares([one.last_ms for one in found if one.last_ms is not None]),
        "by_way": {way: shares([one.obeyed_ms for one in found if one.way == way]) for way in WAYS},
        "drawn_after_the_event": sum((one.drawn_ms or 0) > 0 for one in found),
        "captured_after_the_event": sum((one.last_ms or 0) > 0 for one in found),
        "drawn_in_a_pause": leaked(asked, drawn, pictures, manifest),
        "beside_a_peer": "not possible: none for Linux says when it paused",
        "each": [asdict(one) for one in found],
    }
    wrong = verdicts(figures, found)
    if asked_for.json:
        asked_for.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**figures, "wrong": wrong}, indent=1)
        asked_for.json.write_text(text + "\n", encoding="utf-8")
    print(told(figures))
    print(f"{'FAILED' if wrong else 'PASSED'}: {'; '.join(wrong) or 'as it should be'}")
    return 1 if wrong else 0


def machine_load() -> float:
    """How many programs wanted a core at a time in the last five minutes; 0 where nobody counts."""
    if sys.platform == "win32":
        return 0.0
    return os.getloadavg()[1]


def verdicts(figures: dict[str, object], found: Sequence[Paused]) -> list[str]:
    """What is not as it should be."""
    wrong = []
    slow = shares([one.obeyed_ms for one in found])["p99"]
    if slow > _GOAL_MS:
        wrong.append(f"one of a hundred pauses took more than {slow:.0f} ms (goal {_GOAL_MS:.0f})")
    if figures["drawn_in_a_pause"]:
        wrong.append(f"kept though drawn in a pause: {figures['drawn_in_a_pause']}")
    if any(one.drawn_ms is not None and one.drawn_ms > one.obeyed_ms for one in found):
        wrong.append("a picture was kept that was drawn after the order")
    return wrong


def told(figures: dict[str, object]) -> str:
    """The figures in words."""

    def line(name: str, values: object) -> str:
        said = values if isinstance(values, dict) else {}
        return f"{name:28}" + "".join(f"{key} {value:7.1f} ms   " for key, value in said.items())

    ways = figures["by_way"] if isinstance(figures["by_way"], dict) else {}
    drawn, kept_ = figures["pictures_drawn"], figures["pictures_kept"]
    captured, late = figures["captured_after_the_event"], figures["drawn_after_the_event"]
    return "\n".join(
        [
            f"on a machine with {figures['machine']}",
            f"{figures['pauses']} pauses; {drawn} pictures were drawn, {kept_} of them kept",
            line("until nothing is captured", figures["obeyed_ms"]),
            *(line(f"  asked by {way}", values) for way, values in ways.items()),
            line("until the last picture", figures["last_picture_ms"]),
            f"last picture captured after the event: {captured} times, drawn later: {late} times",
            f"captured in a pause: {figures['drawn_in_a_pause'] or 'never'}",
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
