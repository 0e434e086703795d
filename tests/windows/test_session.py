"""The session, its windows, monitors and keys, as Windows itself tells of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import pytest

if sys.platform == "win32":
    import ctypes
    import os
    import subprocess

    from PyQt6.QtWidgets import QApplication, QLabel

    from agent_client.capture.screen import Patch, Rectangle
    from agent_client.capture.windows_list import Windows
    from agent_client.capture.windows_monitors import LastInput, desktop, monitors, turned
    from agent_client.capture.windows_pointer import Pointer
    from agent_client.host import peers_windows
    from agent_client.host.hotkey_windows import WindowsHotkey
    from agent_client.host.windows import WindowsHost
    from agent_client.ports import Caller
    from contract.hotkey import combination
    from uploader.host.windows import WindowsHost as UploaderHost

    _SESSION, _LOCK, _UNLOCK, _DISCONNECTED = 0x02B1, 7, 8, 2
    _POWER, _SUSPEND, _RESUME = 0x0218, 4, 18
    _PATIENCE = 20.0

    def until(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    # Wine tells Qt that it lacks what Windows has.
    pytestmark = pytest.mark.no_qt_log

    @pytest.fixture
    def window(qapp: QApplication) -> Iterator[QLabel]:
        shown = QLabel("a window")
        shown.setWindowTitle("Card numbers")
        shown.setGeometry(100, 120, 300, 200)
        shown.show()
        qapp.processEvents()
        yield shown
        shown.close()

    def test_lock_sleep_and_disconnection_are_heard_one_after_the_other() -> None:
        heard: list[bool] = []
        watch = WindowsHost().watch_absence(heard.append)
        user32 = ctypes.WinDLL("user32")
        user32.FindWindowW.restype = ctypes.c_void_p

        def found() -> int | None:
            handle: int | None = user32.FindWindowW("TwinreelSession", None)
            return handle

        def send(message: int, what: int) -> None:
            user32.SendMessageW(ctypes.c_void_p(found()), message, what, 0)

        until(found)
        send(_SESSION, _LOCK)
        assert heard == [True]
        send(_POWER, _SUSPEND)  # asleep while locked: still away
        send(_SESSION, _UNLOCK)
        assert heard == [True]
        send(_POWER, _RESUME)
        assert heard == [True, False]
        send(_SESSION, _DISCONNECTED)
        assert heard == [True, False, True]
        watch.stop()
        assert found() is None

    def test_windows_are_listed_with_title_program_and_place(window: QLabel) -> None:
        found = [one for one in Windows()() if one.title == "Card numbers"]
        assert len(found) == 1
        (one,) = found
        assert one.process == os.getpid()
        assert {"python", "python.exe"} <= one.applications
        inner = window.geometry()
        assert one.place.left <= inner.left()
        assert one.place.left + one.place.width >= inner.left() + inner.width()
        assert one.mapped

    def test_a_window_of_ours_may_be_asked_to_stay_out_of_films(window: QLabel) -> None:
        WindowsHost().leave_out(int(window.winId()))  # refused, it is logged and no failure

    def test_the_monitors_make_up_the_desktop() -> None:
        found = monitors()
        assert [one.primary for one in found].count(True) == 1
        assert all(not one.name.startswith("\\") for one in found)
        whole = desktop()
        assert whole.width >= max(one.place.width for one in found)
        assert turned() is False

    def test_when_somebody_was_last_there_can_be_asked_again_and_again() -> None:
        last = LastInput()
        assert last.stirred() in {True, False}
        last.close()

    def test_the_pointer_is_drawn_where_it_is(window: QLabel, qapp: QApplication) -> None:
        ctypes.WinDLL("user32").SetCursorPos(window.x() + 150, window.y() + 160)
        qapp.processEvents()
        pointer = Pointer()

        def drawn(left: int, top: int) -> set[tuple[int, int]]:
            """The pixels that are others than before, by column and row."""
            plain = bytes(b"\x40\x80\xc0\x00" * 100 * 100)
            patch = Patch(Rectangle(0, 0, 100, 100), bytearray(plain))
            pointer.draw(patch, (left, top))
            pixels = bytes(patch.pixels)
            return {
                (at // 4 % 100, at // 400)
                for at in range(0, len(plain), 4)
                if pixels[at : at + 3] != plain[at : at + 3]
            }

        def there() -> set[tuple[int, int]]:
            qapp.processEvents()
            return drawn(window.x() + 100, window.y() + 120)

        until(there)  # the window's own pointer comes with the next movement
        whole = there()
        assert all(40 <= column < 90 and 30 <= row < 80 for column, row in whole)
        assert len(drawn(window.x() + 152, window.y() + 162)) < len(whole)  # cut at the corner
        pointer.clicked()
        pointer.close()

    def test_a_hotkey_is_told_and_given_back() -> None:
        pressed: list[str] = []
        troubles: list[str] = []
        wanted = combination("Ctrl+Alt+Shift+F9")
        first = WindowsHotkey(wanted, lambda: pressed.append("first"), troubles.append)
        until(lambda: troubles == [""])
        second_troubles: list[str] = []
        second = WindowsHotkey(wanted, lambda: None, second_troubles.append)
        until(lambda: second_troubles == ["hotkey-taken"])
        second.stop()
        ctypes.WinDLL("user32").PostThreadMessageW(first._queue, 0x0312, 1, 0)  # WM_HOTKEY
        until(lambda: pressed == ["first"])
        first.stop()
        third = WindowsHotkey(wanted, lambda: None, troubles.append)
        until(lambda: troubles == ["", ""])
        third.stop()

    def test_a_process_of_ours_is_ours_and_one_that_ended_is_gone() -> None:
        libraries = peers_windows._libraries()
        own = peers_windows._user(*libraries, os.getpid())
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
            assert peers_windows._user(*libraries, child.pid) == own
            assert peers_windows._session(libraries[0], child.pid) == peers_windows._session(
                libraries[0], os.getpid()
            )
        assert isinstance(own, bytes)
        assert peers_windows._user(*libraries, 0x7FFFFFFC) is Caller.GONE

    def test_network_and_power_are_told() -> None:
        told = UploaderHost().surrounding()
        assert told.metered in {True, False}
        assert told.battery_percent is None or 0 <= told.battery_percent <= 100
