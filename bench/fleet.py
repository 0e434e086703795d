"""`python -m bench.fleet`: how many recordings central accepts when all desks send at once.

N desks are simulated with asyncio. Each enrols, fetches and proves its policy, measures the clock,
says how it is, holds the long poll, and sends one recording after the other: offer of the manifest,
upload, PATCH, manifest, receipt. Rows are in a PostgreSQL of our own, fsync on everywhere. Without
a pause, central is never idle: what it accepts is the most that it can. With N@S, each desk rests S
seconds after a recording, as after calls. The desks' own work (seals are made once) is on the same
machine: its CPU is told beside.

    layout   inline   serve, which works the jobs itself
             1, 2     serve without, and so many `work` beside it
             2serve   two serve, half of the desks each, and one work. Not for use: what two
                      requests for one upload do is settled within one process

The exit status is 0 if no request failed and no receipt was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.capture import meter
from bench.fleet_desk import Cargo, Desk, RefusedError, Tally
from bench.stage.display import StageError, child, wait_for
from bench.stage.office import Central
from bench.stage.postgresql import postgresql

if sys.platform == "win32":
    raise SystemExit("this bench runs on Unix only")

_LAYOUTS = ("inline", "1", "2", "2serve")
_FILES = 65_536
_SHOWN = ("create", "patch", "manifest", "orders")
_BEGIN_AT_ONCE = 50  # desks; enrolment is not what is measured


@dataclass(frozen=True, slots=True)
class Stage:
    """A central that serves."""

    urls: tuple[str, ...]
    serving: tuple[int, ...]  # process ids
    working: tuple[int, ...]
    token: str


@contextmanager
def staged(layout: str, desks: int, below: Path) -> Iterator[Stage]:
    """A new central, on a new database."""
    folder = below / f"{layout}-{desks}"
    folder.mkdir()
    inline = "true" if layout == "inline" else "false"
    with ExitStack() as stack:
        address = stack.enter_context(postgresql())
        central = Central(
            folder,
            film_grace_seconds=86_400,  # no voice comes: no film is to be made
            settings=f'database = "{address}"\nworker_inline = {inline}\n',
        )
        stack.enter_context(central.serving())
        if central.process is None:
            raise StageError("central does not run")
        token = json.loads(central.command("enrol-token", "--json", "--uses", str(desks)))
        urls, serving, working = [central.url], [central.process.pid], []
        workers = {"inline": 0, "1": 1, "2": 2, "2serve": 1}[layout]
        for number in range(workers):
            command = [sys.executable, "-m", "central", "work"]
            log = folder / f"work-{number}.log"
            program = stack.enter_context(child(command, central.environment(), log))
            working.append(program.pid)
        if layout == "2serve":
            command = [sys.executable, "-m", "central", "serve", "--json"]
            log = folder / "second.log"
            listen = ["--listen", "127.0.0.1:0"]
            second = stack.enter_context(child([*command, *listen], central.environment(), log))
            wait_for("the second central", lambda: b'"ready"' in log.read_bytes(), 60)
            told = log.read_text(encoding="utf-8").splitlines()
            ready = next(json.loads(line) for line in told if '"ready"' in line)
            urls.append(ready["url"])
            serving.append(second.pid)
        yield Stage(tuple(urls), tuple(serving), tuple(working), token["enrolment_token"])


async def load(stage: Stage, desks: int, seconds: float, size: int, pause: float) -> dict[str, Any]:
    """The fleet at work; the figures of the time after all have begun."""
    tally = Tally()
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        fleet = [
            Desk(stage.urls[number % len(stage.urls)], session, tally) for number in range(desks)
        ]
        gate = asyncio.Semaphore(_BEGIN_AT_ONCE)

        async def begin(desk: Desk) -> None:
            async with gate:
                await desk.begin(stage.token)

        began = time.monotonic()
        try:
            await asyncio.gather(*map(begin, fleet))
        except RefusedError as error:
            raise StageError(f"a desk cannot begin: {error}") from error
        all_here = time.monotonic() - began
        cargo = Cargo.sealed(size, fleet[0].seal_to)
        tasks = [asyncio.create_task(desk.listen()) for desk in fleet]
        tasks += [asyncio.create_task(desk.send(cargo, pause)) for desk in fleet]
        await asyncio.sleep(min(seconds / 4, 5))
        for kind in tally.seconds.values():
            kind.clear()
        before, began = _cpu(stage), time.monotonic()
        await asyncio.sleep(seconds)
        took, after = time.monotonic() - began, _cpu(stage)
        accepted = sum(moment >= began for moment in tally.accepted)
        held = [_held(pid) for pid in stage.serving]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    spent = {name: after[name] - before[name] for name in after}
    return {
        "desks": desks,
        "pause_seconds": pause,
        "seconds": took,
        "all_enrolled_seconds": all_here,
        "recordings_per_second": accepted / took,
        "mb_per_second": accepted * cargo.file.size / 1e6 / took,
        "requests": {what: _spread(tally.seconds.get(what, [])) for what in _SHOWN},
        "errors": dict(tally.errors),
        "cpu_share": {name: value / took for name, value in spent.items()},
        "central_cpu_ms_per_recording": 1000 * spent["serve"] / max(1, accepted),
        "central_mb": meter.memory_mb(stage.serving),
        "central_files": sum(files for files, _ in held),
        "central_threads": sum(threads for _, threads in held),
        "load": os.getloadavg()[0],
    }


def _cpu(stage: Stage) -> dict[str, float]:
    return {
        "serve": sum(map(meter.cpu_seconds, stage.serving)),
        "work": sum(map(meter.cpu_seconds, stage.working)),
        "desks": time.process_time(),
    }


def _held(pid: int) -> tuple[int, int]:
    """Open files and threads."""
    here = Path(f"/proc/{pid}")
    return len(list((here / "fd").iterdir())), len(list((here / "task").iterdir()))


def _spread(seconds: list[float]) -> dict[str, float]:
    if len(seconds) < 2:  # noqa: PLR2004 - quantiles need two
        return {"count": len(seconds), "p50": 0.0, "p99": 0.0}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"count": len(seconds), "p50": cuts[49], "p99": cuts[98]}


def _row(layout: str, told: dict[str, Any]) -> str:
    patch, last = told["requests"]["patch"], told["requests"]["manifest"]
    share = ", ".join(f"{name} {value:.2f}" for name, value in told["cpu_share"].items())
    return (
        f"{layout:7} {told['desks']:5} desks@{told['pause_seconds']:.0f}  "
        f"{told['recordings_per_second']:6.1f} recordings/s  "
        f"PATCH {patch['p50'] * 1000:.0f}/{patch['p99'] * 1000:.0f} ms  "
        f"manifest {last['p50'] * 1000:.0f}/{last['p99'] * 1000:.0f} ms  "
        f"errors {sum(told['errors'].values())}  CPU {share}  {told['central_mb']:.0f} MB, "
        f"{told['central_files']} files, {told['central_threads']} threads"
    )


def _fleet(text: str) -> tuple[int, float]:
    desks, _, pause = text.partition("@")
    return int(desks), float(pause or 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 0 if nothing failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.fleet",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    parser.add_argument(
        "--desks", default="10,100,1000@100", metavar="N,N@S", help="how many, and seconds of rest"
    )
    parser.add_argument("--layouts", default="inline,1,2,2serve", metavar="A,B")
    parser.add_argument("--seconds", type=float, default=30.0, help="measured, of each")
    parser.add_argument("--bytes", type=int, default=1024 * 1024, help="of a recording (1 MiB)")
    parser.add_argument("--folder", metavar="DIR", help="on which disk central's files are")
    parser.add_argument("--quick", action="store_true", help="10 and 100 desks, inline, 10 s each")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the stage is taken down
    fleets = [_fleet(one) for one in ("10,100" if asked.quick else asked.desks).split(",")]
    layouts = ("inline" if asked.quick else asked.layouts).split(",")
    if unknown := set(layouts) - set(_LAYOUTS):
        parser.error(f"no such layout: {', '.join(unknown)}")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_FILES, hard), hard))
    found = []
    try:
        with tempfile.TemporaryDirectory(prefix="twinreel-fleet-", dir=asked.folder) as folder:
            for layout in layouts:
                for desks, pause in fleets:
                    seconds = 10.0 if asked.quick else asked.seconds
                    with staged(layout, desks, Path(folder)) as stage:
                        work = load(stage, desks, seconds, asked.bytes, pause)
                        told = asyncio.run(work)
                    print(_row(layout, told), flush=True)
                    for what, count in told["errors"].items():
                        print(f"        {what}: {count}")
                    found.append({"layout": layout, **told})
    except StageError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if any(told["errors"] for told in found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
