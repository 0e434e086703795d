"""How far central's clock is from the desk's, as the uploader measured it."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import msgspec

from contract.desk_config import CLOCK, Clock

logger = logging.getLogger(__name__)


def to_central(folder: Path) -> tuple[timedelta, timedelta]:
    """Central's clock minus the desk's, and the round trip of that measurement; zero if unknown."""
    try:
        clock = msgspec.json.decode((folder / CLOCK).read_bytes(), type=Clock)
    except FileNotFoundError:
        return timedelta(), timedelta()
    except (OSError, msgspec.MsgspecError) as error:
        logger.warning("central's clock is not known: %s", type(error).__name__)
        return timedelta(), timedelta()
    return timedelta(microseconds=clock.offset_us), timedelta(microseconds=clock.round_trip_us)
