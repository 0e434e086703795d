"""How fast bytes may leave: what sends asks before each block."""

from __future__ import annotations

from typing import Protocol


class Pace(Protocol):
    """Lets bytes go, sooner or later. May be called from any thread."""

    def take(self, wanted: int) -> int:
        """Wait until some bytes may leave; how many of `wanted`, from 1 to all of them.

        Never waits for long without looking whether the uploader is to end: then it lets go.
        """

    def chunk_ceiling(self) -> int | None:
        """The most bytes that one request should have at this rate; None: no such limit."""


class Freely:
    """No limit."""

    def take(self, wanted: int) -> int:
        """All of them, at once."""
        return wanted

    def chunk_ceiling(self) -> int | None:
        """None."""
        return None


FREELY = Freely()
