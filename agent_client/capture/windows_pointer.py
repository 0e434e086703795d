"""The pointer of Windows drawn into a picture, and where its buttons were pressed.

GDI leaves the pointer out. Windows draws it itself here, onto a small bitmap that holds the pixels
below it: so also pointers that invert what is below them, such as the bar in text, are right. Of
all keys, only the three of the mouse are asked for. Run under Wine, never on Windows itself.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Patch

_BYTES_A_PIXEL = 4

if sys.platform == "win32":
    _SHOWING = 1  # CURSOR_SHOWING
    _IMAGE_AND_MASK = 3  # DI_NORMAL
    _BUTTONS = (0x01, 0x02, 0x04)  # VK_LBUTTON, VK_RBUTTON, VK_MBUTTON
    _DOWN, _PRESSED_SINCE = 0x8000, 0x0001

    class _CursorInfo(ctypes.Structure):
        """CURSORINFO."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("flags", wintypes.DWORD),
            ("cursor", wintypes.HANDLE),
            ("place", wintypes.POINT),
        )

    class _IconInfo(ctypes.Structure):
        """ICONINFO."""

        _fields_ = (
            ("is_icon", wintypes.BOOL),
            ("hot_x", wintypes.DWORD),
            ("hot_y", wintypes.DWORD),
            ("mask", wintypes.HBITMAP),
            ("colour", wintypes.HBITMAP),
        )

    class _Bitmap(ctypes.Structure):
        """BITMAP."""

        _fields_ = (
            ("type", wintypes.LONG),
            ("width", wintypes.LONG),
            ("height", wintypes.LONG),
            ("row_bytes", wintypes.LONG),
            ("planes", wintypes.WORD),
            ("bits", wintypes.WORD),
            ("pixels", wintypes.LPVOID),
        )

    class _BitmapHeader(ctypes.Structure):
        """BITMAPINFOHEADER."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("width", wintypes.LONG),
            ("height", wintypes.LONG),
            ("planes", wintypes.WORD),
            ("bits", wintypes.WORD),
            ("compression", wintypes.DWORD),
            ("image_size", wintypes.DWORD),
            ("across", wintypes.LONG),
            ("down", wintypes.LONG),
            ("used", wintypes.DWORD),
            ("important", wintypes.DWORD),
        )

    _user = ctypes.WinDLL("user32", use_last_error=True)
    _gdi = ctypes.WinDLL("gdi32", use_last_error=True)
    _user.GetCursorInfo.argtypes = (ctypes.POINTER(_CursorInfo),)
    _user.GetIconInfo.argtypes = (wintypes.HANDLE, ctypes.POINTER(_IconInfo))
    _user.GetAsyncKeyState.argtypes = (ctypes.c_int,)
    _user.GetAsyncKeyState.restype = ctypes.c_short
    _user.DrawIconEx.argtypes = (
        wintypes.HDC,
        ctypes.c_int,
        ctypes.c_int,
        wintypes.HANDLE,
        ctypes.c_int,
        ctypes.c_int,
        wintypes.UINT,
        wintypes.HBRUSH,
        wintypes.UINT,
    )
    _gdi.GetObjectW.argtypes = (wintypes.HGDIOBJ, ctypes.c_int, wintypes.LPVOID)
    _gdi.DeleteObject.argtypes = (wintypes.HGDIOBJ,)
    _gdi.CreateCompatibleDC.argtypes = (wintypes.HDC,)
    _gdi.CreateCompatibleDC.restype = wintypes.HDC
    _gdi.DeleteDC.argtypes = (wintypes.HDC,)
    _gdi.SelectObject.argtypes = (wintypes.HDC, wintypes.HGDIOBJ)
    _gdi.SelectObject.restype = wintypes.HGDIOBJ
    _gdi.CreateDIBSection.argtypes = (
        wintypes.HDC,
        ctypes.POINTER(_BitmapHeader),
        wintypes.UINT,
        ctypes.POINTER(wintypes.LPVOID),
        wintypes.HANDLE,
        wintypes.DWORD,
    )
    _gdi.CreateDIBSection.restype = wintypes.HBITMAP

    class _Board:
        """A small bitmap whose pixels can be read and written, and drawn onto."""

        def __init__(self, width: int, height: int) -> None:
            self.width, self.height = width, height
            header = _BitmapHeader(size=ctypes.sizeof(_BitmapHeader), planes=1, bits=32)
            header.width, header.height = width, -height  # from the uppermost row down
            pixels = wintypes.LPVOID()
            self._bitmap = _gdi.CreateDIBSection(
                None, ctypes.byref(header), 0, ctypes.byref(pixels), None, 0
            )
            if not self._bitmap or not pixels.value:
                raise CaptureFailedError("screen-unreadable", "no bitmap for the pointer")
            self.context = _gdi.CreateCompatibleDC(None)
            self._before = _gdi.SelectObject(self.context, self._bitmap)
            content = (ctypes.c_ubyte * (width * height * _BYTES_A_PIXEL)).from_address(
                pixels.value
            )
            self.pixels = memoryview(content).cast("B")

        def close(self) -> None:
            _gdi.SelectObject(self.context, self._before)
            _gdi.DeleteDC(self.context)
            _gdi.DeleteObject(self._bitmap)

    class Pointer:
        """Used by one thread."""

        def __init__(self) -> None:
            self._board: _Board | None = None
            self._down = False

        def draw(self, patch: Patch, origin: tuple[int, int]) -> None:
            """Draw it where it is now; `origin`: where the layout's corner lies on the desktop."""
            told = _CursorInfo()
            told.size = ctypes.sizeof(told)
            if not _user.GetCursorInfo(ctypes.byref(told)) or not told.flags & _SHOWING:
                return
            shape = _shape(told.cursor)
            if shape is None:
                return
            width, height, hot_x, hot_y = shape
            board = self._fitting(width, height)
            left = told.place.x - hot_x - origin[0] - patch.place.left
            top = told.place.y - hot_y - origin[1] - patch.place.top
            from_x, to_x = max(0, -left), min(width, patch.place.width - left)
            if from_x >= to_x:
                return
            rows = [
                (
                    slice(
                        (row * width + from_x) * _BYTES_A_PIXEL,
                        (row * width + to_x) * _BYTES_A_PIXEL,
                    ),
                    slice(
                        ((top + row) * patch.place.width + left + from_x) * _BYTES_A_PIXEL,
                        ((top + row) * patch.place.width + left + to_x) * _BYTES_A_PIXEL,
                    ),
                )
                for row in range(max(0, -top), min(height, patch.place.height - top))
            ]
            for there, here in rows:
                board.pixels[there] = patch.pixels[here]
            _user.DrawIconEx(board.context, 0, 0, told.cursor, 0, 0, 0, None, _IMAGE_AND_MASK)
            _gdi.GdiFlush()
            for there, here in rows:
                patch.pixels[here] = board.pixels[there]

        def clicked(self) -> tuple[int, int] | None:
            """Where the pointer is, if one of its buttons was pressed since this was last asked."""
            states = [_user.GetAsyncKeyState(button) for button in _BUTTONS]
            down = any(state & _DOWN for state in states)
            pressed = any(state & _PRESSED_SINCE for state in states) or (down and not self._down)
            self._down = down
            told = _CursorInfo()
            told.size = ctypes.sizeof(told)
            if not pressed or not _user.GetCursorInfo(ctypes.byref(told)):
                return None
            return int(told.place.x), int(told.place.y)

        def close(self) -> None:
            if self._board is not None:
                self._board.close()
                self._board = None

        def _fitting(self, width: int, height: int) -> _Board:
            board = self._board
            if board is None or (board.width, board.height) != (width, height):
                self.close()
                board = self._board = _Board(width, height)
            return board

    def _shape(cursor: int) -> tuple[int, int, int, int] | None:
        """Width, height and hot spot."""
        told = _IconInfo()
        if not _user.GetIconInfo(cursor, ctypes.byref(told)):
            return None
        try:
            picture = _Bitmap()
            seen = told.colour or told.mask
            if not _gdi.GetObjectW(seen, ctypes.sizeof(picture), ctypes.byref(picture)):
                return None
            # Without colours, the mask has two halves: what stays, and what is inverted.
            height = picture.height if told.colour else picture.height // 2
            return int(picture.width), int(height), int(told.hot_x), int(told.hot_y)
        finally:
            for bitmap in (told.mask, told.colour):
                if bitmap:
                    _gdi.DeleteObject(bitmap)
