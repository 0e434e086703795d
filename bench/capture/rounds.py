"""One round: the scripted desktop plays, one recorder (or nobody) records, and all is read off."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from contextlib import nullcontext
from dataclasses import dataclass

import av
from PIL import Image

from bench.capture import meter, pictures
from bench.capture.findings import Cost, Played, Round, judge, look, note
from bench.capture.player import Player, workload
from bench.capture.recorders import Recorded, Recorder, Scene
from bench.stage.display import StageError

NOBODY = "nobody"
# of a recorder, its film, or the programs that look at it: the others go on
_FAILURES = (
    StageError,
    OSError,
    ValueError,  # of manifests and sealed files too
    av.FFmpegError,
    sqlite3.Error,
    subprocess.SubprocessError,
)
_INTO_HOLD_SECONDS = 0.6  # then the screen has come to rest
_TAIL_SECONDS = 0.6  # so that the last state is in every film
_MEMORY_SECONDS = 2.0  # how often it is looked at


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a round is to be."""

    workload: str
    number: int
    seconds: float
    x_server: int  # its process id
    judged: bool  # by likeness
    reader: pictures.Reader | None  # and by legibility


class Watcher:
    """Reads meters while the desktop plays."""

    def __init__(self, recorded: Recorded | None, x_server: int) -> None:
        """Nobody records: only the X server is looked at."""
        self._recorded = recorded
        self._x_server = x_server
        self._pids = recorded.pids() if recorded else []
        self._memory = [meter.memory_mb(self._pids)]
        self._looked = time.monotonic()
        self._before = self._read()

    def look(self) -> None:
        """Memory, from time to time."""
        if time.monotonic() - self._looked > _MEMORY_SECONDS:
            self._looked = time.monotonic()
            self._memory.append(meter.memory_mb(self._pids))

    def done(self) -> Cost:
        """What was used since this was made."""
        after = self._read()
        counted, server, beside = (
            meter.used(one, other) for one, other in zip(self._before, after, strict=True)
        )
        self._memory.append(meter.memory_mb(self._pids))
        return Cost(
            counted.cpu, server.cpu, beside.cpu, counted.wakes, max(self._memory), self._memory[-1]
        )

    def _read(self) -> tuple[meter.Reading, meter.Reading, meter.Reading]:
        recorded = self._recorded
        return (
            meter.read(recorded.pids() if recorded else []),
            meter.read([self._x_server]),
            meter.read(recorded.beside() if recorded else []),
        )


def play(player: Player, watcher: Watcher, scene: Scene) -> tuple[Played, Cost]:
    """Let it play once, and read the meters from its first change to its last."""
    held: dict[int, Image.Image] = {}
    began = time.monotonic()
    while True:
        said = player.heard(_MEMORY_SECONDS)
        match said["said"] if said else None:
            case "hold" if said:
                time.sleep(_INTO_HOLD_SECONDS)
                held[int(said["number"])] = pictures.true_picture(scene.env["DISPLAY"])
            case "end" if said:
                cost = watcher.done()
                seconds = time.monotonic() - began
                break
            case _:
                pass
        watcher.look()
    shown = tuple((int(number), float(at)) for number, at in player.expect("shown")["changes"])
    return Played(seconds, scene.size, shown[-1][0], shown, held), cost


def run(wanted: Wanted, recorder: Recorder | None, scene: Scene) -> Round:
    """One round; what goes wrong with a recorder is in its `failed`."""
    done = Round(wanted.workload, recorder.name if recorder else NOBODY, wanted.number)
    log = scene.folder / "workload.log"
    with workload(wanted.workload, wanted.seconds, scene.env, log) as player:
        try:
            with recorder.recording(scene) if recorder else nullcontext() as recorded:
                watcher = _started(player, recorded, wanted.x_server)
                played, cost = play(player, watcher, scene)
                time.sleep(_TAIL_SECONDS)
            note(done, played, cost)
            if recorder and recorded:
                film = look(done, recorder, recorded, played)
                if wanted.judged:
                    judge(done, film, played, scene, wanted.reader)
        except _FAILURES as error:
            done.failed = f"{type(error).__name__}: {error}"
    return done


def _started(player: Player, recorded: Recorded | None, x_server: int) -> Watcher:
    player.go()
    player.expect("go")
    return Watcher(recorded, x_server)
