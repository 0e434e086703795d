"""The windows on a Windows desktop, as they are listed at a moment.

Run under Wine, never on Windows itself. What the system itself shows of a window elsewhere, such as
the previews of the taskbar and of Alt+Tab, is no window and is not listed.
"""

from __future__ import annotations

import ctypes
import ntpath
import sys
from ctypes import wintypes

from agent_client.capture.exclusion import Window
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Rectangle

if sys.platform == "win32":
    _EXTENDED_STYLE = -20  # GWL_EXSTYLE
    # WS_EX_LAYERED, WS_EX_NOREDIRECTIONBITMAP, WS_EX_TRANSPARENT
    _SEEN_THROUGH = 0x00080000 | 0x00200000 | 0x20
    _FRAME, _CLOAKED = 9, 14  # DWMWA_EXTENDED_FRAME_BOUNDS, DWMWA_CLOAKED
    _OWNER = 4  # GW_OWNER
    _MOST_OWNERS = 8  # of a dialog's dialog, and so on
    # Windows' own program holds the windows of apps from the Store; in each is one of the app's.
    _HOLDER, _HELD = "ApplicationFrameWindow", "Windows.UI.Core.CoreWindow"
    _MAY_ASK = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION, which needs no rights over the process
    _NAME_LENGTH = 256  # of a window's class, at most
    _TITLE_LENGTH = 4096  # what is longer is cut
    _PATH_LENGTH = 32_768

    _Each = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
    _user = ctypes.WinDLL("user32", use_last_error=True)
    _desktop = ctypes.WinDLL("dwmapi", use_last_error=True)
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _gdi_text = (wintypes.HWND, wintypes.LPWSTR, ctypes.c_int)
    _user.EnumWindows.argtypes = (_Each, wintypes.LPARAM)
    _user.IsWindowVisible.argtypes = (wintypes.HWND,)
    _user.IsIconic.argtypes = (wintypes.HWND,)
    _user.InternalGetWindowText.argtypes = _gdi_text
    _user.GetClassNameW.argtypes = _gdi_text
    _user.GetWindow.argtypes = (wintypes.HWND, wintypes.UINT)
    _user.GetWindow.restype = wintypes.HWND
    _user.FindWindowExW.argtypes = (
        wintypes.HWND,
        wintypes.HWND,
        wintypes.LPCWSTR,
        wintypes.LPCWSTR,
    )
    _user.FindWindowExW.restype = wintypes.HWND
    _user.GetWindowLongW.argtypes = (wintypes.HWND, ctypes.c_int)
    _user.GetWindowRect.argtypes = (wintypes.HWND, ctypes.POINTER(wintypes.RECT))
    _user.GetWindowRgnBox.argtypes = (wintypes.HWND, ctypes.POINTER(wintypes.RECT))
    _user.GetWindowThreadProcessId.argtypes = (wintypes.HWND, ctypes.POINTER(wintypes.DWORD))
    _desktop.DwmGetWindowAttribute.argtypes = (
        wintypes.HWND,
        wintypes.DWORD,
        wintypes.LPVOID,
        wintypes.DWORD,
    )
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    _kernel.QueryFullProcessImageNameW.argtypes = (
        wintypes.HANDLE,
        wintypes.DWORD,
        wintypes.LPWSTR,
        ctypes.POINTER(wintypes.DWORD),
    )

    class Windows:
        """Used by one thread."""

        def __init__(self) -> None:
            self._programs: dict[int, frozenset[str]] = {}  # by process

        def __call__(self) -> list[Window]:
            """From the lowest to the uppermost. CaptureFailedError if Windows does not tell."""
            handles: list[int] = []

            def each(handle: int, _data: int) -> bool:
                handles.append(handle)
                return True

            if not _user.EnumWindows(_Each(each), 0):
                raise CaptureFailedError("exclusion-impossible", "Windows lists no windows")
            shown = [handle for handle in reversed(handles) if _is_shown(handle)]
            processes = {handle: _processes(handle) for handle in shown}
            # A number may be given to another process later.
            alive = {process for several in processes.values() for process in several}
            self._programs = {
                process: self._programs.get(process) or program_names(_path(process))
                for process in alive
            }
            return [
                Window(
                    _place(handle),
                    frozenset({_class(handle)}).union(*(self._programs[one] for one in several)),
                    _title(handle),
                    _is_opaque(handle),
                    mapped=not _user.IsIconic(handle),
                    process=several[-1],
                    owners=_owners(handle),
                )
                for handle, several in processes.items()
            ]

    def _is_shown(handle: int) -> bool:
        cloaked = wintypes.DWORD()
        _desktop.DwmGetWindowAttribute(
            handle, _CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked)
        )
        return bool(_user.IsWindowVisible(handle) and not cloaked.value)

    def _is_opaque(handle: int) -> bool:
        style = _user.GetWindowLongW(handle, _EXTENDED_STYLE)
        shaped = _user.GetWindowRgnBox(handle, ctypes.byref(wintypes.RECT()))
        return not style & _SEEN_THROUGH and not shaped

    def _place(handle: int) -> Rectangle:
        """Without the shadow and the unseen edges by which a window is pulled."""
        found = wintypes.RECT()
        refused = _desktop.DwmGetWindowAttribute(
            handle, _FRAME, ctypes.byref(found), ctypes.sizeof(found)
        )
        if refused:
            _user.GetWindowRect(handle, ctypes.byref(found))
        return Rectangle(found.left, found.top, found.right - found.left, found.bottom - found.top)

    def _title(handle: int) -> str:
        """As the system keeps it: nobody is waited for.

        GetWindowText would ask our own windows' thread, which may be waiting for this one.
        """
        text = ctypes.create_unicode_buffer(_TITLE_LENGTH)
        _user.InternalGetWindowText(handle, text, len(text))
        return text.value

    def _owners(handle: int) -> tuple[str, ...]:
        """The titles of the windows for which it was opened."""
        titles: list[str] = []
        owner = _user.GetWindow(handle, _OWNER)
        while owner and len(titles) < _MOST_OWNERS:
            titles.append(_title(owner))
            owner = _user.GetWindow(owner, _OWNER)
        return tuple(title for title in titles if title)

    def _class(handle: int) -> str:
        text = ctypes.create_unicode_buffer(_NAME_LENGTH + 1)
        _user.GetClassNameW(handle, text, len(text))
        return text.value

    def _processes(handle: int) -> tuple[int, ...]:
        """Whose it is; last of all whose what is seen in it."""
        held = None
        if _class(handle) == _HOLDER:
            held = _user.FindWindowExW(handle, None, _HELD, None)
        return (_process(handle), _process(held)) if held else (_process(handle),)

    def _process(handle: int) -> int:
        number = wintypes.DWORD()
        _user.GetWindowThreadProcessId(handle, ctypes.byref(number))
        return int(number.value)

    def _path(process: int) -> str:
        opened = _kernel.OpenProcess(_MAY_ASK, False, process)  # noqa: FBT003 as Windows has it
        if not opened:
            return ""
        try:
            text = ctypes.create_unicode_buffer(_PATH_LENGTH)
            length = wintypes.DWORD(len(text))
            told = _kernel.QueryFullProcessImageNameW(opened, 0, text, ctypes.byref(length))
            return text.value if told else ""
        finally:
            _kernel.CloseHandle(opened)


def program_names(path: str) -> frozenset[str]:
    """What a program may be called in a policy: its file's name, with and without `.exe`."""
    name = ntpath.basename(path)
    return frozenset({name, ntpath.splitext(name)[0]} - {""})
