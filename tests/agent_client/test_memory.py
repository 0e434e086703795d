"""The file that outlives a restart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agent_client.memory import NAME, MemoryFile


def test_nothing_is_remembered_at_first(tmp_path: Path) -> None:
    assert MemoryFile(tmp_path).load() is None


def test_what_was_saved_last_is_loaded(tmp_path: Path) -> None:
    MemoryFile(tmp_path).save(b"first, and longer")
    MemoryFile(tmp_path).save(b"second")
    assert MemoryFile(tmp_path).load() == b"second"


def test_a_save_that_was_cut_off_leaves_the_one_before(tmp_path: Path) -> None:
    MemoryFile(tmp_path).save(b"whole")
    (tmp_path / NAME).with_suffix(".draft").write_bytes(b"ha")
    assert MemoryFile(tmp_path).load() == b"whole"
    MemoryFile(tmp_path).save(b"next")
    assert MemoryFile(tmp_path).load() == b"next"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_it_is_the_users_alone(tmp_path: Path) -> None:
    MemoryFile(tmp_path).save(b"text")
    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        MemoryFile(tmp_path / "gone").save(b"text")
