"""What processes cost."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.capture import meter
from bench.stage.display import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is read from Linux")

_WORKER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
for line in sys.stdin:
    until = time.process_time() + float(line)
    while time.process_time() < until:
        pass
    for _ in range(20):
        time.sleep(0.001)
    print(time.process_time(), flush=True)
child.kill()
child.wait()
"""


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _WORKER]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _work(process: subprocess.Popen[str], seconds: float) -> float:
    """What it has used up by then, by its own word."""
    assert process.stdin is not None
    process.stdin.write(f"{seconds}\n")
    process.stdin.flush()
    return float(_said(process))


def test_processor_time_and_wake_ups_of_others_are_seen(worker: subprocess.Popen[str]) -> None:
    _said(worker)
    earlier = _work(worker, 0.0)
    before = meter.read([worker.pid])
    later = _work(worker, 0.2)
    use = meter.used(before, meter.read([worker.pid]))
    assert 0.2 <= use.cpu < later - earlier + 0.2
    assert use.wakes >= 20


def test_a_family_is_all_descendants_but_those_left_out(worker: subprocess.Popen[str]) -> None:
    child = int(_said(worker))
    assert sorted(meter.family([worker.pid])) == sorted([worker.pid, child])
    assert meter.family([worker.pid], without=[child]) == [worker.pid]


_TAKES_50 = """
import os
print("small", flush=True)
input()
taken = bytearray(os.urandom(1 << 20) * 50)
print("taken", flush=True)
input()
"""


def test_memory_that_is_taken_is_seen() -> None:
    """In a program that shares little with others, which come and go meanwhile."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", _TAKES_50]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert _said(process) == "small"
        before = meter.memory_mb([process.pid])
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert _said(process) == "taken"
        assert 45 < meter.memory_mb([process.pid]) - before < 60
        process.communicate("\n")


def test_who_listens_on_a_socket_is_known(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    script = (
        "import socket, sys; one = socket.socket(socket.AF_UNIX); one.bind(sys.argv[1]); "
        "one.listen(); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        wait_for("the socket", lambda: path.exists() and _listens(path))
        assert meter.owner_of(str(path)) == process.pid
        assert process.stdin is not None
        process.stdin.close()


def test_a_process_that_has_ended_costs_nothing_more(worker: subprocess.Popen[str]) -> None:
    child = int(_said(worker))
    assert worker.stdin is not None
    worker.stdin.close()
    worker.wait(20)
    time.sleep(0)
    assert meter.read([child]).cpu == {}
    assert meter.memory_mb([child]) == 0


def _listens(path: Path) -> bool:
    try:
        meter.owner_of(str(path))
    except ConnectionRefusedError:
        return False
    return True
