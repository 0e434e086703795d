from __future__ import annotations

import os
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.envelope import (
    MAGIC,
    MAX_FRAME,
    EnvelopeError,
    Recipient,
    Sealer,
    TamperedError,
    WrongKeyError,
    opened,
    opened_prefix,
    read_header,
    whole_length,
)

KEY = X25519PrivateKey.generate()
KEYS = {"active": KEY}
TO = [Recipient("active", KEY.public_key().public_bytes_raw())]


def sealer(to: list[Recipient] | None = None) -> Sealer:
    return Sealer({"file": "000.seg"}, to or TO, os.urandom(32))


def sealed(*frames: bytes, to: list[Recipient] | None = None) -> list[bytes]:
    """The header, then each frame; the last one is final."""
    writer = sealer(to)
    last = len(frames) - 1
    return [writer.header, *(writer.seal(data, final=i == last) for i, data in enumerate(frames))]


def read(*pieces: bytes) -> list[bytes]:
    return list(opened(BytesIO(b"".join(pieces)), KEYS))


@given(st.lists(st.binary(), min_size=1))
def test_what_is_sealed_opens(frames: list[bytes]) -> None:
    assert read(*sealed(*frames)) == frames


def test_nothing_of_the_plaintext_shows() -> None:
    assert b"card number" not in b"".join(sealed(b"card number" * 100))


def test_any_recipient_can_open() -> None:
    escrow = X25519PrivateKey.generate()
    both = [*TO, Recipient("escrow", escrow.public_key().public_bytes_raw())]
    file = b"".join(sealed(b"data", to=both))
    assert list(opened(BytesIO(file), {"escrow": escrow})) == [b"data"]
    assert read(file) == [b"data"]


def test_a_stranger_cannot_open() -> None:
    file = b"".join(sealed(b"data"))
    for keys in ({}, {"active": X25519PrivateKey.generate()}):
        with pytest.raises(WrongKeyError):
            list(opened(BytesIO(file), keys))


def test_a_key_shorter_than_promised_is_refused() -> None:
    weak = Sealer({}, TO, os.urandom(16))
    with pytest.raises(EnvelopeError, match="16 bytes"):
        read(weak.header, weak.seal(b"data", final=True))


def test_a_header_of_endless_depth_is_refused() -> None:
    deep = b"[" * 60_000
    head = MAGIC + len(deep).to_bytes(4) + deep + (2).to_bytes(4) + b"[]"
    with pytest.raises(EnvelopeError):
        read_header(BytesIO(head))


@given(st.data())
def test_any_changed_bit_shows(data: st.DataObject) -> None:
    file = bytearray(b"".join(sealed(b"first", b"second", b"")))
    bit = data.draw(st.integers(0, len(file) * 8 - 1))
    file[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeError):
        read(bytes(file))


@given(st.data())
def test_a_cut_file_shows_and_its_whole_frames_still_open(data: st.DataObject) -> None:
    pieces = sealed(b"first", b"second", b"third")
    file = b"".join(pieces)
    cut = file[: data.draw(st.integers(0, len(file) - 1))]
    with pytest.raises(EnvelopeError):
        read(cut)
    whole = whole_length(BytesIO(cut))
    ends = [len(b"".join(pieces[: n + 1])) for n in range(len(pieces))]
    assert whole == max([end for end in ends if end <= len(cut)], default=0)
    if whole:
        prefix = list(opened_prefix(BytesIO(cut), KEYS))
        assert prefix == [b"first", b"second", b"third"][: ends.index(whole)]


def test_frames_cannot_be_dropped_swapped_or_repeated() -> None:
    header, one, two, three = sealed(b"1", b"2", b"3")
    for wrong in ((one, three), (two, one, three), (one, one, two, three), (one, two)):
        with pytest.raises(TamperedError):
            read(header, *wrong)


def test_a_frame_of_another_file_does_not_open() -> None:
    header, _ = sealed(b"mine")
    _, foreign = sealed(b"other")
    with pytest.raises(TamperedError):
        read(header, foreign)


def test_nothing_follows_the_final_frame() -> None:
    header, frame = sealed(b"end")
    with pytest.raises(TamperedError, match="after the final"):
        read(header, frame, frame)
    writer = sealer()
    writer.seal(b"", final=True)
    with pytest.raises(ValueError, match="closed"):
        writer.seal(b"more")


def test_the_key_can_be_wrapped_anew_without_touching_a_frame() -> None:
    first, then = sealed(b"data"), X25519PrivateKey.generate()
    dek = os.urandom(32)
    old = Sealer({"file": "000.seg"}, TO, dek)
    new = Sealer(
        {"file": "000.seg"}, [Recipient("next", then.public_key().public_bytes_raw())], dek
    )
    frame = old.seal(b"data", final=True)
    assert list(opened(BytesIO(new.header + frame), {"next": then})) == [b"data"]
    assert first[0] != old.header


def test_a_file_for_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="no recipient"):
        Sealer({}, [], os.urandom(32))


def test_a_frame_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        sealer().seal(bytes(MAX_FRAME + 1))


@given(st.binary(max_size=200))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_header(BytesIO(b"TWREEL01" + rubbish))
    assert whole_length(BytesIO(rubbish)) == 0
