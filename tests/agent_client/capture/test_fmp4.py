"""The MP4 writer, read back by libav and box by box."""

from __future__ import annotations

import io
import struct

import av

from agent_client.capture import fmp4
from agent_client.capture.encoder import Encoder
from agent_client.capture.fmp4 import Sample
from tests.agent_client.capture.staging import plain_picture


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while data:
        size = int.from_bytes(data[:4])
        assert 8 <= size <= len(data)
        found.append((data[4:8], data[8:size]))
        data = data[size:]
    return found


def _encoded(times: list[int]) -> tuple[bytes, list[Sample]]:
    encoder = Encoder(32, 32, frames_per_second=5, quantiser=24)
    samples = [
        encoder.encode(plain_picture(32, 32, (at % 251,) * 3).frame, at, key=at == times[0])
        for at in times
    ]
    return fmp4.head(32, 32, encoder.sps, encoder.pps), samples


def test_every_fragment_keeps_its_own_time_whatever_lies_between() -> None:
    head, samples = _encoded([0, 1, 700, 60_000, 60_001])
    film = head + fmp4.fragment(1, samples[:2], 400) + fmp4.fragment(2, samples[2:], 60_500)
    with av.open(io.BytesIO(film), "r") as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert str(packets[0].time_base) == "1/1000"
    assert [packet.pts for packet in packets] == [0, 1, 700, 60_000, 60_001]
    assert [packet.is_keyframe for packet in packets] == [True, False, False, False, False]
    assert [bytes(packet) for packet in packets] == [sample.data for sample in samples]
    assert packets[-1].duration == 499


def test_the_head_says_what_it_is() -> None:
    head, _ = _encoded([0])
    kinds = [kind for kind, _ in _boxes(head)]
    assert kinds == [b"ftyp", b"moov"]
    with av.open(io.BytesIO(head + fmp4.fragment(1, _encoded([0])[1], 1)), "r") as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 32, 32)


def test_a_fragment_is_moof_then_mdat_and_points_into_it() -> None:
    _, samples = _encoded([0, 200])
    fragment = fmp4.fragment(7, samples, 300)
    (first, moof), (second, mdat) = _boxes(fragment)
    assert (first, second) == (b"moof", b"mdat")
    assert mdat == b"".join(sample.data for sample in samples)
    trun = moof[moof.index(b"trun") :]
    (offset,) = struct.unpack(">i", trun[12:16])
    assert fragment[offset:] == mdat


def test_only_a_key_picture_is_told_as_a_place_to_start() -> None:
    """Two flags of ISO/IEC 14496-12, 8.8.3.1: depends on others or on none, and no sync sample."""
    _, samples = _encoded([0, 200, 300])
    fragment = fmp4.fragment(1, samples, 400)
    run = fragment[fragment.index(b"trun") + 16 :]
    flags = [flag for _, _, flag in struct.iter_unpack(">3I", run[: 3 * 12])]
    assert flags == [0x0200_0000, 0x0101_0000, 0x0101_0000]


def test_colours_are_told_as_bt_709_in_limited_range() -> None:
    head, _ = _encoded([0])
    assert head[head.index(b"colr") + 4 :][:11] == b"nclx\0\1\0\1\0\1\0"


def test_the_last_picture_lasts_at_least_a_unit() -> None:
    _, samples = _encoded([5])
    with av.open(io.BytesIO(_encoded([5])[0] + fmp4.fragment(1, samples, 0)), "r") as container:
        (packet,) = [packet for packet in container.demux(video=0) if packet.size]
    assert packet.duration == 1
