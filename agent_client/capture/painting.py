"""Covering parts of patches, so that nothing of what was there is left. Pure."""

from __future__ import annotations

from agent_client.capture.screen import Patch, Rectangle

_COVER = b"\x60\x60\x60\x00"  # a middle grey: neither black nor white looks like a fault


def cover(patch: Patch, area: Rectangle) -> None:
    """Paint over what of the area lies in the patch."""
    place, pixels = patch.place, patch.pixels
    left, top = max(area.left, place.left), max(area.top, place.top)
    right = min(area.left + area.width, place.left + place.width)
    bottom = min(area.top + area.height, place.top + place.height)
    if left >= right or top >= bottom:
        return
    row = _COVER * (right - left)
    step = place.width * len(_COVER)
    start = (top - place.top) * step + (left - place.left) * len(_COVER)
    for at in range(start, start + (bottom - top) * step, step):
        pixels[at : at + len(row)] = row
