"""Every file of a bundle belongs to a part, and what does not is told."""

import shutil
from pathlib import Path

import pytest

from installer.contents.parts import Contents, Part, contents, modules_within
from tests.installer import contents_bundle


def _of(bundle: Path) -> Contents:
    return contents(bundle, modules_within(bundle))


def _part(held: Contents, name: str, brought_by: str = "") -> Part:
    return next(one for one in held.parts if (one.name, one.brought_by) == (name, brought_by))


def test_every_file_is_in_one_part_and_only_once(bundle: Path) -> None:
    held = _of(bundle)
    assert held.unknown == ()
    placed = [place for part in held.parts for place in part.files]
    there = [
        path.relative_to(bundle).as_posix()
        for path in bundle.rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    assert sorted(placed) == sorted(there)


def test_packages_say_version_and_licence(bundle: Path) -> None:
    held = _of(bundle)
    assert (_part(held, "av").version, _part(held, "av").licence) == ("19.0.2", "BSD-3-Clause")
    assert _part(held, "attrs").licence == "MIT"
    assert _part(held, "python-xlib").licence == "LGPL-2.1-or-later"
    assert _part(held, "twinreel").version == "1.2.3"


def test_what_a_wheel_brought_is_told_apart_from_the_wheel(bundle: Path) -> None:
    held = _of(bundle)
    ffmpeg = _part(held, "ffmpeg", "av")
    assert ffmpeg.version == "9.0.2"
    assert len(ffmpeg.files) == 2
    assert _part(held, "x265", "av").version == "4.3+1-e9b8812"
    assert "av/codec/context" in " ".join(_part(held, "av").files)


def test_how_a_version_is_known_is_said(bundle: Path) -> None:
    held = _of(bundle)
    assert _part(held, "ffmpeg", "av").known_by == "the library itself"
    nettle = _part(held, "nettle", "av")
    assert (nettle.version, nettle.known_by.partition(":")[0]) == ("9.0", "the file's name")


def test_what_is_linked_into_a_library_is_in_the_wheels_own_list(bundle: Path) -> None:
    openssl = _part(_of(bundle), "openssl", "cryptography")
    assert (openssl.version, openssl.licence) == ("4.0.3", "Apache-2.0")
    assert openssl.purl == "pkg:generic/openssl@4.0.3"
    assert openssl.files == []


def test_python_itself_is_a_part(bundle: Path) -> None:
    python = _part(_of(bundle), "cpython")
    assert python.version == "3.13.5"
    assert len(python.files) == 3


@pytest.mark.parametrize(
    "place",
    ["_internal/libmystery.so.1", "_internal/mystery/x.so", "_internal/av.libs/libmystery.so.1"],
)
def test_a_file_of_nobody_is_told(bundle: Path, place: str) -> None:
    (bundle / place).parent.mkdir(exist_ok=True)
    (bundle / place).write_bytes(b"\x7fELF")
    assert _of(bundle).unknown == (place,)


def test_a_module_of_nobody_is_told(tmp_path: Path) -> None:
    bundle = contents_bundle.write(tmp_path / "b", (*contents_bundle.MODULES, "mystery.inner"))
    assert _of(bundle).unknown == ("module mystery",)


def test_a_package_that_lost_its_metadata_is_told(bundle: Path) -> None:
    shutil.rmtree(bundle / "_internal" / "attrs-26.1.0.dist-info")
    assert _of(bundle).unknown == ("module attr",)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("libx265-ee9d492f3fb55d0a3b564bb1bf4f6822.dll", b"MZ"),
        ("libSvtAv1Enc-cc8e453e.so.4.2.0", b"\x7fELF"),
    ],
)
def test_a_library_of_ours_in_the_place_of_anothers_is_ours(
    bundle: Path, name: str, content: bytes
) -> None:
    place = f"_internal/av.libs/{name}"
    (bundle / place).write_bytes(content)
    assert place in _part(_of(bundle), "twinreel").files


def test_what_lies_in_an_app_of_macos_is_known_too(bundle: Path) -> None:
    contents_folder = bundle / "Twinreel.app" / "Contents"
    (contents_folder / "MacOS").mkdir(parents=True)
    for name in ("twinreel-agent", "twinreel-uploader"):
        (bundle / name).rename(contents_folder / "MacOS" / name)
    (bundle / "_internal").rename(contents_folder / "Frameworks")
    libraries = contents_folder / "Frameworks" / "av" / "__dot__dylibs"
    libraries.mkdir()
    (libraries / "libopus.0.11.1.dylib").write_bytes(b"libopus 1.6.1")
    (contents_folder / "Resources").mkdir()
    for place in ("Info.plist", "_CodeSignature/CodeResources", "Resources/twinreel.icns"):
        (contents_folder / place).parent.mkdir(exist_ok=True)
        (contents_folder / place).write_bytes(b"")
    held = _of(bundle)
    assert held.unknown == ()
    assert _part(held, "opus", "av").version == "1.6.1"
    assert len(_part(held, "twinreel").files) == 8
    of_the_app = _of(bundle / "Twinreel.app")
    assert of_the_app.unknown == ()
