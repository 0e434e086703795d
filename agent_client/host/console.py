"""Windows: the console that a command was typed in, for a program that has none of its own.

The client is a windowed program, so that no black window comes with its icon; what its commands say
would be lost. Pipes and files, which scripts use, work without this.
"""

from __future__ import annotations

import sys
from typing import TextIO


def speak_to_console() -> None:
    """What is printed from now on reaches the console, if the program was started from one.

    While it holds the console, closing that ends the program: for commands, not for the tray.
    """
    if sys.platform == "win32":
        _attach()


if sys.platform == "win32":
    import ctypes
    from contextlib import suppress
    from ctypes import wintypes

    _PARENT = 0xFFFFFFFF  # ATTACH_PARENT_PROCESS

    def _attach() -> None:
        if sys.stdout is not None and sys.stderr is not None:
            return
        kernel32 = ctypes.WinDLL("kernel32")
        kernel32.AttachConsole.argtypes = (wintypes.DWORD,)
        if not kernel32.AttachConsole(_PARENT):
            return
        with suppress(OSError):
            if sys.stdout is None:
                sys.stdout = _console()
                print()  # noqa: T201  # the shell did not wait: its prompt stands here
            if sys.stderr is None:
                sys.stderr = _console()

    def _console() -> TextIO:
        return open("CONOUT$", "w", encoding="utf-8", errors="replace", buffering=1)
