from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.media.opening import prove
from contract.envelope import EnvelopeError, Recipient, Sealer, TamperedError, WrongKeyError

KEY = X25519PrivateKey.generate()
KEYS = {"k": KEY}


def _sealed(*pieces: bytes, final: bool = True) -> bytes:
    sealer = Sealer({}, [Recipient("k", KEY.public_key().public_bytes_raw())], bytes(32))
    body = b"".join(sealer.seal(piece) for piece in pieces)
    return sealer.header + body + (sealer.seal(b"", final=True) if final else b"")


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "000.seg"
    path.write_bytes(content)
    return path


def test_a_whole_file_is_proved(tmp_path: Path) -> None:
    content = _sealed(b"abc", b"de")
    proof = prove(_file(tmp_path, content), KEYS)
    assert (proof.size_bytes, proof.content_bytes) == (len(content), 5)


def test_every_byte_counts(tmp_path: Path) -> None:
    content = _sealed(b"abc", b"de")
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(EnvelopeError):
            prove(_file(tmp_path, bytes(changed)), KEYS)


def test_a_cut_file_is_refused_wherever_it_was_cut(tmp_path: Path) -> None:
    content = _sealed(b"abc", b"de")
    for length in range(len(content)):
        with pytest.raises(EnvelopeError):
            prove(_file(tmp_path, content[:length]), KEYS)


def test_a_file_cut_between_frames_is_taken_if_that_is_allowed(tmp_path: Path) -> None:
    torn = _sealed(b"abc", b"de", final=False)
    assert prove(_file(tmp_path, torn), KEYS, may_be_cut=True).content_bytes == 5
    for rest in (b"x", b"xxxxxxxxxxxxxxxxxxxxx"):
        with pytest.raises(TamperedError):
            prove(_file(tmp_path, torn + rest), KEYS, may_be_cut=True)


def test_frames_after_the_last_one_are_refused(tmp_path: Path) -> None:
    content = _sealed(b"abc")
    with pytest.raises(TamperedError):
        prove(_file(tmp_path, content + content[-24:]), KEYS)


def test_a_stranger_opens_nothing(tmp_path: Path) -> None:
    path = _file(tmp_path, _sealed(b"abc"))
    with pytest.raises(WrongKeyError):
        prove(path, {"k": X25519PrivateKey.generate()})
    with pytest.raises(WrongKeyError):
        prove(path, {})
