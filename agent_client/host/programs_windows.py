"""Windows: by the system's list of processes. Those of session 0 are services, which MSI stops.

It ran under Wine, never on Windows.
"""

from __future__ import annotations

import ctypes
import os
import sys

from agent_client.host.programs import Program, named

if sys.platform == "win32":
    from ctypes import wintypes

    _ASK_LITTLE = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
    _TERMINATE = 0x0001
    _MOST_PROCESSES = 16384
    _LONGEST_PATH = 32768

    def programs() -> list[Program]:
        """All of this installation in users' sessions but ourselves."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        numbers = (wintypes.DWORD * _MOST_PROCESSES)()
        filled = wintypes.DWORD()
        if not kernel.K32EnumProcesses(numbers, ctypes.sizeof(numbers), ctypes.byref(filled)):
            raise ctypes.WinError(ctypes.get_last_error())
        count = filled.value // ctypes.sizeof(wintypes.DWORD)
        found = [_program(kernel, pid) for pid in numbers[:count] if pid != os.getpid()]
        return [one for one in found if one is not None]

    def end(pid: int, at_once: bool) -> None:  # noqa: FBT001 as `programs.end` hands it on
        """There is no polite way for a program without a window of ours: only at once."""
        if not at_once:
            return
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        handle = wintypes.HANDLE(kernel.OpenProcess(_TERMINATE | _ASK_LITTLE, 0, pid))
        if not handle:
            return
        try:
            if _named(kernel, handle) is not None:  # the number may be another's meanwhile
                kernel.TerminateProcess(handle, 1)
        finally:
            kernel.CloseHandle(handle)

    def _program(kernel: ctypes.WinDLL, pid: int) -> Program | None:
        session = wintypes.DWORD()
        if not kernel.ProcessIdToSessionId(pid, ctypes.byref(session)) or session.value == 0:
            return None
        kernel.OpenProcess.restype = wintypes.HANDLE
        handle = wintypes.HANDLE(kernel.OpenProcess(_ASK_LITTLE, 0, pid))
        if not handle:
            return None  # gone, or the system's own
        try:
            name = _named(kernel, handle)
        finally:
            kernel.CloseHandle(handle)
        return Program(pid, name, f"session {session.value}") if name is not None else None

    def _named(kernel: ctypes.WinDLL, handle: wintypes.HANDLE) -> str | None:
        path = ctypes.create_unicode_buffer(_LONGEST_PATH)
        size = wintypes.DWORD(_LONGEST_PATH)
        told = kernel.QueryFullProcessImageNameW(handle, 0, path, ctypes.byref(size))
        return named(path.value, ()) if told else None
