"""The encoder: what the stream says of itself, and what a picture becomes."""

from __future__ import annotations

import random

import av
import pytest
from av.video.frame import VideoFrame

from agent_client.capture import fmp4
from agent_client.capture.encoder import Encoder
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.fmp4 import Sample
from agent_client.capture.picture import drawn
from agent_client.capture.slate import slate
from contract.manifest import Canvas
from tests.agent_client.capture.staging import Frame, frames_of, plain_picture

RED, BLUE = (255, 0, 0), (0, 0, 255)


def _plain(width: int, height: int, colour: tuple[int, int, int]) -> VideoFrame:
    return plain_picture(width, height, colour).frame


def _encoder(width: int, height: int, quantiser: int = 24) -> Encoder:
    return Encoder(width, height, frames_per_second=5, quantiser=quantiser)


def _shown(encoder: Encoder, *samples: Sample) -> list[Frame]:
    head = fmp4.head(encoder.width, encoder.height, encoder.sps, encoder.pps)
    return frames_of(head + fmp4.fragment(1, samples, samples[-1].at + 1))


def test_the_stream_says_bt709_limited_and_a_profile_that_every_browser_plays() -> None:
    encoder = _encoder(64, 48)
    sample = encoder.encode(_plain(64, 48, (1, 2, 3)), 0, key=True)
    head = fmp4.head(64, 48, encoder.sps, encoder.pps)
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = head[head.index(b"avcC") + 4 : head.index(b"colr") - 4]
    frames = decoder.decode(av.Packet(sample.data)) + decoder.decode(None)
    assert (frames[0].colorspace, frames[0].color_range) == (1, 1)
    assert decoder.profile == "Constrained Baseline"


def test_a_slate_between_does_not_spoil_the_next_picture() -> None:
    encoder = _encoder(64, 64)
    frozen = drawn(slate(Canvas(64, 64, ())), 64, 64)
    frames = _shown(
        encoder,
        encoder.encode(_plain(64, 64, RED), 0, key=True),
        encoder.encode(frozen, 1, key=True),
        encoder.encode(_plain(64, 64, BLUE), 2),
    )
    assert frames[0].is_about(RED)
    assert frames[2].is_about(BLUE)


def test_the_same_picture_again_is_tiny_and_the_same() -> None:
    encoder = _encoder(64, 64)
    picture = _plain(64, 64, (9, 99, 199))
    first, again = encoder.encode(picture, 0, key=True), encoder.encode(picture, 5)
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
    sets = {(one.sps, one.pps) for one in (_encoder(64, 48, number) for number in range(18, 52))}
    assert len(sets) == 1


def test_a_coarser_encoder_takes_over_in_the_middle_of_a_segment() -> None:
    fine, coarse = _encoder(64, 64, 20), _encoder(64, 64, 40)
    chance = random.Random(7)  # noqa: S311 - a picture, no secret
    noise = VideoFrame(64, 64, "yuv420p")
    for plane in noise.planes:
        plane.update(chance.randbytes(plane.buffer_size))
    red, blue = _plain(64, 64, RED), _plain(64, 64, BLUE)
    samples = [
        fine.encode(red, 0, key=True),
        fine.encode(noise, 1),
        coarse.encode(blue, 2, key=True),
        coarse.encode(noise, 3),
        fine.encode(red, 4, key=True),
        fine.encode(blue, 5),
    ]
    frames = _shown(fine, *samples)
    assert [frame.key for frame in frames] == [True, False, True, False, True, False]
    assert frames[2].is_about(BLUE)
    assert frames[4].is_about(RED)
    assert frames[5].is_about(BLUE)
    assert len(samples[3].data) < len(samples[1].data)


def test_what_cannot_be_encoded_says_so() -> None:
    with pytest.raises(CaptureFailedError, match="encoder-failed"):
        _encoder(63, 48)
