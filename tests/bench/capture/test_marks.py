"""The number in the picture."""

from itertools import pairwise

import av
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from bench.capture import marks

_NUMBERS = st.integers(0, 2**marks.BITS - 1)


def _row(number: int, block: int = marks.BLOCK) -> bytes:
    return bytes(luma for lit in marks.lit(number) for luma in [235 if lit else 16] * block)


@given(_NUMBERS, st.sampled_from([marks.BLOCK, marks.BLOCK // 2]))
def test_a_number_is_read_as_it_was_shown_also_at_half_the_size(number: int, block: int) -> None:
    row = _row(number, block)
    assert marks.read(memoryview(row * block), len(row), block=block) == number


def test_one_block_alone_changes_from_number_to_number() -> None:
    for before, after in pairwise(map(marks.lit, range(2000))):
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_a_picture_without_a_strip_has_no_number() -> None:
    width = marks.BLOCK * marks.BLOCKS
    for luma in (b"\x10", b"\xeb"):
        assert marks.read(memoryview(luma * width * marks.BLOCK), width) is None


def test_a_number_survives_a_coarse_encoder() -> None:
    width = marks.BLOCK * marks.BLOCKS
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, 64, "yuv420p"
    encoder.options = {"preset": "ultrafast", "qp": "40", "tune": "zerolatency"}
    frame = VideoFrame(width, 64, "yuv420p")
    row = _row(21_845).ljust(frame.planes[0].line_size, b"\x10")
    frame.planes[0].update(row * 64)
    for plane in frame.planes[1:]:
        plane.update(b"\x80" * plane.buffer_size)
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    decoder = av.CodecContext.create("h264", "r")
    seen = [one for packet in [*packets, None] for one in decoder.decode(packet)]
    plane = seen[0].planes[0]
    assert marks.read(memoryview(plane), plane.line_size) == 21_845
