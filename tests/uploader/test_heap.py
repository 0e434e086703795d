"""Memory that was freed goes back to the system, from every thread."""

from __future__ import annotations

import subprocess
import sys

import pytest

# In a process of its own: which heap a thread has is settled for good when it first asks for one.
_PROGRAM = """
import ctypes
import threading
from pathlib import Path
from uploader import heap

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

def read():
    library = ctypes.CDLL(None)
    library.malloc.restype = library.memset.restype = ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    library.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    kept = [library.malloc(ctypes.c_size_t(60_000)) for _ in range(200)]
    for block in kept:
        library.memset(block, 1, 60_000)
    for block in kept[:-1]:  # what lies above keeps the heap from shrinking by itself
        library.free(block)
    found.append(held())
    heap.give_back()
    found.append(held())

heap.keep_small()
found = []
thread = threading.Thread(target=read)
thread.start()
thread.join()
print(*found)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of the GNU C library")
def test_what_was_freed_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    before, after = map(float, done.stdout.split())
    assert before - after > 7
