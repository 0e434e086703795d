"""Where the pill stands: remembered for each user, and always on a monitor that is there."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from PyQt6.QtCore import QPoint, QRect, QSize

logger = logging.getLogger(__name__)

FILE = "pill.json"  # in the state folder


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place on a monitor, from its upper left corner, in device-independent pixels."""

    screen: str  # the monitor's name, as Qt has it
    x: int
    y: int


def where(
    place: Place | None, screens: Mapping[str, QRect], primary: str, size: QSize
) -> QPoint | None:
    """The upper left corner of a pill of that size: where it was put, if that monitor is there.

    Else at the top of the primary one, in the middle; None if there is none at all. `screens`: what
    panels leave free of each monitor.
    """
    area = screens.get(place.screen) if place is not None else None
    if place is not None and area is not None:
        return within(QRect(area.topLeft() + QPoint(place.x, place.y), size), area)
    area = screens.get(primary)
    if area is None:
        return None
    return within(QRect(QPoint(area.center().x() - size.width() // 2, area.top()), size), area)


def within(pill: QRect, area: QRect) -> QPoint:
    """Its corner once it is pushed into that area."""
    x = max(area.left(), min(pill.left(), area.right() + 1 - pill.width()))
    y = max(area.top(), min(pill.top(), area.bottom() + 1 - pill.height()))
    return QPoint(x, y)


def put(corner: QPoint, screens: Mapping[str, QRect], size: QSize) -> Place | None:
    """What to remember of a pill that somebody put there: the monitor on which most of it is."""
    pill = QRect(corner, size)
    shares = {name: _area(pill.intersected(area)) for name, area in screens.items()}
    name = max(shares, key=lambda one: shares[one], default=None)
    if name is None or not shares[name]:
        return None
    origin = screens[name].topLeft()
    return Place(name, corner.x() - origin.x(), corner.y() - origin.y())


def _area(part: QRect) -> int:
    return max(0, part.width()) * max(0, part.height())


class PlaceFile:
    """In the state folder. What cannot be read or written is no loss worth telling."""

    def __init__(self, folder: Path | None) -> None:
        """None: nothing is remembered."""
        self._path = None if folder is None else folder / FILE

    def load(self) -> Place | None:
        """Where it was put last."""
        if self._path is None:
            return None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Place)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            logger.info("the pill's place is forgotten: %s", error)
            return None

    def save(self, place: Place) -> None:
        """Remember it."""
        if self._path is None:
            return
        draft = self._path.with_suffix(".new")
        try:
            draft.write_bytes(msgspec.json.encode(place))
            os.replace(draft, self._path)
        except OSError as error:
            logger.info("the pill's place is not remembered: %s", error)
