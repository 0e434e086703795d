"""What the systems' adapters share of mss. Its types and errors stop here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import mss
from mss.exception import ScreenShotError

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Layout, Picture

# When the X server goes away in the middle of a grab, mss 10.2 fails an assertion.
_MSS_ERRORS = (ScreenShotError, OSError, AssertionError)


@contextmanager
def failures_named(code: str = "screen-unreadable") -> Iterator[None]:
    """Turn what mss raises into our error."""
    try:
        yield
    except _MSS_ERRORS as error:
        raise CaptureFailedError(code, str(error)) from error


def picture_of(source: mss.MSS) -> Picture:
    """The whole virtual desktop."""
    with failures_named():
        shot = source.grab(source.monitors[0])
    return Picture(shot.width, shot.height, shot.raw)


def is_black(picture: Picture) -> bool:
    """Whether no point has any colour: what some systems hand out instead of an error."""
    return all(
        channel.count(0) == len(channel)
        for channel in (picture.pixels[offset::4] for offset in range(3))
    )


def layout_of(monitors: list[dict[str, Any]]) -> Layout:
    """The first entry of mss's list is the whole desktop; none but it: a single monitor."""
    whole, *each = monitors
    return Layout(
        whole["width"],
        whole["height"],
        tuple(
            (
                one["left"] - whole["left"],
                one["top"] - whole["top"],
                one["width"],
                one["height"],
            )
            for one in each or [whole]
        ),
    )


def let_go(source: mss.MSS) -> None:
    """Close it; that the X server went away before is no news here."""
    with suppress(*_MSS_ERRORS):
        source.close()
