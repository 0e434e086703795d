"""The ring that shows for a moment where somebody clicked. Pure."""

from __future__ import annotations

from functools import cache
from math import hypot

from agent_client.capture.cursor import Sprite, sprite

SHOWN_SECONDS = 0.5
_RADIUS, _THICKNESS = 18.0, 4.0  # pixels, to the middle of the line
_ORANGE = (0, 128, 255)  # B, G, R: seen on white and on black


@cache
def ring() -> Sprite:
    """The hot spot is its middle."""
    reach = int(_RADIUS + _THICKNESS)
    side = 2 * reach + 1
    pixels = bytearray()
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            # One pixel broad edges are smoothed.
            inside = _THICKNESS / 2 + 0.5 - abs(hypot(across, down) - _RADIUS)
            alpha = round(255 * min(1.0, max(0.0, inside)))
            pixels += bytes(colour * alpha // 255 for colour in _ORANGE)
            pixels.append(alpha)
    return sprite(side, side, (reach, reach), bytes(pixels))


class Clicks:
    """Where rings are shown now."""

    def __init__(self) -> None:
        self._shown: list[tuple[float, int, int]] = []  # until when, where

    def add(self, x: int, y: int, now: float) -> None:
        """Somebody clicked there."""
        self._shown.append((now + SHOWN_SECONDS, x, y))

    def ends(self) -> float | None:
        """When the next ring goes."""
        return min((until for until, _, _ in self._shown), default=None)

    def drop(self, now: float) -> bool:
        """Let go of those whose time is over; whether there were any."""
        before = len(self._shown)
        self._shown = [one for one in self._shown if one[0] > now]
        return len(self._shown) < before

    def places(self) -> list[tuple[int, int]]:
        """Where the rings are."""
        return [(x, y) for _, x, y in self._shown]
