"""A program that has imported everything already, and forks itself for each order.

Starting Python takes a hundred times as long as what is tried here. What is told about goes over a
socket, never through `write`, so that the calls that are counted are the product's own.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

Order = Mapping[str, Any]
Say = Callable[..., None]
_SET_PDEATHSIG = 1
_ANYBODY, _SET_PTRACER = -1, 0x59616D61
_LIBC = ctypes.CDLL(None)


def serve(work: Callable[[Order, Say], None], held: Callable[[], list[int]] = list) -> None:
    """Fork for each line of the standard input, and do `work` there, until the input ends.

    With `"held": true` the fork stops before it begins, to be traced; `held` may start threads
    first, and gives their ids.
    """
    if sys.platform == "win32":
        raise OSError("no fork and no strace on Windows")
    _die_with_parent()
    channel = socket.socket(fileno=int(sys.argv[1]))

    def say(**what: object) -> None:
        channel.sendall(json.dumps({**what, "pid": os.getpid()}).encode() + b"\n")

    gc.collect()
    gc.freeze()
    say(said="prepared")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            os._exit(_done(work, held, order, say))
        if order.get("held"):
            os.waitpid(child, os.WUNTRACED)
            say(said="held", child=child)
        _, status = os.waitpid(child, 0)
        say(said="ended", child=child, status=os.waitstatus_to_exitcode(status))


def _die_with_parent() -> None:
    if sys.platform == "win32":
        raise OSError("no fork and no strace on Windows")
    _LIBC.prctl(_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _done(
    work: Callable[[Order, Say], None], held: Callable[[], list[int]], order: Order, say: Say
) -> int:
    if sys.platform == "win32":
        raise OSError("no fork and no strace on Windows")
    try:
        _die_with_parent()
        if order.get("held"):
            _LIBC.prctl(_SET_PTRACER, _ANYBODY, 0, 0, 0)
            say(said="threads", threads=[os.getpid(), *held()])
            os.kill(os.getpid(), signal.SIGSTOP)
        work(order, say)
    except BaseException:  # noqa: BLE001  # nothing may get out of a fork
        say(said="failed", why=traceback.format_exc())
        return 1
    return 0
