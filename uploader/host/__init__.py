"""What differs from system to system for the uploader, one file each, chosen once."""

from __future__ import annotations

import sys
from typing import Protocol

from uploader.host.surroundings import Surrounding, Surroundings

__all__ = ["Host", "Surrounding", "Surroundings", "this_host"]


class Host(Protocol):
    """What the uploader asks the system it runs on. May take seconds: see `Surroundings`."""

    def surrounding(self) -> Surrounding:
        """Network and power now. What the system does not know holds nothing back."""


def this_host() -> Host:
    """The host of the system we run on."""
    if sys.platform == "win32":
        from uploader.host.windows import WindowsHost  # noqa: PLC0415 exists only there

        return WindowsHost()
    if sys.platform == "darwin":
        from uploader.host.darwin import DarwinHost  # noqa: PLC0415 exists only there

        return DarwinHost()
    from uploader.host.linux import LinuxHost  # noqa: PLC0415 exists only there

    return LinuxHost()
