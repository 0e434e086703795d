"""Pictures in, H.264 out: PyAV's libx264, tuned for desktops (docs/design/capture.md).

One encoder serves a whole recording, so SPS and PPS are the same in all its segments. PyAV's types
and errors stop here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.frame import PictureType, VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from agent_client.capture.changes import BAND_ROWS, all_bands
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.fmp4 import TIMESCALE, Sample
from agent_client.capture.screen import Picture

# A wide search for motion finds text that was scrolled or moved; nothing else pays at 5 pictures a
# second. `annexb=0`: each NAL unit with its length, as MP4 wants them.
_TUNING = (
    "annexb=0:scenecut=0:keyint=infinite:bframes=0:cabac=1:analyse=i4x4:me=umh:merange=128:subme=0"
)
_BYTES_A_PIXEL = 4
_BLACK = (16, 128, 128)  # Y, Cb, Cr, limited range


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
        self._bands: dict[int, _Converter] = {}  # by their rows: all but the last have the same
        self._kept: VideoFrame | None = None  # the desktop as planes, updated band by band
        self._last: VideoFrame | None = None  # what was encoded last, slates apart
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

    def encode(
        self, picture: Picture, at: int, *, bands: Sequence[int] | None = None, key: bool = False
    ) -> Sample:
        """The desktop's picture; one of another size than the canvas is fitted into it.

        `bands` differ from the picture encoded last (changes.py); None: all do.
        """
        with _failures_named():
            width, height = picture.width + picture.width % 2, picture.height + picture.height % 2
            if (width, height) == (self.width, self.height):
                kept = self._update(picture, bands)
            else:
                kept = self._letterboxed(self._scaled(picture))
            self._last = kept
            return self._encoded(kept, at, key=key)

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
                _fill(plane, content, plane.width)
            return self._encoded(frame, at, key=True)

    def _update(self, picture: Picture, bands: Sequence[int] | None) -> VideoFrame:
        """Convert what changed into the planes that are kept."""
        kept = self._kept
        if kept is None or bands is None:
            bands = all_bands(self.height)
        if kept is None:
            kept = self._kept = VideoFrame(self.width, self.height, "yuv420p")
        kept.make_writable()
        source = memoryview(picture.pixels)
        row = picture.width * _BYTES_A_PIXEL
        for band in bands:
            top = band * BAND_ROWS
            converted = self._band(min(BAND_ROWS, self.height - top)).converted(
                source[top * row : (top + BAND_ROWS) * row], row
            )
            for target, plane in zip(kept.planes, converted.planes, strict=True):
                start = top * plane.height // converted.height * target.line_size
                _copy(plane, target, start)
        return kept

    def _band(self, rows: int) -> _Converter:
        if rows not in self._bands:
            self._bands[rows] = _Converter(self.width, rows, self.width, rows)
        return self._bands[rows]

    def _scaled(self, picture: Picture) -> VideoFrame:
        scale = min(self.width / picture.width, self.height / picture.height)
        converter = _Converter(
            picture.width,
            picture.height,
            max(2, int(picture.width * scale) & ~1),
            max(2, int(picture.height * scale) & ~1),
        )
        return converter.converted(memoryview(picture.pixels), picture.width * _BYTES_A_PIXEL)

    def _letterboxed(self, inner: VideoFrame) -> VideoFrame:
        canvas = VideoFrame(self.width, self.height, "yuv420p")
        left, top = (self.width - inner.width) // 4 * 2, (self.height - inner.height) // 4 * 2
        for target, source, black in zip(canvas.planes, inner.planes, _BLACK, strict=True):
            target.update(bytes([black]) * target.buffer_size)
            half = inner.width // source.width
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


class _Converter:
    """Turns B, G, R, unused of one size into planes of another; keeps its buffers."""

    def __init__(self, width: int, height: int, to_width: int, to_height: int) -> None:
        self._reformatter = VideoReformatter()
        self._source = VideoFrame(width, height, "bgra")
        _blacken(self._source)
        self._to = (to_width, to_height)

    def converted(self, pixels: memoryview, row: int) -> VideoFrame:
        """These rows, of so many bytes each."""
        _fill(self._source.planes[0], pixels, row)
        # AREA averages chroma best: coloured text stays legible.
        return self._reformatter.reformat(
            self._source,
            *self._to,
            "yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.AREA,
            threads=1,
        )


def _fill(plane: VideoPlane, content: memoryview | bytes, row: int) -> None:
    """Copy rows of so many bytes into a plane whose lines may be longer."""
    target, source = memoryview(plane).cast("B"), memoryview(content)
    if plane.line_size == row:
        target[: len(source)] = source
        return
    for number in range(len(source) // row):
        start = number * plane.line_size
        target[start : start + row] = source[number * row : (number + 1) * row]


def _copy(plane: VideoPlane, target: VideoPlane, start: int) -> None:
    """Copy all rows of a plane into a wider or equal one, from that byte on."""
    rows, source = memoryview(target).cast("B"), memoryview(plane).cast("B")
    if plane.line_size == target.line_size:
        size = plane.line_size * plane.height
        rows[start : start + size] = source[:size]
        return
    for number in range(plane.height):
        begin = number * plane.line_size
        into = start + number * target.line_size
        rows[into : into + plane.width] = source[begin : begin + plane.width]


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
