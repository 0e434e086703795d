"""Each file of the programs' folder, and the part that it belongs to.

Nothing is taken from what was meant to be put in: the files themselves are looked at, and the
modules packed within the two programs. A file that belongs to nothing known is told.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Literal

from installer.contents import debian, licences, native, runtime, wheel_lists
from installer.windows.stand_in import NEVER_CALLED

Kind = Literal["product", "python", "native", "system"]
PRODUCT = "twinreel"
_OURS = {"agent_client", "assets", "contract", "installer", "uploader"}
_OURS |= {"Info.plist", "PkgInfo", "_CodeSignature", "twinreel.icns"}  # of the app of macOS
_WITHIN = re.compile(r"^(.*/)?(_internal|Contents(/(Frameworks|Resources|MacOS))?)/")
_DOT = "__dot__"  # in an app of macOS PyInstaller writes a folder's dots so
_PROGRAM = re.compile(r"^twinreel-(agent|uploader)(\.exe)?$")
_RUNTIME = re.compile(
    r"^(base_library\.zip|python3\.\d+/.*|lib-dynload/.*|libpython3.*|python3\d*\.dll|Python"
    r"|Python\.framework/.*|_?[a-z0-9_]+\.pyd)$"
)
_WITHIN_QT = re.compile(r"libicu|icu|msvcp|vcruntime|concrt", re.IGNORECASE)
_TOPS = {  # modules that are not called as their package is
    "PyQt6": "pyqt6",
    "Xlib": "python-xlib",
    "_cffi_backend": "cffi",
    "attr": "attrs",
    "dateutil": "python-dateutil",
    "google": "protobuf",
    "objc": "pyobjc-core",
    "pythoncom": "pywin32",
    "pywin32_system32": "pywin32",
    "pywintypes": "pywin32",
    "win32ctypes": "pywin32-ctypes",
    "winerror": "pywin32",
}
_FRAMEWORKS = {"AppKit": "Cocoa", "Foundation": "Cocoa", "CoreFoundation": "Cocoa"}
_STAND_IN = 16_384  # bytes: a library of ours in the place of one never called is smaller


@dataclass(slots=True)
class Part:
    """One thing that was made by somebody: a package, a library, the product itself."""

    kind: Kind
    name: str
    version: str = ""
    licence: str = ""
    purl: str = ""
    known_by: str = ""  # how the version is known
    brought_by: str = ""  # the package whose wheel it came in
    files: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Contents:
    """All parts, and what belongs to none."""

    parts: tuple[Part, ...]
    unknown: tuple[str, ...]  # files and modules


def plain(name: str) -> str:
    """A package's name as all spellings of it have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def contents(bundle: Path, modules: Iterable[str]) -> Contents:
    """What is in the folder; `modules` are the names of those packed in the programs."""
    sorting = _Sorting(bundle)
    places = sorted(path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink())
    for path in places:
        if path.name == "METADATA" and path.parent.suffix == ".dist-info":
            sorting.know(Parser().parsestr(path.read_text("utf-8"), headersonly=True))
    for path in places:
        sorting.sort(path)
    for path in places:
        if path.parent.name == "sboms" and path.suffix == ".json":
            sorting.add_listed(path)
    for module in sorted({name.partition(".")[0] for name in modules}):
        sorting.sort_module(module)
    return sorting.sorted()


class _Sorting:
    """The parts as they are found."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._parts: dict[tuple[str, ...], Part] = {}
        self._unknown: list[str] = []
        self._packages: dict[str, Part] = {}

    def know(self, metadata: Message) -> None:
        """A Python package says what it is."""
        name, version = plain(metadata["Name"]), metadata["Version"]
        if name == PRODUCT:
            self._part("product", PRODUCT).version = version
            return
        part = self._part("python", name)
        part.version, part.licence = version, licences.of_package(metadata)
        part.purl, part.known_by = f"pkg:pypi/{name}@{version}", "the package's metadata"
        self._packages[name] = part

    def sort(self, path: Path) -> None:
        """Put a file to its part."""
        place = path.relative_to(self._bundle).as_posix()
        part = self._owner(_WITHIN.sub("", place).replace(_DOT, "."), path)
        if part is None:
            self._unknown.append(place)
        else:
            part.files.append(place)

    def add_listed(self, path: Path) -> None:
        """A wheel's own list of what is within it: parts without files, and better versions."""
        package = plain(path.parent.parent.name.removesuffix(".dist-info").partition("-")[0])
        for one in wheel_lists.read(path.read_bytes()):
            part = self._part("native", one.name, package)
            part.version, part.purl = one.version, one.purl
            part.known_by, part.brought_by = wheel_lists.KNOWN_BY, package
            known = native.of_project(one.name)
            part.licence = one.licence or part.licence or (known.licence if known else "")

    def sort_module(self, top: str) -> None:
        """A module within a program must belong to something, too."""
        if top.startswith(("_pyi", "pyi")):
            self._bootloader()
        elif top in sys.stdlib_module_names or top in _OURS or top == "__main__":
            return
        elif self._package(top) is None:
            self._unknown.append(f"module {top}")

    def _bootloader(self) -> None:
        """What starts the programs is PyInstaller's."""
        part = self._part("native", "pyinstaller")
        part.version, part.known_by = runtime.bootloader_version()
        part.licence = "GPL-2.0-or-later WITH Bootloader-exception"
        part.purl = f"pkg:pypi/pyinstaller@{part.version}" if part.version else ""

    def sorted(self) -> Contents:
        """All of it, in order of name."""
        parts = sorted(self._parts.values(), key=lambda part: (part.kind, part.name, part.version))
        return Contents(tuple(parts), tuple(self._unknown))

    def _owner(self, place: str, path: Path) -> Part | None:
        top, _, rest = place.partition("/")
        if _PROGRAM.match(place) or top in _OURS:
            return self._part("product", PRODUCT)
        if top.endswith(".dist-info"):
            name = plain(top.removesuffix(".dist-info").partition("-")[0])
            return self._parts.get(("product", name)) or self._packages.get(name)
        if top.endswith(".libs") or "/.dylibs/" in place:
            return self._native(path, plain(top.removesuffix(".libs")))
        if top == "PyQt6":
            return self._qt(rest, path)
        found = self._package(top.partition(".")[0])
        if found is not None:
            return found
        if _RUNTIME.match(place) and native.of_library(path.name) is None:
            return self._runtime(path)
        return None if rest else self._library(path)

    def _qt(self, rest: str, path: Path) -> Part | None:
        if rest.startswith("Qt6/"):
            foreign = _WITHIN_QT.match(path.name)
            return self._native(path, "pyqt6-qt6") if foreign else self._packages.get("pyqt6-qt6")
        return self._packages.get("pyqt6-sip" if rest.startswith("sip.") else "pyqt6")

    def _package(self, top: str) -> Part | None:
        """The package that a module of this name at the top belongs to."""
        name = _TOPS.get(top) or ("pywin32" if top.startswith("win32") else plain(top))
        framework = f"pyobjc-framework-{_FRAMEWORKS.get(top, top)}"
        return self._packages.get(name) or self._packages.get(plain(framework)) or self._within(top)

    def _within(self, top: str) -> Part | None:
        """One of the packages of a name space, as jaraco's."""
        prefix = plain(top) + "-"
        return next(
            (part for name, part in self._packages.items() if name.startswith(prefix)), None
        )

    def _library(self, path: Path) -> Part | None:
        """A library at the top: of the builder's system, or one that Python itself brings."""
        content = path.read_bytes()
        package = debian.package_of(path.name, content)
        if package is None:
            return self._native(path, "")
        part = self._part("system", package.name)
        known = native.of_library(path.name)
        part.version = package.version
        part.licence = package.licence or (known.licence if known else "")
        part.purl = package.purl(debian.distribution())
        part.known_by = "the builder's package manager, and the same build id"
        return part

    def _native(self, path: Path, brought_by: str) -> Part | None:
        known = native.of_library(path.name)
        if known is None:
            return None
        content = path.read_bytes()
        if path.name.startswith(tuple(NEVER_CALLED)) and len(content) < _STAND_IN:
            return self._part("product", PRODUCT)
        version, known_by = native.version_of(known, path.name, content)
        part = self._part("native", known.name, brought_by)
        if _better((version, known_by), (part.version, part.known_by)):
            part.version, part.known_by = version, known_by
        part.licence, part.brought_by = known.licence, brought_by
        part.purl = f"pkg:generic/{known.name}" + (f"@{part.version}" if part.version else "")
        return part

    def _runtime(self, path: Path) -> Part:
        part = self._part("native", "cpython")
        part.licence = "PSF-2.0"
        if re.match(r"(lib)?python3\.?\d", path.name, re.IGNORECASE):
            part.version, part.known_by = runtime.version_of(path.name, path.read_bytes())
        part.purl = f"pkg:generic/cpython@{part.version}" if part.version else "pkg:generic/cpython"
        return part

    def _part(self, kind: Kind, name: str, *more: str) -> Part:
        return self._parts.setdefault((kind, name, *more), Part(kind, name))


def _better(new: tuple[str, str], old: tuple[str, str]) -> bool:
    """What the library itself says is better than its name; of two names, the later version."""

    def rank(said: tuple[str, str]) -> tuple[bool, list[int]]:
        numbers = [int(number) for number in re.findall(r"\d+", said[0])]
        return said[1] == native.FROM_FILE, numbers

    return rank(new) > rank(old)


def modules_within(bundle: Path) -> Iterator[str]:
    """The names of the modules packed in the programs, as PyInstaller packs them."""
    from PyInstaller.archive.readers import (  # type: ignore[import-untyped]  # noqa: PLC0415 -- it ships no types, and only builders have it
        CArchiveReader,
    )

    for path in sorted(bundle.rglob("twinreel-*")):
        if path.is_file() and _PROGRAM.match(path.name):
            archive = CArchiveReader(str(path))
            name = next(name for name in archive.toc if name.startswith("PYZ"))
            yield from (entry for entry in archive.toc if entry.startswith("pyi"))
            yield from archive.open_embedded_archive(name).toc
