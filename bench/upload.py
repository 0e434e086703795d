"""`python -m bench.upload`: how fast a recording gets to central, and what it costs.

The same bytes go to the same central over loopback, in turns: by the uploader's own transport, by
`curl -T` (one PATCH to an upload that was created), by tuspy with chunks of 4 MiB (what its own
documentation and most of its users choose) and of 16 MiB. Central does the same for each: writes,
syncs, checks the file's digest. Each round gives ratios; their medians count. Then 10,000
recordings wait in a spool, and the real program is started: how soon it looks, what memory it takes
while it sends.

Goals: 0.8 of curl; twice tuspy at 4 MiB; the first look within 2 s; below 60 MB (PSS).
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.capture import meter
from bench.stage.display import StageError, need
from bench.stage.office import ROOT, Central
from bench.stage.postgresql import postgresql
from bench.stage.sealed import Known, enrolled, manifest, sealed_file
from bench.waiting import LOOK_GOAL_SECONDS, MEMORY_GOAL_MB, Waiting, waiting
from contract.protocol import TUS_VERSION, UPLOADS, repr_digest
from uploader.core import FileToSend

if sys.platform == "win32":
    raise SystemExit("this bench runs on Unix only")

CURL_GOAL, TUSPY_GOAL = 0.8, 2.0  # the uploader's throughput by theirs
_TUS = {"Tus-Resumable": TUS_VERSION}
_MIB = 1024 * 1024
_CHUNKS = {"tuspy": 4 * _MIB, "tuspy 16 MiB": 16 * _MIB}
_UNITS = {"K": 1024, "M": _MIB, "G": 1024 * _MIB}
WAYS = ("curl", "uploader", *_CHUNKS)


class Sent(dict[str, float]):
    """What one way took: seconds, cpu, central_cpu, and what more it says."""


def one(way: str, desk: Known, file: FileToSend, central: Central) -> Sent:
    """Send the file once."""
    if central.process is None:
        raise StageError("central does not run")
    pid = central.process.pid
    recording_id, text = manifest(desk.device_id, (file,))
    os.sync()  # what came before is not to be written now
    before = meter.cpu_seconds(pid)
    link = desk.link()
    if way == "uploader":
        told = _by_program(way, desk, file, recording_id=recording_id, manifest=text.decode())
        # The proof, which the others do not ask for, is in central's share.
        return Sent(told, central_cpu=meter.cpu_seconds(pid) - before)
    created = link.ask(
        "POST",
        UPLOADS,
        headers={
            **_TUS,
            "Idempotency-Key": f"{recording_id}/{file.name}",
            "Upload-Length": str(file.size),
            "Repr-Digest": repr_digest(file.sha256),
        },
    )
    location = created.headers["location"]
    if way == "curl":
        sent = _by_curl(desk, file, location)
    else:
        sent = Sent(_by_program("tuspy", desk, file, location=location, chunk=_CHUNKS[way]))
    sent["central_cpu"] = meter.cpu_seconds(pid) - before
    link.ask_at("DELETE", location, headers=_TUS)
    link.close()
    return sent


def _by_curl(desk: Known, file: FileToSend, location: str) -> Sent:
    headers = {
        **_TUS,
        "Authorization": f"Bearer {desk.credential}",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        "Expect": "",
    }
    words = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = ["curl", "-sS", "-f", "-X", "PATCH", "-T", file.path, *words, location]
    subprocess.run(command, check=True)
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Sent(seconds=seconds, cpu=cpu)


def _by_program(way: str, desk: Known, file: FileToSend, **more: object) -> dict[str, float]:
    keys = {kid: base64.b64encode(key).decode() for kid, key in desk.receipt_keys.items()}
    asked = {"way": way, "url": desk.url, "credential": desk.credential, "receipt_keys": keys}
    done = subprocess.run(
        [sys.executable, "-m", "bench.sender"],
        input=json.dumps({**asked, "file": asdict(file), **more}),
        capture_output=True,
        cwd=ROOT,
        check=False,
        text=True,
    )
    if done.returncode:
        raise StageError(f"{way}: {done.stderr}")
    told: dict[str, float] = json.loads(done.stdout)
    return told


def rounds(size: int, count: int, folder: Path, settings: str) -> list[dict[str, Sent]]:
    """So many rounds of all ways, each round beginning with another one."""
    central = Central(folder, film_grace_seconds=86_400, settings=settings)
    with central.serving():
        desk = enrolled(central.url, central.enrolment_token)
        file = sealed_file(folder / "000.seg", size, desk.seal_to)
        found = []
        for number in range(count):
            begin = number % len(WAYS)
            turn = WAYS[begin:] + WAYS[:begin]
            found.append({way: one(way, desk, file, central) for way in turn})
            print(
                "  ".join(
                    f"{way} {file.size / 1e6 / sent['seconds']:.0f} MB/s"
                    for way, sent in sorted(found[-1].items())
                )
                + f"  (load {os.getloadavg()[0]:.1f})",
                flush=True,
            )
    return found


def figures(found: Sequence[dict[str, Sent]], size: int) -> dict[str, Any]:
    """Medians over the rounds."""

    def median(way: str, key: str) -> float:
        return statistics.median(one[way].get(key, 0.0) for one in found)

    told: dict[str, Any] = {
        way: {
            "mb_per_second": size / 1e6 / median(way, "seconds"),
            "cpu_seconds_per_gb": median(way, "cpu") * 1e9 / size,
            "central_cpu_seconds_per_gb": median(way, "central_cpu") * 1e9 / size,
            "memory_mb": median(way, "memory_mb"),
        }
        for way in WAYS
    }
    for way in WAYS:
        told[f"of {way}"] = statistics.median(
            one[way]["seconds"] / one["uploader"]["seconds"] for one in found
        )
    told["to the receipt, seconds per GB"] = median("uploader", "receipt_seconds") * 1e9 / size
    return told


def verdicts(told: dict[str, Any], waited: Waiting | None) -> list[tuple[str, bool]]:
    """Each goal, and whether it is kept."""
    lines = [
        (
            f"{told['of curl']:.2f} of curl's throughput (goal {CURL_GOAL})",
            told["of curl"] >= CURL_GOAL,
        ),
        (f"{told['of tuspy']:.2f} of tuspy's (goal {TUSPY_GOAL})", told["of tuspy"] >= TUSPY_GOAL),
    ]
    if waited is not None:
        look, memory, idle = waited.look_seconds, waited.memory_mb, waited.memory_idle_mb
        text = f"{waited.count} waiting: looked after {look:.2f} s (goal {LOOK_GOAL_SECONDS:.0f})"
        lines.append((text, look < LOOK_GOAL_SECONDS))
        text = f"memory at most {memory:.0f} MB (PSS; goal {MEMORY_GOAL_MB:.0f}), else {idle:.0f}"
        lines.append((text, memory < MEMORY_GOAL_MB))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 0 if every goal is kept."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.upload",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    parser.add_argument("--size", default="1G", metavar="BYTES", help="with K, M or G (1G)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--waiting", type=int, default=10_000, help="recordings; 0: none of that")
    parser.add_argument("--postgresql", action="store_true", help="central's rows are there")
    parser.add_argument("--folder", metavar="DIR", help="on which disk (the system's for drafts)")
    parser.add_argument("--quick", action="store_true", help="128M a time, 10,000 waiting")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the stage is taken down
    size = _bytes("128M" if asked.quick else asked.size)
    try:
        need("curl", "dbus-daemon", "gnome-keyring-daemon")
        with ExitStack() as stack:
            folder = Path(
                stack.enter_context(
                    tempfile.TemporaryDirectory(prefix="twinreel-upload-", dir=asked.folder)
                )
            )
            settings = "worker_inline = false\n"
            if asked.postgresql:
                settings += f'database = "{stack.enter_context(postgresql())}"\n'
            told = figures(rounds(size, asked.rounds, folder, settings), size)
            waited = None
            if asked.waiting:
                (folder / "waiting").mkdir()
                waited = waiting(asked.waiting, folder / "waiting")
    except (StageError, subprocess.CalledProcessError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    for way in WAYS:
        row = told[way]
        print(
            f"{way:13} {row['mb_per_second']:5.0f} MB/s, CPU {row['cpu_seconds_per_gb']:.2f} s/GB, "
            f"central's {row['central_cpu_seconds_per_gb']:.2f}, {row['memory_mb']:.0f} MB"
        )
    print(f"to the receipt: {told['to the receipt, seconds per GB']:.1f} s/GB")
    kept = verdicts(told, waited)
    for text, good in kept:
        print(f"{'ok    ' if good else 'MISSED'} {text}")
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        whole = {"bytes": size, **told, "waiting": asdict(waited) if waited else None}
        asked.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    return 0 if all(good for _, good in kept) else 1


def _bytes(text: str) -> int:
    number, unit = text.rstrip("KMG"), text[-1:]
    return int(number) * _UNITS.get(unit, 1)


if __name__ == "__main__":
    raise SystemExit(main())
