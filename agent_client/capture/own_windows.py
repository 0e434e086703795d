"""Windows of our own that no film shows, for systems that do not leave them out themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection

OwnWindows = Callable[[], Collection[int]]
"""The numbers of those that were shown, as the system counts them. From any thread."""


def none_of_ours() -> Collection[int]:
    """There are none."""
    return ()


class Shown:
    """Keeps their numbers: an `OwnWindows`. No other program is ever given one of them."""

    def __init__(self) -> None:
        self._numbers: frozenset[int] = frozenset()

    def __call__(self) -> frozenset[int]:
        return self._numbers

    def add(self, window: int) -> None:
        """It is about to be shown. On one thread."""
        self._numbers |= {window}
