"""Libraries that wheels bring along without a word: whose they are, and which version.

Most of them come with PyAV: FFmpeg and what it is built with. Their versions are read from the
files themselves where they say it; else what is in the file's name, the version of the interface,
is all that is known, and it is marked so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FROM_FILE = "the library itself"
FROM_NAME = "the file's name: the version of the interface"


@dataclass(frozen=True, slots=True)
class Native:
    """One project that makes libraries."""

    name: str
    licence: str
    files: str  # regular expression for the beginning of a file's name, without "lib"
    version: bytes = b""  # regular expression with one group, in the library


_NUMBER = rb"(\d+\.\d+(?:\.\d+)?)"
# FFmpeg by itself is under the LGPL, as it says; with x264 and x265 the whole is under the GPL.
_PROJECTS = (
    Native(
        "ffmpeg",
        "LGPL-3.0-or-later",
        r"(avcodec|avdevice|avfilter|avformat|avutil|swresample|swscale)\b",
        rb"FFmpeg version " + _NUMBER,
    ),
    Native("x264", "GPL-2.0-or-later", r"x264\b", rb"x264 - core (\d+ r\d+)"),
    Native("x265", "GPL-2.0-or-later", r"x265\b", rb"\0(\d\.\d\+\d+-[0-9a-f]{7})\0"),
    Native("svt-av1", "BSD-3-Clause-Clear", r"SvtAv1Enc\b", rb"\0v" + _NUMBER + rb"\0"),
    Native("dav1d", "BSD-2-Clause", r"dav1d\b", _NUMBER + rb"\0(?<=1\.\d\.\d\0)"),
    Native("libvpx", "BSD-3-Clause", r"vpx\b", rb"VP9 Encoder v" + _NUMBER),
    Native("lame", "LGPL-2.0-or-later", r"mp3lame\b", rb"LAME" + _NUMBER),
    Native("opencore-amr", "Apache-2.0", r"opencore-amr(nb|wb)\b"),
    Native("opus", "BSD-3-Clause", r"opus\b", rb"libopus " + _NUMBER),
    Native("libwebp", "BSD-3-Clause", r"(webp|webpmux|webpdemux|sharpyuv)\b"),
    Native("libvmaf", "BSD-2-Clause-Patent", r"vmaf\b", rb"\0" + _NUMBER + rb"\0"),
    Native("libvpl", "MIT", r"vpl\b"),
    Native("alsa-lib", "LGPL-2.1-or-later", r"asound\b", rb"\0(1\.\d+\.\d+)\0"),
    Native("gmp", "LGPL-3.0-or-later OR GPL-2.0-or-later", r"gmp\b", rb"\0(6\.\d+\.\d+)\0"),
    Native("gnutls", "LGPL-2.1-or-later", r"gnutls\b", rb"\0(3\.\d+\.\d+)\0"),
    Native("nettle", "LGPL-3.0-or-later OR GPL-2.0-or-later", r"(nettle|hogweed)\b"),
    Native("libunistring", "LGPL-3.0-or-later OR GPL-2.0-or-later", r"unistring\b"),
    Native("libdrm", "MIT", r"drm\b"),
    Native("libxcb", "MIT", r"xcb\b"),
    Native("libXau", "MIT", r"Xau\b"),
    Native("libX11", "MIT", r"(X11|X11-xcb|Xext|Xfixes|Xrandr|Xrender|xkbcommon(-x11)?)\b"),
    Native("glibc", "LGPL-2.1-or-later", r"mvec\b"),
    Native("libgcrypt", "LGPL-2.1-or-later", r"gcrypt\b"),
    Native("zlib", "Zlib", r"z(lib1)?\b", rb"(?:in|de)flate (1\.\d+(?:\.\d+)*) "),
    Native("libiconv", "LGPL-2.1-or-later", r"(iconv|charset)\b"),
    Native("icu", "Unicode-3.0", r"icu(data|i18n|uc)\b", rb"\0(7\d\.\d+)\0"),
    Native("bzip2", "bzip2-1.0.6", r"bz2\b", rb"(1\.0\.\d+), \d+-"),
    Native("xz", "0BSD", r"lzma\b", rb"\0(5\.\d+\.\d+)\0"),
    Native("gcc", "GPL-3.0-or-later WITH GCC-exception-3.1", r"(gcc_s|stdc\+\+|gomp|quadmath)"),
    Native("mingw-w64", "MIT AND BSD-3-Clause-Clear", r"winpthread\b"),
    Native("openssl", "Apache-2.0", r"(crypto|ssl)\b", rb"OpenSSL (\d+\.\d+\.\d+)"),
    Native("libffi", "MIT", r"ffi\b"),
    Native("sqlite", "blessing", r"sqlite3\b", rb"\0(3\.\d+\.\d+)\0"),
    Native(
        "microsoft-visual-c-runtime",
        "LicenseRef-Microsoft-Visual-Studio-Redistributable",
        r"(MSVCP|VCRUNTIME|CONCRT|ucrtbase|api-ms-win)",
    ),
)
# "libavcodec-d61378e8.so.63.1.102", "avcodec-63-2756d4ff....dll", "libavcodec.63.1.102.dylib"
_HASH = re.compile(r"-[0-9a-f]{8}([0-9a-f]{24})?(?=\.)")
_VERSION = re.compile(r"\.so\.([\d.]+)$|-(\d[\d.]*)\.dll$|(\d[\d.]*)\.dylib$|(\d+)\.dll$")


def of_library(name: str) -> Native | None:
    """Whose library has this file name."""
    plain = name.removeprefix("lib")
    return next((one for one in _PROJECTS if re.match(one.files, plain, re.IGNORECASE)), None)


def of_project(name: str) -> Native | None:
    """The project of this name."""
    return next((one for one in _PROJECTS if one.name.lower() == name.lower()), None)


def version_of(native: Native, name: str, content: bytes) -> tuple[str, str]:
    """Its version and where that is from; both "" if nothing says it."""
    if native.version:
        found = re.search(native.version, content)
        if found:
            return found[1].decode("ascii"), FROM_FILE
    named = _VERSION.search(_HASH.sub("", name))
    if named:
        return next(group for group in named.groups() if group), FROM_NAME
    return "", ""
