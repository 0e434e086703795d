"""`python -m bench.footprint`: what the installed programs take of a desk that records nothing.

Size on disk; time from the start to the icon in the panel, with the files in memory and without;
what both cost when idle. Beside another tray recorder, Debian's simplescreenrecorder, if installed.

Two figures for memory, in MB (10^6 bytes), tell what is whose. "Own" is what no file could give
back and nobody shares: what Windows' and macOS' task managers show. "PSS" adds the parts of files
that are held for now, each divided among those who hold it; the system takes those back whenever it
likes. The desk has its policy, and nobody is signed in: from the first sign-in on the encoder's
libraries are held, too.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.capture import meter
from bench.pause_stage import enrol
from bench.stage.display import StageError, child, desk, need, wait_for
from bench.stage.panel import panel
from installer.bundle import NotMadeError, made, size

_PROGRAMS = ("Xvfb", "openbox", "trayer", "dbus-daemon", "gnome-keyring-daemon")
_AGENT, _UPLOADER = "twinreel-agent", "twinreel-uploader"
_OTHER = "simplescreenrecorder"
_CONFIG = '[central]\nurl = "https://127.0.0.1:9"\n[workspace]\nloopback_ports = [{port}]\n'
_STARTS = 5
_LOOK_SECONDS = 0.005
_SMALL_SCREEN = (1280, 800)
_GENESYS, _FRAMES = "https://genesys.example", 5.0  # of the policy
_GOALS = {  # figures of ours, and the most that each may be
    "installed_mb": 220.0,
    "package_mb": 54.0,
    "icon_warm_seconds": 0.3,
    "icon_cold_seconds": 1.0,
    "pss_mb": 100.0,
}


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one recorder takes."""

    name: str
    installed_mb: float  # its own files; and the libraries that it brings
    package_mb: float | None  # compressed
    icon_warm_seconds: float  # the median, from the start to the icon
    icon_cold_seconds: float  # with none of its own files in memory
    icon_cpu_seconds: float  # of processor until then, warm: what the start is on an idle desk
    own_mb: float
    pss_mb: float
    cpu_percent: float  # of one processor
    wakes_a_second: float


@dataclass(frozen=True, slots=True)
class Recorder:
    """A program that shows an icon, and where its files are."""

    name: str
    command: tuple[str, ...]
    window_class: str
    files: tuple[Path, ...]
    others: tuple[str, ...] = ()  # programs that it starts, which are measured with it


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, tell, and return 0 if every goal is met."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.footprint",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--bundle", type=Path, help="the programs' folder (dist/twinreel)")
    parser.add_argument("--package", type=Path, help="the package that is made of it")
    parser.add_argument(
        "--compress", action="store_true", help="without a package: xz of the folder, minutes"
    )
    parser.add_argument("--settle", type=float, default=20.0, help="seconds until it is idle")
    parser.add_argument("--seconds", type=float, default=30.0, help="of idleness")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    asked = parser.parse_args(arguments)
    try:
        need(*_PROGRAMS)
        bundle = made(asked.bundle).absolute()
        package = _package_mb(bundle, asked.package, compress=asked.compress)
        found = [_measured(ours(bundle), size(bundle) / 1e6, package, asked.settle, asked.seconds)]
        if (other := another()) is not None:
            own = sum(file.stat().st_size for file in other.files) / 1e6
            found.append(_measured(other, own, None, asked.settle, asked.seconds))
        else:
            print(f"{_OTHER} is not installed: nothing to compare with")
    except (StageError, NotMadeError) as error:
        print(error, file=sys.stderr)
        return 2
    missed = beyond(found[0])
    print(table(found))
    for word in missed:
        print(f"  GOAL MISSED: {word}")
    if asked.json is not None:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        told = {"footprints": [asdict(one) for one in found], "goals": _GOALS, "missed": missed}
        asked.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def beyond(found: Footprint) -> list[str]:
    """The goals that are not met; what was not measured misses none."""
    figures = asdict(found)
    return [
        f"{name} is {figures[name]:.2f}, at most {most:g}"
        for name, most in _GOALS.items()
        if figures[name] is not None and figures[name] > most
    ]


def table(found: Sequence[Footprint]) -> str:
    """For people."""
    rows = [["", *(one.name for one in found)]]
    for name in Footprint.__dataclass_fields__:
        if name != "name":
            figures = [getattr(one, name) for one in found]
            rows.append([name, *("-" if one is None else f"{one:.2f}" for one in figures)])
    return "\n".join(f"{row[0]:<20}" + "".join(f"{cell:>24}" for cell in row[1:]) for row in rows)


def ours(bundle: Path) -> Recorder:
    """Both programs of this folder."""
    files = tuple(file for file in sorted(bundle.rglob("*")) if file.is_file())
    return Recorder("twinreel", (str(bundle / _AGENT),), _AGENT, files, (_UPLOADER,))


def another() -> Recorder | None:
    """Debian's other recorder with a tray icon, if it is installed."""
    listed = subprocess.run(["dpkg", "-L", _OTHER], capture_output=True, text=True, check=False)
    if listed.returncode:
        return None
    files = tuple(path for line in listed.stdout.splitlines() if (path := Path(line)).is_file())
    return Recorder(_OTHER, (_OTHER, "--start-hidden"), _OTHER, files)


def _package_mb(bundle: Path, package: Path | None, *, compress: bool) -> float | None:
    if package is not None:
        return package.stat().st_size / 1e6
    if not compress:
        return None
    with tempfile.TemporaryFile() as kept:
        with (
            lzma.open(kept, "wb", preset=6) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            tar.add(bundle, arcname="twinreel")
        return kept.tell() / 1e6


def _measured(
    recorder: Recorder, installed: float, package: float | None, settle: float, seconds: float
) -> Footprint:
    warm = [_start(recorder) for _ in range(_STARTS + 1)][1:]
    cold = [_start(recorder, before=lambda: _forget(recorder.files)) for _ in range(_STARTS)]
    with _running(recorder) as pids:
        time.sleep(settle)  # what is measured is that nothing happens
        before, began = meter.read(pids()), time.monotonic()
        time.sleep(seconds)
        length = time.monotonic() - began
        use = meter.used(before, meter.read(pids()))
        own, pss = meter.own_mb(pids()), meter.memory_mb(pids())
    return Footprint(
        name=recorder.name,
        installed_mb=installed,
        package_mb=package,
        icon_warm_seconds=statistics.median(wall for wall, _ in warm),
        icon_cold_seconds=statistics.median(wall for wall, _ in cold),
        icon_cpu_seconds=statistics.median(cpu for _, cpu in warm),
        own_mb=own,
        pss_mb=pss,
        cpu_percent=100 * use.cpu / length,
        wakes_a_second=use.wakes / length,
    )


def _start(recorder: Recorder, before: Callable[[], None] = lambda: None) -> tuple[float, float]:
    """Seconds from the start to the icon in the panel; and of processor."""
    with _desk(recorder) as (env, folder, command):
        before()
        with panel(env, recorder.window_class) as seen:
            began = time.monotonic()
            with _ended_after(folder, recorder), child(command, env, folder / "log") as process:
                while not seen.has_icon():
                    if time.monotonic() - began > 60:  # noqa: PLR2004 -- seconds: it never comes
                        raise StageError(f"{recorder.name} shows no icon")
                    time.sleep(_LOOK_SECONDS)
                return time.monotonic() - began, meter.cpu_seconds(process.pid)


@contextmanager
def _running(recorder: Recorder) -> Iterator[Callable[[], list[int]]]:
    """It runs and shows its icon; yields what tells the ids of its processes."""
    with (
        _desk(recorder) as (env, folder, command),
        panel(env, recorder.window_class) as seen,
        _ended_after(folder, recorder),
        child(command, env, folder / "log") as process,
    ):
        wait_for("the icon", seen.has_icon, 60.0)
        for name in recorder.others:
            wait_for(name, lambda name=name: _ids(folder, name), 60.0)  # type: ignore[misc]
        yield lambda: [
            process.pid,
            *(pid for name in recorder.others for pid in _ids(folder, name)),
        ]


@contextmanager
def _desk(recorder: Recorder) -> Iterator[tuple[dict[str, str], Path, tuple[str, ...]]]:
    """A desk of its own, its folder, and the command to be run at it."""
    with tempfile.TemporaryDirectory(prefix="footprint-") as name:
        folder = Path(name)
        command = recorder.command
        if recorder.others:
            enrol(folder / "desk", _GENESYS, _FRAMES)
            config = folder / "config.toml"
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            config.write_text(_CONFIG.format(port=port), encoding="utf-8")
            command += ("--config", str(config), "--state-dir", str(folder / "desk"))
        with desk(folder, size=_SMALL_SCREEN) as env:
            yield env, folder, command


@contextmanager
def _ended_after(folder: Path, recorder: Recorder) -> Iterator[None]:
    """At the end, when it has ended itself, what it started and left running is ended, too."""
    try:
        yield
    finally:
        for name in recorder.others:
            for pid in _ids(folder, name):
                with suppress(ProcessLookupError):
                    os.kill(pid, 15)


def _ids(folder: Path, name: str) -> list[int]:
    """The processes of this program that were started for this desk."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if words[0].endswith(name.encode()) and str(folder).encode() in b" ".join(words):
                    found.append(int(entry.name))
    return found


def _forget(files: Sequence[Path]) -> None:
    """Have the system drop them from memory; those that another process holds stay."""
    if sys.platform != "linux":
        raise StageError("this is measured on Linux")
    for file in files:
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    sys.exit(main())
