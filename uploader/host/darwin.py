"""macOS: the Network framework tells of the network, pmset of power.

Never run: checked by types and review.
"""

from __future__ import annotations

import logging
import subprocess
import sys

from uploader.host import pmset
from uploader.host.surroundings import Surrounding

logger = logging.getLogger(__name__)

_PMSET = ["/usr/bin/pmset", "-g", "batt"]
_TIMEOUT = 5.0  # seconds

if sys.platform == "darwin":
    import ctypes
    import threading

    import Network
    import objc

    class DarwinHost:
        """A Mac."""

        def __init__(self) -> None:
            """Begins to hear of the network."""
            self._expensive = False
            self._heard = threading.Event()
            self._monitor = Network.nw_path_monitor_create()
            Network.nw_path_monitor_set_update_handler(self._monitor, self._path_changed)
            Network.nw_path_monitor_set_queue(self._monitor, _queue())
            Network.nw_path_monitor_start(self._monitor)

        def surrounding(self) -> Surrounding:
            """Network and power now."""
            self._heard.wait(_TIMEOUT)  # the first word of the network comes at once
            return Surrounding(self._expensive, _battery_percent())

        def _path_changed(self, path: object) -> None:
            self._expensive = bool(Network.nw_path_is_expensive(path))
            self._heard.set()

    def _queue() -> object:
        """One of the system's own, from C: pyobjc's package for queues is not needed for more."""
        libdispatch = ctypes.CDLL("/usr/lib/system/libdispatch.dylib")
        libdispatch.dispatch_get_global_queue.restype = ctypes.c_void_p
        libdispatch.dispatch_get_global_queue.argtypes = (ctypes.c_long, ctypes.c_ulong)
        queue = ctypes.c_void_p(libdispatch.dispatch_get_global_queue(0, 0))
        return objc.objc_object(c_void_p=queue)


def _battery_percent() -> int | None:
    try:
        said = subprocess.run(  # noqa: S603  # a fixed command
            _PMSET, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        logger.debug("pmset does not answer: %s", type(error).__name__)
        return None
    return pmset.battery_percent(said)
