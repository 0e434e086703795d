"""The memory that C's allocator keeps, on Linux with the GNU C library; elsewhere nothing is done.

It gives each thread a heap of its own, and keeps at the end of each what was freed there: after a
grab of a whole 1920x1080 desktop 8 MB, and `malloc_trim` does not reach them (glibc 2.36). In one
heap for all threads it does. To have such blocks mapped one by one (M_MMAP_THRESHOLD) would give
them back as well, but then each such grab costs 5 ms more, for its pages.

x264 asks for huge pages, of which it uses parts: 4 MB more at 1920x1080, and not a bit faster.
"""

from __future__ import annotations

import ctypes
import logging
import sys

logger = logging.getLogger(__name__)

_ARENA_MAX = -8  # malloc.h: M_ARENA_MAX
_SET_THP_DISABLE = 41  # linux/prctl.h: PR_SET_THP_DISABLE


def keep_small() -> None:
    """One heap for all threads that start from now on, in pages of the usual size."""
    if (library := _glibc()) is None:
        return
    if not library.mallopt(_ARENA_MAX, 1):
        logger.warning("each thread has a heap of its own")
    yes, unused = ctypes.c_ulong(1), ctypes.c_ulong(0)
    if library.prctl(_SET_THP_DISABLE, yes, unused, unused, unused):
        logger.warning("memory may come in huge pages")


def give_back() -> None:
    """Hand to the system what lies free: under a millisecond, and the next grab's pages."""
    if (library := _glibc()) is not None:
        library.malloc_trim(ctypes.c_size_t(0))


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
