"""Whose a library is, by its name on each system, and its version."""

import pytest

from installer.contents.licences import is_spdx
from installer.contents.native import _PROJECTS, FROM_FILE, FROM_NAME, of_library, version_of


@pytest.mark.parametrize(
    ("file", "project"),
    [
        ("libavcodec-d61378e8.so.63.1.102", "ffmpeg"),
        ("avcodec-63-2756d4fffb772585dcdece87427716a4.dll", "ffmpeg"),
        ("libavcodec.63.1.102.dylib", "ffmpeg"),
        ("libx264-165-0f71f37cf3f3ee0e2ecac2b06829e9ff.dll", "x264"),
        ("libxcb-shape-7716c890.so.0.0.0", "libxcb"),
        ("zlib1-4d767210e087ff082d94ef0a09ddc7f8.dll", "zlib"),
        ("libicuuc.so.73", "icu"),
        ("VCRUNTIME140_1.dll", "microsoft-visual-c-runtime"),
        ("libgcc_s_seh-1-3e3b83c1f8de213bb810010a5622b180.dll", "gcc"),
    ],
)
def test_a_library_is_known_by_its_name(file: str, project: str) -> None:
    found = of_library(file)
    assert found is not None
    assert found.name == project


@pytest.mark.parametrize("file", ["libx26.so", "libzstdx.so", "libvpxx.so.1", "avcodecs.dll"])
def test_a_name_that_only_begins_alike_is_none(file: str) -> None:
    assert of_library(file) is None


def test_every_licence_is_one_that_spdx_names() -> None:
    assert [one.name for one in _PROJECTS if not is_spdx(one.licence)] == [
        "microsoft-visual-c-runtime"
    ]


@pytest.mark.parametrize(
    ("file", "content", "version", "known_by"),
    [
        ("libopus-114e2b1a.so.0.11.1", b"..libopus 1.6.1\0", "1.6.1", FROM_FILE),
        ("libopus-114e2b1a.so.0.11.1", b"..", "0.11.1", FROM_NAME),
        ("libvpl-e4e9cae8.so.2.16", b"", "2.16", FROM_NAME),
        ("libopus.0.dylib", b"", "0", FROM_NAME),
        ("libdav1d-0fe430b9.so.7.0.0", b"\x90B1.5.4\0", "1.5.4", FROM_FILE),
        ("libwebp-abac96c4759f9eb9b31588c8a839816c.dll", b"", "", ""),
    ],
)
def test_the_version_is_the_librarys_own_word_or_that_of_its_name(
    file: str, content: bytes, version: str, known_by: str
) -> None:
    project = of_library(file)
    assert project is not None
    assert version_of(project, file, content) == (version, known_by)
