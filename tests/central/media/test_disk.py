import stat
from hashlib import sha256
from pathlib import Path

import pytest

from central.media import disk


def test_a_file_is_created_once_and_open_to_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    disk.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with pytest.raises(FileExistsError):
        disk.create(path)


def test_a_write_replaces_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    disk.write_whole(path, b"a longer text")
    disk.write_whole(path, b"short")
    assert path.read_bytes() == b"short"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_move_done_twice_is_a_move(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "there" / "target"
    source.write_bytes(b"x")
    disk.move(source, target)
    disk.move(source, target)
    assert target.read_bytes() == b"x"
    assert not source.exists()


def test_a_removal_done_twice_is_a_removal(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    disk.remove(path)
    disk.remove(path)
    disk.remove(tmp_path / "no folder" / "file")
    assert not path.exists()


def test_a_digest_is_of_all_bytes(tmp_path: Path) -> None:
    content = b"x" * (disk.BLOCK + 5)
    (tmp_path / "file").write_bytes(content)
    assert disk.digest(tmp_path / "file") == (len(content), sha256(content).hexdigest())
