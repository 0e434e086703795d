"""What a program says that cannot start: to whoever typed it and, on Windows, to the event log.

A program that is started at sign-in has nobody who reads what it says, and no log of its own yet.
The installer registers the source of these events (installer/windows/twinreel.wxs).
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from pathlib import PurePath

EVENT_SOURCE = "Twinreel"


def tell_failure(text: str) -> None:
    """Say in full sentences why the program ends now; never a number or a secret.

    Everybody on the computer reads the event log: it is told `unnamed`.
    """
    if sys.stderr is not None:  # a windowed program on Windows has none
        print(text, file=sys.stderr)  # noqa: T201  # whoever typed it reads it
    if sys.platform == "win32":
        _write_event(unnamed(text, os.path.expanduser("~")))


def unnamed(text: str, home: str) -> str:
    """The text without the user's name, as far as that stands in the path of a folder of theirs."""
    return re.sub(re.escape(home), "~", text, flags=re.IGNORECASE) if home.strip("/\\") else text


def tell_broken(error: Exception) -> None:
    """Say what nobody foresaw: all to whoever typed the program, `places` to the event log."""
    if sys.stderr is not None:
        traceback.print_exception(error)
    if sys.platform == "win32":
        _write_event(f"Twinreel ends, because something in it is broken: {places(error)}")


def places(error: Exception) -> str:
    """The kind of an error and where it arose; its own words may hold a name or a number."""
    missing = f" {error.name}" if isinstance(error, ImportError) and error.name else ""
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), lookup_lines=False
    )
    lines = (
        f"{'/'.join(PurePath(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in reversed(frames)  # the log cuts the end off
    )
    return "\n".join([f"{type(error).__name__}{missing}", *lines])


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _ERROR = 1  # EVENTLOG_ERROR_TYPE
    _CANNOT_START = 1  # the event's number, for IT's filters
    _LONGEST = 30_000  # characters; the log takes 31,839

    def _write_event(text: str) -> None:
        """One entry in the log "Application"; without leave to write there is none."""
        advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
        advapi32.RegisterEventSourceW.argtypes = (wintypes.LPCWSTR, wintypes.LPCWSTR)
        advapi32.RegisterEventSourceW.restype = wintypes.HANDLE
        advapi32.ReportEventW.argtypes = (
            wintypes.HANDLE,
            wintypes.WORD,
            wintypes.WORD,
            wintypes.DWORD,
            ctypes.c_void_p,
            wintypes.WORD,
            wintypes.DWORD,
            ctypes.POINTER(wintypes.LPCWSTR),
            ctypes.c_void_p,
        )
        advapi32.DeregisterEventSource.argtypes = (wintypes.HANDLE,)
        source = advapi32.RegisterEventSourceW(None, EVENT_SOURCE)
        if not source:
            return
        said = (wintypes.LPCWSTR * 1)(text[:_LONGEST])
        try:
            advapi32.ReportEventW(source, _ERROR, 0, _CANNOT_START, None, 1, 0, said, None)
        finally:
            advapi32.DeregisterEventSource(source)
