"""A desk that was away for long: thousands of recordings wait when the uploader starts."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.capture import meter
from bench.stage.display import StageError, child, keyring, session_bus, untouched, wait_for
from bench.stage.office import ROOT, Central, Desk
from bench.stage.sealed import enrolled, manifest, sealed_file

LOOK_GOAL_SECONDS = 2.0
MEMORY_GOAL_MB = 60.0
_SENT = 50  # recordings, while the memory is watched
_BYTES = 20_000  # of each
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was found."""

    count: int
    look_seconds: float  # from the program's start until it has looked at the spool
    memory_mb: float  # PSS, the most that was seen while it sent
    own_mb: float  # of that, what no other process could share
    memory_idle_mb: float  # PSS, with an empty spool


def waiting(count: int, folder: Path) -> Waiting:
    """Start the uploader with so many recordings in its spool. StageError if it does not work."""
    central = Central(folder, film_grace_seconds=86_400, settings="worker_inline = false\n")
    desk = Desk(folder / "desk", central, 8080)  # the client's; none runs
    with ExitStack() as stack:
        home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "PYTHONPATH": str(ROOT)}
        env = stack.enter_context(session_bus({**untouched(), **home}, folder))
        stack.enter_context(keyring(env, folder))
        stack.enter_context(central.serving())
        desk.install()
        command = [sys.executable, "-m", "uploader", "--config", str(desk.config)]
        once = subprocess.run([*command, "--once"], env=env, capture_output=True, check=False)
        if once.returncode:
            raise StageError(f"the uploader cannot enrol: {once.stderr.decode()}")
        _, idle, _ = _run(command, env, desk, count=0)
        _fill(desk, count)
        look, memory, own = _run(command, env, desk, count=_SENT)
    return Waiting(count, look, memory, own, idle)


def _fill(desk: Desk, count: int) -> None:
    """One file under many names: who reads a spool cannot tell."""
    made = enrolled(desk.central.url, desk.central.enrolment_token)
    file = sealed_file(desk.folder / "000.seg", _BYTES, made.seal_to)
    for _ in range(count):
        recording_id, text = manifest(made.device_id, (file,))
        folder = desk.spool / recording_id
        folder.mkdir(mode=0o700)
        (folder / file.name).hardlink_to(file.path)
        (folder / "journal.jsonl").touch()
        (folder / "manifest.json").write_bytes(text)


def _run(
    command: list[str], env: dict[str, str], desk: Desk, *, count: int
) -> tuple[float, float, float]:
    """Until so many were sent: seconds to the first look, MB at most, MB of its own."""
    log = desk.folder / f"uploader-{count}.log"
    sent, before = desk.spool / "sent.jsonl", 0
    most = [0.0, 0.0]
    over = threading.Event()
    began = time.monotonic()
    with child(command, env, log) as uploader:
        wait_for("the uploader", lambda: b" is ready" in log.read_bytes(), _PATIENCE_SECONDS)
        look = time.monotonic() - began

        def enough() -> bool:
            most[0] = max(most[0], meter.memory_mb([uploader.pid]))
            most[1] = max(most[1], meter.own_mb([uploader.pid]))
            lines = sent.read_bytes().count(b"\n") if sent.exists() else 0
            return lines >= before + count

        wait_for("receipts", enough, _PATIENCE_SECONDS)
        over.wait(0 if count else 2)  # with nothing to do: until it has settled
        enough()
    return look, most[0], most[1]
