"""Which Debian packages a bundle needs: what its libraries ask for and do not find beside them.

A bundle is made on one Debian and carries most of its libraries with it. The rest is read from the
files themselves (`objdump -p`: NEEDED, and the versions of glibc), so that a change of Qt or PyAV
changes the package's Depends, or stops its making if nobody knows where a library is to come from.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_ELF = b"\x7fELF"
_AT_ONCE = 200  # files that objdump reads in one run
_OLDEST = (2, 0)  # of glibc

# Of libc6, which every Debian has; its version is looked at instead.
_LIBC = frozenset(
    (
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
        "libc.so.6",
        "libdl.so.2",
        "libm.so.6",
        "libpthread.so.0",
        "libresolv.so.2",
        "librt.so.1",
        "libutil.so.1",
    )
)
# The same names on Debian 12 and 13 and Ubuntu 24.04, or both.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
}
# No file names these: mss and the client look the first up by name, in the system alone; the others
# are data that bundled libraries read.
_BY_NAME = (
    "fontconfig-config",
    "libx11-6",
    "libxcb-randr0",
    "libxcb-render0",
    "libxcb-shm0",
    "libxcb-xfixes0",
    "libxcb1",
    "xkb-data",
)


class UnknownLibraryError(RuntimeError):
    """The bundle needs a library, and it is not known which package has it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What objdump tells of one file."""

    path: str
    needed: frozenset[str]
    own: frozenset[str]  # its soname, if it has one
    glibc: tuple[int, ...]  # the newest version that it asks for


def read(listing: str) -> Iterator[Linked]:
    """What `objdump -p` printed, file by file."""
    _, *rest = re.split(r"^(\S.*):\s+file format \S+$", listing, flags=re.MULTILINE)
    for path, told in zip(rest[::2], rest[1::2], strict=True):
        versions = re.findall(r"\sGLIBC_(\d+(?:\.\d+)+)\b", told)
        yield Linked(
            path,
            needed=frozenset(re.findall(r"^\s+NEEDED\s+(\S+)$", told, re.MULTILINE)),
            own=frozenset(re.findall(r"^\s+SONAME\s+(\S+)$", told, re.MULTILINE)),
            glibc=max((tuple(map(int, one.split("."))) for one in versions), default=_OLDEST),
        )


def depends(every: Sequence[Linked], names: Iterable[str]) -> list[str]:
    """The package's Depends, in order; `names` are those of the files in the bundle.

    UnknownLibraryError names all libraries that no package is known for, and who needs them.
    """
    here = frozenset(names).union(*(one.own for one in every)) | _LIBC
    missing = {name: one.path for one in every for name in one.needed - here}
    unknown = [
        f"{name} (for {missing[name]})" for name in sorted(missing.keys() - _PACKAGES.keys())
    ]
    if unknown:
        raise UnknownLibraryError(
            f"no package is known to have {', '.join(unknown)}: bundle the library, leave out what "
            "needs it, or name the package in installer/linux/deb/needs.py"
        )
    newest = max((one.glibc for one in every), default=_OLDEST)
    libc = f"libc6 (>= {'.'.join(map(str, newest))})"
    return [libc, *sorted({_PACKAGES[name] for name in missing} | set(_BY_NAME))]


def of_bundle(bundle: Path) -> list[str]:
    """The Depends of a folder of programs. Needs objdump (binutils)."""
    files = [path for path in sorted(bundle.rglob("*")) if path.is_file()]
    listing = "".join(_listed([path for path in files if _is_elf(path)]))
    return depends(tuple(read(listing)), (path.name for path in files))


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF


def _listed(files: list[Path]) -> Iterator[str]:
    for first in range(0, len(files), _AT_ONCE):
        command = ["objdump", "-p", *map(str, files[first : first + _AT_ONCE])]
        yield subprocess.run(command, check=True, capture_output=True, text=True).stdout
