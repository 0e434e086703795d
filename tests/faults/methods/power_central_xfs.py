"""Power cuts of central's disk, on xfs."""

from __future__ import annotations

from pathlib import Path

from tests.faults.power_central import cut_again_and_again
from tests.faults.table import Row

NAME = "power-central-xfs"
SHORT, LONG = 1, 100


def run(rounds: int, folder: Path) -> Row:
    """So many cuts."""
    return cut_again_and_again(NAME, "xfs", rounds, folder)
