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

from uploader import heap
from uploader.heap import give_back

__all__ = ["give_back", "keep_small"]

logger = logging.getLogger(__name__)

_SET_THP_DISABLE = 41  # linux/prctl.h: PR_SET_THP_DISABLE


def keep_small() -> None:
    """One heap for all threads that start from now on, in pages of the usual size."""
    heap.keep_small()
    if (library := heap.glibc()) is None:
        return
    yes, unused = ctypes.c_ulong(1), ctypes.c_ulong(0)
    if library.prctl(_SET_THP_DISABLE, yes, unused, unused, unused):
        logger.warning("memory may come in huge pages")
