"""Sealed files that can be read at any place, and tell when they were changed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.media.vault import FRAME, Vault, VaultStream, seal
from contract.envelope import EnvelopeError, TamperedError, WrongKeyError, opened
from tests.central.media.calls import Lock

CONTENT = bytes(range(256)) * 1000  # almost four frames


@pytest.fixture(scope="module")
def lock() -> Lock:
    return Lock()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, lock: Lock) -> Path:
    path = tmp_path_factory.mktemp("vault") / "film.sealed"
    pieces = [CONTENT[at : at + 7001] for at in range(0, len(CONTENT), 7001)]
    seal(path, pieces, {"kind": "film"}, lock.recipients)
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(CONTENT) + 10), st.integers(0, len(CONTENT) + 10))
def test_any_range_is_exactly_that_part(path: Path, lock: Lock, start: int, end: int) -> None:
    with Vault(path, lock.keys) as vault:
        assert b"".join(vault.read_range(start, end)) == CONTENT[start:end]


def test_it_is_an_ordinary_sealed_file_as_well(path: Path, lock: Lock) -> None:
    with path.open("rb") as file:
        assert b"".join(opened(file, lock.keys)) == CONTENT


@pytest.mark.parametrize("length", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME])
def test_every_length_comes_back(tmp_path: Path, lock: Lock, length: int) -> None:
    sealed = seal(tmp_path / "x", [b"a" * length], {}, lock.recipients)
    assert sealed.content_bytes == length
    assert sealed.size_bytes == (tmp_path / "x").stat().st_size
    with Vault(tmp_path / "x", lock.keys) as vault:
        assert vault.size == length
        assert b"".join(vault.read_range(0, length)) == b"a" * length


def test_a_file_that_was_cut_does_not_open(path: Path, lock: Lock, tmp_path: Path) -> None:
    data = path.read_bytes()
    for kept in (len(data) - 1, len(data) - 100_000):
        (tmp_path / "cut").write_bytes(data[:kept])
        with pytest.raises(TamperedError):
            Vault(tmp_path / "cut", lock.keys)


def test_a_file_cut_at_the_end_of_a_frame_does_not_open(
    path: Path, lock: Lock, tmp_path: Path
) -> None:
    last = len(CONTENT) % FRAME + 24
    (tmp_path / "cut").write_bytes(path.read_bytes()[:-last])
    with pytest.raises(TamperedError):
        Vault(tmp_path / "cut", lock.keys)


def test_a_changed_byte_shows_where_it_stands_and_nowhere_else(
    path: Path, lock: Lock, tmp_path: Path
) -> None:
    data = bytearray(path.read_bytes())
    data[-len(CONTENT) % FRAME - 100_000] ^= 1
    (tmp_path / "changed").write_bytes(data)
    with Vault(tmp_path / "changed", lock.keys) as vault:
        assert b"".join(vault.read_range(0, 10)) == CONTENT[:10]
        with pytest.raises(TamperedError):
            b"".join(vault.read_range(0, len(CONTENT)))


def test_frames_that_changed_places_do_not_open(path: Path, lock: Lock, tmp_path: Path) -> None:
    data = path.read_bytes()
    stored = FRAME + 24
    header = len(data) - (len(CONTENT) % FRAME + 24) - 3 * stored
    swapped = (
        data[:header]
        + data[header + stored : header + 2 * stored]
        + data[header : header + stored]
        + data[header + 2 * stored :]
    )
    (tmp_path / "swapped").write_bytes(swapped)
    with Vault(tmp_path / "swapped", lock.keys) as vault, pytest.raises(TamperedError):
        next(vault.read_range(0, 1))


def test_another_key_opens_nothing(path: Path) -> None:
    with pytest.raises(WrongKeyError):
        Vault(path, Lock().keys)


def test_what_is_no_sealed_file_is_an_error(tmp_path: Path, lock: Lock) -> None:
    (tmp_path / "x").write_bytes(b"nonsense")
    with pytest.raises(EnvelopeError):
        Vault(tmp_path / "x", lock.keys)


def test_it_reads_like_a_file(path: Path, lock: Lock) -> None:
    with Vault(path, lock.keys) as vault:
        file = cast("BinaryIO", VaultStream(vault))
        file.seek(-5, io.SEEK_END)
        assert file.read() == CONTENT[-5:]
        file.seek(100)
        assert file.read(3) == CONTENT[100:103]
        assert file.tell() == 103
