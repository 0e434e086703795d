"""Windows: the connectivity hint tells of the network, GetSystemPowerStatus of power.

Run under Wine, never on Windows itself. The hint exists from Windows 10, version 2004 on; before
that no network is metered.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

from uploader.host.surroundings import Surrounding

_COSTLY = frozenset({2, 3})  # NL_NETWORK_CONNECTIVITY_COST_HINT: fixed (a plan), variable
_ON_BATTERY = 0  # ACLineStatus
_NO_BATTERY = 128  # a flag; 255: not known, which has it too
_WHOLE = 100  # percent; 255: not known


class _Connectivity(ctypes.Structure):
    """NL_NETWORK_CONNECTIVITY_HINT."""

    _fields_ = (
        ("level", ctypes.c_int),
        ("cost", ctypes.c_int),
        ("approaching_data_limit", ctypes.c_ubyte),
        ("over_data_limit", ctypes.c_ubyte),
        ("roaming", ctypes.c_ubyte),
    )


class _Power(ctypes.Structure):
    """SYSTEM_POWER_STATUS."""

    _fields_ = (
        ("line", ctypes.c_ubyte),
        ("flags", ctypes.c_ubyte),
        ("percent", ctypes.c_ubyte),
        ("saver", ctypes.c_ubyte),
        ("seconds_left", ctypes.c_uint32),
        ("seconds_full", ctypes.c_uint32),
    )


def is_metered(hint: _Connectivity) -> bool:
    """What the hint means."""
    return hint.cost in _COSTLY or bool(hint.roaming) or bool(hint.over_data_limit)


def battery_percent(power: _Power) -> int | None:
    """What the status means."""
    if power.line != _ON_BATTERY or power.flags & _NO_BATTERY or power.percent > _WHOLE:
        return None
    return int(power.percent)


if sys.platform == "win32":

    class WindowsHost:
        """A desk with Windows 10 or newer."""

        def surrounding(self) -> Surrounding:
            """Network and power now."""
            return Surrounding(_metered(), _battery_percent())

    def _metered() -> bool:
        try:
            ask = ctypes.WinDLL("iphlpapi").GetNetworkConnectivityHint
        except (OSError, AttributeError):
            return False
        ask.argtypes = (ctypes.POINTER(_Connectivity),)
        ask.restype = wintypes.DWORD
        hint = _Connectivity()
        return ask(ctypes.byref(hint)) == 0 and is_metered(hint)

    def _battery_percent() -> int | None:
        ask = ctypes.WinDLL("kernel32").GetSystemPowerStatus
        ask.argtypes = (ctypes.POINTER(_Power),)
        ask.restype = wintypes.BOOL
        power = _Power()
        return battery_percent(power) if ask(ctypes.byref(power)) else None
