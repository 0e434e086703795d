"""The contact sheet: sixteen pictures of a film on one, each with its time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

import av
from PIL import Image, ImageDraw, ImageFont

from central.core.marks import MarkKind
from central.core.timeline import Timeline

COLUMNS = 4
ROWS = 4
_WIDTH = 480  # pixels, of one picture
_GAP = 8
_PAPER = (17, 20, 26)
_INK = (238, 241, 246)
_PAUSED = (255, 196, 87)
_TYPE = 22  # pixels
_SECOND = timedelta(seconds=1)


def contact_sheet(film: BinaryIO, timeline: Timeline) -> bytes:
    """A PNG. The film must have pictures."""
    font = ImageFont.load_default(_TYPE)
    sheet: Image.Image | None = None
    for place, (at, picture) in enumerate(_sixteen(film, timeline.length)):
        width, height = picture.size
        if sheet is None:
            sheet = Image.new(
                "RGB",
                (COLUMNS * (width + _GAP) + _GAP, ROWS * (height + _GAP) + _GAP),
                _PAPER,
            )
        left = _GAP + place % COLUMNS * (width + _GAP)
        top = _GAP + place // COLUMNS * (height + _GAP)
        sheet.paste(picture, (left, top))
        _label(ImageDraw.Draw(sheet), (left, top + height), font, at, timeline)
    if sheet is None:
        raise ValueError("a film without pictures has no contact sheet")
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=False)
    return file.getvalue()


def _sixteen(film: BinaryIO, length: timedelta) -> Iterator[tuple[timedelta, Image.Image]]:
    """The picture that stands at the middle of each sixteenth of the film."""
    count = COLUMNS * ROWS
    with av.open(film, mode="r", format="mp4") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = stream.time_base
        if base is None:
            raise ValueError("a film without time")
        for number in range(count):
            at = length * (2 * number + 1) / (2 * count)
            target = int(at / _SECOND / base)
            container.seek(target, stream=stream)  # to the key frame before it
            held = None
            for frame in container.decode(stream):
                if held is not None and frame.pts is not None and frame.pts > target:
                    break
                held = frame
            if held is not None:
                high = round(held.height * _WIDTH / held.width)
                yield at, _image(held, high)


def _image(frame: av.VideoFrame, high: int) -> Image.Image:
    small = frame.reformat(width=_WIDTH, height=high, format="rgb24")
    plane = small.planes[0]
    return Image.frombuffer("RGB", (_WIDTH, high), bytes(plane), "raw", "RGB", plane.line_size, 1)


def _label(
    pen: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    at: timedelta,
    timeline: Timeline,
) -> None:
    paused = any(
        mark.kind is MarkKind.PAUSED and mark.at <= at < mark.at + mark.length
        for mark in timeline.marks
    )
    minutes, seconds = divmod(int(at / _SECOND), 60)
    text = f"{minutes}:{seconds:02}" + ("  paused" if paused else "")
    left, top, right, bottom = pen.textbbox((corner[0] + 16, corner[1] - 34), text, font=font)
    pen.rounded_rectangle((left - 8, top - 6, right + 8, bottom + 6), radius=6, fill=_PAPER)
    pen.text((corner[0] + 16, corner[1] - 34), text, font=font, fill=_PAUSED if paused else _INK)
