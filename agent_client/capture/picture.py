"""The desktop's picture as the encoder takes it: planes, kept, and mended patch by patch.

Converting costs more than all else but encoding, so only what was told is converted, and only what
differs from what is there counts as a change: systems often tell of what looks the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Patch, Rectangle

_BYTES_A_PIXEL = 4
_STRIP_ROWS = 32  # even, for 4:2:0; so few that a strip stays in the processor's cache
_SPARE_ROWS = 4  # swscale rounds the last rows otherwise, so they are none of the picture's
_CONVERTERS = 6  # kept, of strips of as many widths: up to 0.4 MB each, and 0.1 ms to make anew
_BLACK = (16, 128, 128)  # Y, Cb, Cr, limited range


@dataclass(frozen=True, slots=True)
class Planes:
    """A drawn picture: luma, and chroma at half the size, no padding."""

    luma: bytes
    blue: bytes
    red: bytes


class Picture:
    """What the canvas shows. Its sides are even; black until something is shown."""

    def __init__(self, width: int, height: int) -> None:
        self.frame = VideoFrame(width, height, "yuv420p")
        self._converters: OrderedDict[tuple[int, int], _Converter] = OrderedDict()
        self._scaler: _Scaler | None = None
        self._place = Rectangle(0, 0, width, height)
        self._size = width, height  # of the desktop
        self._lit = 0  # a byte of the luma that had light when it was last looked for
        _blacken(self.frame)

    def show(self, width: int, height: int, place: Rectangle) -> None:
        """From now on patches are of a desktop of this size, drawn there; all else is black.

        A place of another size than the desktop's: it is scaled.
        """
        self.frame.make_writable()
        _blacken(self.frame)
        self._place = place
        self._size = width, height
        self._scaler = None
        if (place.width, place.height) != (width, height):
            self._scaler = _Scaler(width, height, place)

    def update(self, patches: Iterable[Patch]) -> bool:
        """Take in how these parts look now; whether any byte has changed."""
        patches = list(patches)
        for patch in patches:
            self._check(patch.place)
        self.frame.make_writable()  # the encoder may still hold the last one
        if self._scaler is not None:
            scaled = self._scaler.scaled(patches)
            return scaled is not None and _mended(self.frame, scaled, self._place)
        changed = False
        for patch in patches:
            place, row = patch.place, patch.place.width * _BYTES_A_PIXEL
            pixels = memoryview(patch.pixels)
            for top in range(0, place.height, _STRIP_ROWS):
                rows = min(_STRIP_ROWS, place.height - top)
                strip = self._converter(place.width, rows).converted(
                    pixels[top * row : (top + rows) * row]
                )
                left, down = self._place.left + place.left, self._place.top + place.top + top
                into = Rectangle(left, down, *_even(place.width, rows))
                changed = _mended(self.frame, strip, into) or changed
        return changed

    @property
    def scaled(self) -> bool:
        """Whether the desktop is drawn in another size than its own."""
        return self._scaler is not None

    def _check(self, place: Rectangle) -> None:
        """What lies outside of the desktop would be written outside of the picture's memory."""
        right, bottom = place.left + place.width, place.top + place.height
        width, height = self._size
        if min(place.left, place.top) < 0 or right > width or bottom > height:
            raise CaptureFailedError("screen-unreadable", f"{place} is not of this desktop")

    def black(self) -> bool:
        """Whether no point has any light."""
        luma = memoryview(self.frame.planes[0]).cast("B")
        if luma[self._lit] > _BLACK[0]:
            return False
        dark = bytes(luma).translate(None, bytes(range(_BLACK[0] + 1)))
        if dark:
            self._lit = bytes(luma).index(dark[:1])
        return not dark

    def _converter(self, width: int, rows: int) -> _Converter:
        size = width, rows
        if size not in self._converters:
            if len(self._converters) == _CONVERTERS:
                self._converters.popitem(last=False)
            self._converters[size] = _Converter(*size, spare=_SPARE_ROWS)
        self._converters.move_to_end(size)
        return self._converters[size]


def drawn(planes: Planes, width: int, height: int) -> VideoFrame:
    """A drawn picture as the encoder takes it."""
    frame = VideoFrame(width, height, "yuv420p")
    for plane, content in zip(frame.planes, (planes.luma, planes.blue, planes.red), strict=True):
        _fill(plane, memoryview(content), plane.width)
    return frame


class _Converter:
    """Turns B, G, R, unused of one size into planes; keeps its buffers.

    Odd sides are padded with what is beside them: it shares its chroma.
    """

    def __init__(
        self, width: int, height: int, to: tuple[int, int] | None = None, *, spare: int = 0
    ) -> None:
        """`to`: the size of the planes, if they are to be scaled; `spare` rows come below."""
        self._row = width * _BYTES_A_PIXEL
        self._size = width, height
        self._reformatter = VideoReformatter()
        even_width, even_height = _even(width, height)
        self.source = VideoFrame(even_width, even_height + spare, "bgra")
        self._to = to or (self.source.width, self.source.height)
        for plane in self.source.planes:
            plane.update(bytes(plane.buffer_size))

    def converted(self, pixels: memoryview) -> VideoFrame:
        """All rows, without padding. What is returned holds until the next call."""
        _fill(self.source.planes[0], pixels, self._row)
        return self.turned()

    def turned(self) -> VideoFrame:
        """What is in `source` now."""
        self._pad()
        # AREA averages chroma best: coloured text stays legible.
        return self._reformatter.reformat(
            self.source,
            *self._to,
            "yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.AREA,
            threads=1,
        )

    def _pad(self) -> None:
        plane, (width, height) = self.source.planes[0], self._size
        rows, line = memoryview(plane).cast("B"), plane.line_size
        if width % 2:
            for end in range(self._row, height * line, line):
                rows[end : end + _BYTES_A_PIXEL] = rows[end - _BYTES_A_PIXEL : end]
        if height % 2:
            end = height * line
            rows[end : end + line] = rows[end - line : end]


class _Scaler:
    """A desktop of another size than its place on the canvas: kept as it is, scaled whole."""

    def __init__(self, width: int, height: int, place: Rectangle) -> None:
        self._converter = _Converter(width, height, (place.width, place.height))

    def scaled(self, patches: Iterable[Patch]) -> VideoFrame | None:
        """The whole desktop in the size of its place; None: there is nothing new."""
        plane = self._converter.source.planes[0]
        target = memoryview(plane).cast("B")
        any_patch = False
        for patch in patches:
            any_patch = True
            place, row = patch.place, patch.place.width * _BYTES_A_PIXEL
            pixels = memoryview(patch.pixels)
            start = place.top * plane.line_size + place.left * _BYTES_A_PIXEL
            for number in range(place.height):
                into = start + number * plane.line_size
                target[into : into + row] = pixels[number * row : (number + 1) * row]
        return self._converter.turned() if any_patch else None


def _mended(kept: VideoFrame, new: VideoFrame, place: Rectangle) -> bool:
    """Put one picture into another, at a place with even sides; whether that changed a byte."""
    changed = False
    for target, source in zip(kept.planes, new.planes, strict=True):
        half = kept.width // target.width
        width, rows = place.width // half, place.height // half
        into = place.top // half * target.line_size + place.left // half
        if target.line_size == target.width == width == source.line_size:
            width, rows = width * rows, 1  # as wide as the canvas: in one go
        shown = memoryview(target).cast("B")
        # Slices of views are copied, and bytes compared, faster than by any call of C's own.
        content = bytes(source) if not changed else b""
        view = memoryview(source).cast("B")
        out_of = 0
        for _ in range(rows):
            if changed or not content.startswith(
                shown[into : into + width], out_of, out_of + width
            ):
                changed = True
                shown[into : into + width] = view[out_of : out_of + width]
            into += target.line_size
            out_of += source.line_size
    return changed


def _fill(plane: VideoPlane, content: memoryview, row: int) -> None:
    """Copy rows of so many bytes into a plane whose lines may be longer."""
    target = memoryview(plane).cast("B")
    if plane.line_size == row:
        target[: len(content)] = content
        return
    for number in range(len(content) // row):
        start = number * plane.line_size
        target[start : start + row] = content[number * row : (number + 1) * row]


def _blacken(frame: VideoFrame) -> None:
    for plane, black in zip(frame.planes, _BLACK, strict=True):
        plane.update(bytes([black]) * plane.buffer_size)


def _even(width: int, height: int) -> tuple[int, int]:
    return width + width % 2, height + height % 2
