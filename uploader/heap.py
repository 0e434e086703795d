"""The memory that C's allocator keeps, on Linux with the GNU C library; elsewhere nothing is done.

It gives each thread a heap of its own and keeps what was freed there: of an uploader with eight
threads that has just started, 4 MB.
"""

from __future__ import annotations

import ctypes
import logging
import sys

logger = logging.getLogger(__name__)

_ARENA_MAX = -8  # malloc.h: M_ARENA_MAX


def keep_small() -> None:
    """One heap for all threads that start from now on."""
    if (library := glibc()) is not None and not library.mallopt(_ARENA_MAX, 1):
        logger.warning("each thread has a heap of its own")


def give_back() -> None:
    """Hand to the system what lies free: under a millisecond, and what is asked for next."""
    if (library := glibc()) is not None:
        library.malloc_trim(ctypes.c_size_t(0))


def glibc() -> ctypes.CDLL | None:
    """The GNU C library, if it is this system's."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
