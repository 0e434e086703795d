"""A library of the builder's system is told by its build id, stripped or not."""

import subprocess
from pathlib import Path

import pytest

from installer.contents.debian import Package, build_id, distribution, package_of

_FILE = Path("/usr/lib/x86_64-linux-gnu/libxcb.so.1")


def test_a_copy_with_other_bytes_of_the_same_build_is_still_the_packages(tmp_path: Path) -> None:
    copy = tmp_path / "libxcb.so.1"
    copy.write_bytes(_FILE.read_bytes() + b"as strip and others change it")
    found = package_of(_FILE.name, copy.read_bytes())
    assert found is not None
    assert (found.name, found.source) == ("libxcb1", "libxcb")
    version = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", "libxcb1"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert found.version == version


def test_another_build_of_the_same_name_is_not() -> None:
    content = _FILE.read_bytes()
    identity = bytes.fromhex(build_id(content))
    assert package_of(_FILE.name, content.replace(identity, identity[::-1])) is None


def test_without_a_package_manager_nothing_is_claimed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert package_of(_FILE.name, _FILE.read_bytes()) is None


def test_its_url_is_one() -> None:
    package = Package("libx11-6", "2:1.8.4-2+deb12u2", "libx11", "amd64", "")
    assert package.purl("debian-12") == (
        "pkg:deb/debian/libx11-6@2%3A1.8.4-2%2Bdeb12u2?arch=amd64&distro=debian-12&upstream=libx11"
    )
    assert distribution().partition("-")[0].isalpha()
