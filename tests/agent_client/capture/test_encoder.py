"""The encoder: right colours, odd sizes, and only what changed is converted."""

from __future__ import annotations

import random

import av
import pytest

from agent_client.capture import fmp4
from agent_client.capture.changes import changed_bands
from agent_client.capture.encoder import Encoder
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.fmp4 import Sample
from agent_client.capture.screen import Picture
from agent_client.capture.slate import slate
from contract.manifest import Canvas
from tests.agent_client.capture.staging import Frame, frames_of

# Red, green, blue as they are shown; the encoder is handed B, G, R.
_COLOURS = [
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
    (0, 0, 0),
    (128, 128, 128),
    (255, 200, 0),
    (30, 60, 90),
]


def _plain(width: int, height: int, colour: tuple[int, int, int]) -> Picture:
    red, green, blue = colour
    return Picture(width, height, bytearray(bytes([blue, green, red, 0]) * (width * height)))


def _encoder(width: int, height: int) -> Encoder:
    return Encoder(width, height, frames_per_second=5, quantiser=24)


def _shown(encoder: Encoder, *samples: Sample) -> list[Frame]:
    head = fmp4.head(encoder.width, encoder.height, encoder.sps, encoder.pps)
    return frames_of(head + fmp4.fragment(1, samples, samples[-1].at + 1))


@pytest.mark.parametrize("colour", _COLOURS)
def test_a_plain_colour_comes_back(colour: tuple[int, int, int]) -> None:
    encoder = _encoder(64, 48)
    (frame,) = _shown(encoder, encoder.encode(_plain(64, 48, colour), 0, key=True))
    assert frame.is_about(colour, (30, 30))


def test_the_stream_says_bt709_limited_main_profile() -> None:
    encoder = _encoder(64, 48)
    sample = encoder.encode(_plain(64, 48, (1, 2, 3)), 0, key=True)
    head = fmp4.head(64, 48, encoder.sps, encoder.pps)
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = head[head.index(b"avcC") + 4 : head.index(b"colr") - 4]
    frames = decoder.decode(av.Packet(sample.data)) + decoder.decode(None)
    assert (frames[0].colorspace, frames[0].color_range) == (1, 1)
    assert decoder.profile == "Main"


def test_odd_sides_are_padded_not_cropped() -> None:
    encoder = _encoder(66, 50)
    picture = _plain(65, 49, (255, 255, 255))
    (frame,) = _shown(encoder, encoder.encode(picture, 0, key=True))
    assert (frame.width, frame.height) == (66, 50)
    assert frame.is_about((255, 255, 255), (60, 46))
    assert max(frame.pixel(65, 20)) < 128


def test_only_changed_bands_are_converted_and_the_picture_is_whole() -> None:
    width, height = 96, 100
    encoder = _encoder(width, height)
    chance = random.Random(7)  # noqa: S311 - a picture, no secret
    before = Picture(width, height, bytearray(chance.randbytes(4) * (width * height)))
    after = Picture(width, height, bytearray(before.pixels))
    for row in (40, 99):
        start = row * width * 4
        after.pixels[start : start + width * 4] = bytes([0, 0, 255, 0]) * width
    bands = changed_bands(before.pixels, after.pixels, width * 4)
    assert bands == [1, 3]
    banded = [
        encoder.encode(before, 0, key=True),
        encoder.encode(after, 1, bands=bands),
    ]
    whole_encoder = _encoder(width, height)
    whole = [
        whole_encoder.encode(before, 0, key=True),
        whole_encoder.encode(after, 1),
    ]
    assert _shown(encoder, *banded) == _shown(whole_encoder, *whole)


def test_a_slate_between_does_not_spoil_the_next_picture() -> None:
    encoder = _encoder(64, 64)
    red, blue = _plain(64, 64, (255, 0, 0)), _plain(64, 64, (0, 0, 255))
    half = Picture(64, 64, red.pixels[: 32 * 256] + blue.pixels[32 * 256 :])
    first = encoder.encode(red, 0, key=True)
    between = encoder.encode_planes(slate(Canvas(64, 64, ())), 1)
    last = encoder.encode(half, 2, bands=[1])
    frames = _shown(encoder, first, between, last)
    assert frames[2].is_about((255, 0, 0), (20, 20))
    assert frames[2].is_about((0, 0, 255), (20, 50))


def test_a_repeated_picture_is_tiny_and_the_same() -> None:
    encoder = _encoder(64, 64)
    first = encoder.encode(_plain(64, 64, (9, 99, 199)), 0, key=True)
    again = encoder.repeat(5)
    assert len(again.data) < 64
    assert not again.key
    one, other = _shown(encoder, first, again)
    assert one.rgb == other.rgb


def test_a_forced_key_picture_is_an_idr() -> None:
    encoder = _encoder(64, 64)
    plain = _plain(64, 64, (1, 1, 1))
    samples = [encoder.encode(plain, 0, key=True), encoder.encode(plain, 1)]
    samples.append(encoder.encode(plain, 2, key=True))
    kinds = [_nal_kinds(sample.data) for sample in samples]
    assert [sample.key for sample in samples] == [True, False, True]
    assert [5 in kind for kind in kinds] == [True, False, True]


def _nal_kinds(data: bytes) -> set[int]:
    kinds = set()
    while data:
        length = int.from_bytes(data[:4])
        kinds.add(data[4] & 31)
        data = data[4 + length :]
    return kinds


def test_every_encoder_of_one_canvas_has_the_same_parameter_sets() -> None:
    one, other = _encoder(64, 48), _encoder(64, 48)
    assert (one.sps, one.pps) == (other.sps, other.pps)


def test_what_cannot_be_encoded_says_so() -> None:
    with pytest.raises(CaptureFailedError, match="encoder-failed"):
        _encoder(63, 48)
