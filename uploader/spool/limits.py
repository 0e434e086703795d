"""How much of the disk recordings may take: why none may open, if none may."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from contract.policy import Spooling

MayNotOpen = Literal["", "disk-full", "spool-full"]

_MEBIBYTE = 1 << 20
_KEPT_BACK = 64 * _MEBIBYTE
_SHARE = 8  # of a small disk, no more than one part in so many


def kept_back(root: Path) -> int:
    """Bytes for the ballast, and as many again that stay free: 64 MiB, less on a small disk."""
    share = shutil.disk_usage(root).total // _SHARE
    return min(_KEPT_BACK, share // _MEBIBYTE * _MEBIBYTE)


def may_not_open(spooling: Spooling, root: Path, held_bytes: Callable[[], int]) -> MayNotOpen:
    """Why the policy lets no recording open; "" if it does. What is open goes on all the same.

    `held_bytes`: what all recordings take, those in quarantine too.
    """
    disk = shutil.disk_usage(root)
    share = disk.total * spooling.least_free_percent / 100
    if disk.free < min(share, spooling.least_free_bytes):
        return "disk-full"
    if spooling.quota_bytes and held_bytes() >= spooling.quota_bytes:
        return "spool-full"
    return ""
