"""A package packed tighter is the same package."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from installer.linux.deb.packing import NoPackageError, members, pack

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg is not installed")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    fields = "Package: one\nVersion: 1\nArchitecture: amd64\nMaintainer: A <a@b.example>\n"
    (tree / "DEBIAN/control").write_text(f"{fields}Description: one\n", "utf-8")
    (tree / "usr/bin").mkdir(parents=True)
    shutil.copy("/bin/sh", tree / "usr/bin/one")
    file = tmp_path / "plain.deb"
    words = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(file)]
    subprocess.run(words, check=True, capture_output=True)
    return file


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_dpkg_unpacks_what_was_put_in(plain: Path, tmp_path: Path, architecture: str) -> None:
    packed = tmp_path / "packed.deb"
    pack(plain, packed, architecture)
    subprocess.run(["dpkg-deb", "-R", str(packed), str(tmp_path / "x")], check=True)
    assert (tmp_path / "x/usr/bin/one").read_bytes() == Path("/bin/sh").read_bytes()
    assert (tmp_path / "x/DEBIAN/control").read_text("utf-8").startswith("Package: one\n")
    assert packed.stat().st_size < plain.stat().st_size


def test_everything_in_it_is_packed(plain: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.deb"
    pack(plain, packed, "amd64")
    with packed.open("rb") as file:
        assert [one.name for one in members(file)] == [
            "debian-binary",
            "control.tar.xz",
            "data.tar.xz",
        ]


def test_the_same_is_packed_the_same(plain: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.deb", tmp_path / "other.deb"
    pack(plain, one, "amd64")
    pack(plain, other, "amd64")
    assert one.read_bytes() == other.read_bytes()


def test_what_is_no_package_is_refused() -> None:
    with pytest.raises(NoPackageError, match="no archive"):
        list(members(io.BytesIO(b"PK\x03\x04")))


def test_a_torn_package_is_refused(plain: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.deb"
    torn.write_bytes(plain.read_bytes()[:-5000])
    with pytest.raises(NoPackageError, match="torn"):
        pack(torn, tmp_path / "packed.deb", "amd64")
