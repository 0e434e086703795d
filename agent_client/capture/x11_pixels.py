"""Rectangles of the root window by mss, over shared memory. Its types and errors stop here."""

from __future__ import annotations

import logging
from contextlib import suppress

import mss

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.grabbing import failures_named

logger = logging.getLogger(__name__)


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
