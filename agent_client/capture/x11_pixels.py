"""Rectangles of the root window by mss, over shared memory. Its types and errors stop here."""

from __future__ import annotations

import logging
from contextlib import suppress

import mss

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.grabbing import failures_named

logger = logging.getLogger(__name__)

_BYTES_A_PIXEL = 4
# What a grab goes through is kept in memory, by us and the X server, as far as a grab ever reached:
# 8 MB for a 1920x1080 desktop in one go. Bands cost such a grab a quarter of a millisecond.
_BAND_BYTES = 2**20


class Pixels:
    """On a connection of its own, without the pointer."""

    def __init__(self) -> None:
        """Connect to the display that the environment names."""
        self._source = _opened()
        self._told = False

    def reopen(self) -> None:
        """Its memory is as big as the root window was; a bigger one needs a new connection."""
        self.close()
        self._source = _opened()

    def grab(self, left: int, top: int, width: int, height: int) -> bytearray:
        """B, G, R, unused; CaptureFailedError also when a part lies outside of the root window."""
        row = width * _BYTES_A_PIXEL
        rows = max(1, _BAND_BYTES // max(1, row))
        if height <= rows:
            return self._band(left, top, width, height)
        pixels = bytearray(row * height)
        for down in range(0, height, rows):
            band = self._band(left, top + down, width, min(rows, height - down))
            pixels[down * row : down * row + len(band)] = band
        return pixels

    def _band(self, left: int, top: int, width: int, height: int) -> bytearray:
        with failures_named():
            pixels = self._source.grab((left, top, left + width, top + height)).raw
        if not self._told:
            self._told = True
            logger.info("%s", self.diagnostics())  # mss knows its way when it has gone it
        return pixels

    def outputs(self) -> list[str]:
        """What the server calls its monitors."""
        with failures_named():
            return [str(one.get("output", "")) for one in self._source.monitors]

    def diagnostics(self) -> str:
        """The way mss has found."""
        return "; ".join(["pixels by mss", *self._source.performance_status])

    def close(self) -> None:
        """That the X server went away before is no news here."""
        with suppress(CaptureFailedError), failures_named():
            self._source.close()


def _opened() -> mss.MSS:
    with failures_named("no-display"):
        return mss.MSS()
