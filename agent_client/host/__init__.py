"""What differs from system to system, one file each, chosen once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol


class Watch(Protocol):
    """A running look-out for locks, sleep and switches of user."""

    def stop(self) -> None:
        """End it; waits for its thread."""


class Host(Protocol):
    """What the client needs of the system it runs on."""

    def no_desktop(self) -> str:
        """Why no window can be opened here, in a sentence for the terminal; "" if one can."""

    def cannot_capture(self) -> str:
        """The code, in core/status.py's table, of why this session's screen cannot be read; ""."""

    def tray_is_there(self) -> bool:
        """Whether the desktop has a place for our icon by now."""

    def watch_absence(self, changed: Callable[[bool], None]) -> Watch:
        """Call `changed` with whether the screen is locked, asleep, switched away or disconnected.

        At each change, from another thread. A source that is missing is logged once and left out.
        """

    def leave_out(self, window: int) -> None:
        """Have the system leave a window of ours out of what is captured, where it can.

        `window`: its number, or pointer, as Qt's `winId` tells; it exists and may be shown already.
        """

    def child_flags(self) -> int:
        """`creationflags` for the uploader's process, so that no console opens."""


def this_host() -> Host:
    """The host of the system we run on."""
    if sys.platform == "win32":
        from agent_client.host.windows import WindowsHost  # noqa: PLC0415 exists only there

        return WindowsHost()
    if sys.platform == "darwin":
        from agent_client.host.darwin import DarwinHost  # noqa: PLC0415 exists only there

        return DarwinHost()
    from agent_client.host.linux import LinuxHost  # noqa: PLC0415 exists only there

    return LinuxHost()
