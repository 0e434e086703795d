"""The marker that has this computer's programs end, as client and uploader find it.

What it says: `contract.make_way`. A marker that no administrator made is none: else any user of a
terminal server could end the recording of all others.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime

from contract.make_way import MakeWay, MarkerRefusedError, marker_of, marker_path

if sys.platform == "win32":
    from uploader.make_way.windows import by_administrator
else:
    from uploader.make_way.posix import by_administrator

logger = logging.getLogger(__name__)

PLACE = marker_path(sys.platform, os.environ)


def standing() -> MakeWay | None:
    """The marker, if one stands now by the desk's clock and an administrator made it."""
    try:
        text = by_administrator(PLACE)
        marker = marker_of(text) if text else None
    except (OSError, MarkerRefusedError) as error:
        logger.warning("%s is passed over: %s", PLACE, error)
        return None
    return marker if marker is not None and marker.stands(datetime.now(UTC)) else None
