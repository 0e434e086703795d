"""Pictures in, H.264 out: PyAV's libx264, tuned for desktops (docs/design/capture.md).

One encoder serves a whole recording, so SPS and PPS are the same in all its segments. PyAV's types
and errors stop here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.fmp4 import TIMESCALE, Sample
from agent_client.capture.screen import Picture

# A wide search for motion finds text that was scrolled or moved; nothing else pays at 5 pictures a
# second. `annexb=0`: each NAL unit with its length, as MP4 wants them.
_TUNING = (
    "annexb=0:scenecut=0:keyint=infinite:bframes=0:cabac=1:analyse=i4x4:me=umh:merange=128:subme=0"
)
_BYTES_A_PIXEL = 4


@dataclass(frozen=True, slots=True)
class Planes:
    """A picture as the encoder takes it: luma, and chroma at half the size, no padding."""

    luma: bytes
    blue: bytes
    red: bytes


class Encoder:
    """Encodes pictures of one canvas, whose sides are even."""

    def __init__(
        self, width: int, height: int, *, frames_per_second: float, quantiser: int
    ) -> None:
        self.width = width
        self.height = height
        self._converter = VideoReformatter()
        self._desktop: VideoFrame | None = None  # reused for each picture of the same size
        self._last: VideoFrame | None = None
        with _failures_named():
            context = av.CodecContext.create("libx264", "w")
            context.width, context.height, context.pix_fmt = width, height, "yuv420p"
            context.time_base = Fraction(1, TIMESCALE)
            context.framerate = Fraction(frames_per_second).limit_denominator(1000)
            context.thread_count = 1
            context.color_range = ColorRange.MPEG
            context.colorspace = Colorspace.ITU709
            context.color_primaries = ColorPrimaries.BT709
            context.color_trc = ColorTrc.BT709
            context.flags |= Flags.global_header
            context.options = {
                "preset": "ultrafast",
                "tune": "zerolatency",
                "profile": "main",
                "qp": str(quantiser),
                "forced-idr": "1",
                "x264-params": _TUNING,
            }
            context.open()
            self._context = context
            self.sps, self.pps = _parameter_sets(context.extradata or b"")

    def encode(self, picture: Picture, at: int, *, key: bool = False) -> Sample:
        """The desktop's picture; one of another size than the canvas is fitted into it."""
        with _failures_named():
            self._last = self._converted(picture)
            return self._encoded(self._last, at, key=key)

    def repeat(self, at: int) -> Sample:
        """The last desktop picture once more, so that players see time pass."""
        if self._last is None:
            raise CaptureFailedError("encoder-failed", "there is no picture to repeat")
        with _failures_named():
            return self._encoded(self._last, at, key=False)

    def encode_planes(self, planes: Planes, at: int) -> Sample:
        """A drawn picture of the canvas' size, as an IDR."""
        with _failures_named():
            frame = VideoFrame(self.width, self.height, "yuv420p")
            for plane, content in zip(
                frame.planes, (planes.luma, planes.blue, planes.red), strict=True
            ):
                _fill(plane, content, plane.width, plane.height)
            return self._encoded(frame, at, key=True)

    def _converted(self, picture: Picture) -> VideoFrame:
        width, height = picture.width + picture.width % 2, picture.height + picture.height % 2
        desktop = self._desktop
        if desktop is None or (desktop.width, desktop.height) != (width, height):
            desktop = VideoFrame(width, height, "bgra")
            _blacken(desktop)
            self._desktop = desktop
        _fill(desktop.planes[0], picture.pixels, picture.width * _BYTES_A_PIXEL, picture.height)
        if (width, height) == (self.width, self.height):
            return self._reformatted(desktop, width, height)
        scale = min(self.width / width, self.height / height)
        inner = self._reformatted(
            desktop, max(2, int(width * scale) & ~1), max(2, int(height * scale) & ~1)
        )
        return self._letterboxed(inner)

    def _reformatted(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        # AREA averages chroma best: coloured text stays legible.
        return self._converter.reformat(
            frame,
            width,
            height,
            "yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.AREA,
            threads=1,
        )

    def _letterboxed(self, inner: VideoFrame) -> VideoFrame:
        canvas = VideoFrame(self.width, self.height, "yuv420p")
        left, top = (self.width - inner.width) // 4 * 2, (self.height - inner.height) // 4 * 2
        for number, (target, source) in enumerate(zip(canvas.planes, inner.planes, strict=True)):
            half = 1 if number == 0 else 2
            target.update((b"\x10" if number == 0 else b"\x80") * target.buffer_size)
            rows, taken = memoryview(target).cast("B"), memoryview(source).cast("B")
            for row in range(source.height):
                start = (top // half + row) * target.line_size + left // half
                begin = row * source.line_size
                rows[start : start + source.width] = taken[begin : begin + source.width]
        return canvas

    def _encoded(self, frame: VideoFrame, at: int, *, key: bool) -> Sample:
        frame.pts = at
        frame.time_base = Fraction(1, TIMESCALE)
        frame.pict_type = PictureType.I if key else PictureType.NONE
        (packet,) = self._context.encode(frame)
        return Sample(at, bytes(packet), packet.is_keyframe)


def _fill(
    plane: av.video.plane.VideoPlane, content: bytes | bytearray, row: int, rows: int
) -> None:
    """Copy rows of so many bytes into a plane whose lines may be longer."""
    target, source = memoryview(plane).cast("B"), memoryview(content)
    if plane.line_size == row:
        target[: len(source)] = source
        return
    for number in range(rows):
        start = number * plane.line_size
        target[start : start + row] = source[number * row : (number + 1) * row]


def _blacken(frame: VideoFrame) -> None:
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))


def _parameter_sets(configuration: bytes) -> tuple[bytes, bytes]:
    """SPS and PPS out of libav's AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
    start = 8
    end = start + int.from_bytes(configuration[start - 2 : start])
    sps = configuration[start:end]
    start = end + 3
    pps = configuration[start : start + int.from_bytes(configuration[start - 2 : start])]
    if configuration[:1] != b"\x01" or not sps or not pps:
        raise CaptureFailedError("encoder-failed", "no parameter sets")
    return sps, pps


@contextmanager
def _failures_named() -> Iterator[None]:
    try:
        yield
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise CaptureFailedError("encoder-failed", str(error)) from error
