"""Power cuts of the desk's disk, on ext4."""

from __future__ import annotations

from pathlib import Path

from tests.faults.power_spool import cut_again_and_again
from tests.faults.table import Row

NAME = "power-spool-ext4"
SHORT, LONG = 2, 100


def run(rounds: int, folder: Path) -> Row:
    """So many cuts."""
    return cut_again_and_again(NAME, "ext4", rounds, folder)
