"""Make the calling thread give way to what the agent is doing."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading

logger = logging.getLogger(__name__)

_NICE = 5  # of 19
_BELOW_NORMAL = -1  # THREAD_PRIORITY_BELOW_NORMAL
_UTILITY = 0x11  # QOS_CLASS_UTILITY


def give_way() -> None:
    """Lower this thread's priority. Never run on Windows and macOS: checked by types and review."""
    try:
        if sys.platform == "win32":
            kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            kernel.GetCurrentThread.restype = ctypes.c_void_p
            kernel.SetThreadPriority.argtypes = [ctypes.c_void_p, ctypes.c_int]
            if not kernel.SetThreadPriority(kernel.GetCurrentThread(), _BELOW_NORMAL):
                raise ctypes.WinError(ctypes.get_last_error())
        elif sys.platform == "darwin":
            ctypes.CDLL(None).pthread_set_qos_class_self_np(_UTILITY, 0)
        else:
            # Linux: a thread has its own priority, by its own id.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    except OSError as error:
        logger.warning("the capture thread keeps its priority: %s", error)
