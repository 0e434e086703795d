"""Desktop duplication (DXGI): what the graphics card shows, by FFmpeg's `ddagrab` inside PyAV.

Opt-in, and for a desktop of one monitor that is not turned: FFmpeg counts monitors in its own way
and hands out their pictures unturned. Cheaper than GDI where the desktop is lively. Never run on
Windows: checked by types and review; the way out of FFmpeg is tested with pictures of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import av
from av.filter import Graph
from av.video.frame import VideoFrame

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.monitors import Monitor
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import ScreenSettings

_BYTES_A_PIXEL = 4
# `ddagrab` waits until the next picture's time; so high that a grab never waits for long.
_PICTURES_PER_SECOND = 60


class Duplication:
    """One monitor, pointer included."""

    name = "desktop duplication"
    with_pointer = True

    def __init__(self, settings: ScreenSettings, monitors: Sequence[Monitor]) -> None:
        """CaptureFailedError: it is not to be had here."""
        if len(monitors) != 1:
            raise CaptureFailedError("screen-unreadable", f"{len(monitors)} monitors")
        self._place = monitors[0].place
        rate = max(_PICTURES_PER_SECOND, round(settings.frames_per_second))
        self._source = Filtered(
            "ddagrab", f"output_idx=0:draw_mouse=1:framerate={rate}", ("hwdownload", "")
        )
        self.grab(self._place)  # fails now if it ever does

    def grab(self, part: Rectangle) -> bytearray:
        """CaptureFailedError when the monitor is another one, or the system has taken it back."""
        if part != self._place:
            raise CaptureFailedError("screen-unreadable", "the monitors have changed")
        return self._source.picture(part.width, part.height)

    def close(self) -> None:
        self._source.close()


class Filtered:
    """Pictures that a source of FFmpeg's makes, through filters."""

    def __init__(self, source: str, options: str, *filters: tuple[str, str]) -> None:
        """Each filter with its options."""
        with _failures_named():
            graph = Graph()
            last = graph.add(source, options)
            for name, given in (*filters, ("format", "pix_fmts=bgra")):
                following = graph.add(name, given)
                last.link_to(following)
                last = following
            last.link_to(graph.add("buffersink"))
            graph.configure()
        self._graph: Graph | None = graph

    def picture(self, width: int, height: int) -> bytearray:
        """The next one, B, G, R, unused; CaptureFailedError if it has another size."""
        if self._graph is None:
            raise CaptureFailedError("screen-unreadable", "closed")
        with _failures_named():
            frame = self._graph.vpull()
        if (frame.width, frame.height) != (width, height):
            raise CaptureFailedError("screen-unreadable", "a picture of another size")
        return _packed(frame)

    def close(self) -> None:
        """FFmpeg lets go of it when nobody holds it any more."""
        self._graph = None


def _packed(frame: VideoFrame) -> bytearray:
    """Without what FFmpeg leaves at the end of each row."""
    (plane,) = frame.planes
    rows = memoryview(plane)
    row_bytes = frame.width * _BYTES_A_PIXEL
    if plane.line_size == row_bytes:
        return bytearray(rows[: row_bytes * frame.height])
    pixels = bytearray(row_bytes * frame.height)
    for row in range(frame.height):
        start = row * plane.line_size
        pixels[row * row_bytes : (row + 1) * row_bytes] = rows[start : start + row_bytes]
    return pixels


@contextmanager
def _failures_named() -> Iterator[None]:
    """What FFmpeg and PyAV raise, a filter that is not there among it, is a failure of ours."""
    try:
        yield
    except (av.FFmpegError, ValueError, OSError) as error:
        raise CaptureFailedError("screen-unreadable", str(error)) from error
