"""What the systems' adapters share of grabbing by mss: its errors, and a black picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mss.exception import ScreenShotError

from agent_client.capture.failure import CaptureFailedError

# When the X server goes away in the middle of a grab, mss 10.2 fails an assertion.
_MSS_ERRORS = (ScreenShotError, OSError, AssertionError)


@contextmanager
def failures_named(code: str = "screen-unreadable") -> Iterator[None]:
    """Turn what mss raises into our error."""
    try:
        yield
    except _MSS_ERRORS as error:
        raise CaptureFailedError(code, str(error)) from error


def is_black(pixels: bytearray) -> bool:
    """Whether no point has any colour: what some systems hand out instead of an error."""
    return all(
        channel.count(0) == len(channel) for channel in (pixels[offset::4] for offset in range(3))
    )
