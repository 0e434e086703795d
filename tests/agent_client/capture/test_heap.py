"""Memory that was freed goes back to the system, from every thread."""

from __future__ import annotations

import subprocess
import sys

import pytest

# In a process of its own: which heap a thread has is settled for good when it first asks for one.
_PROGRAM = """
import threading
from pathlib import Path
from agent_client.capture import heap

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

def grab():
    for _ in range(3):  # the second one comes from the heap, the first told it to
        kept = bytearray(8_294_400)
        del kept
    found.append(held())
    heap.give_back()
    found.append(held())

heap.keep_small()
found = []
thread = threading.Thread(target=grab)
thread.start()
thread.join()
print(*found)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of the GNU C library")
def test_what_a_grab_of_a_whole_desktop_took_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    before, after = map(float, done.stdout.split())
    assert before - after > 7


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_memory_comes_in_pages_of_the_usual_size() -> None:
    program = (
        "from pathlib import Path; from agent_client.capture import heap; heap.keep_small(); "
        "print(Path('/proc/self/status').read_text())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "THP_enabled:\t0" in done.stdout
