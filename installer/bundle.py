"""Makes dist/twinreel/: both programs in one folder, from build.spec, by PyInstaller."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from installer.elf import compacted, is_elf, searching_here
from installer.linux.stand_in import stand_in
from installer.recipe import METADATA, PROGRAMS, version

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build" / "bundle"
NAME = "twinreel"
INTERNAL = "_internal"
CANNOT_HERE = 3  # as installer/__main__.py has it

_EPOCH = "1767225600"  # 2026-01-01: no date of a build goes into a file
_VERSION = re.compile(r"\d+(\.\d+){1,3}")
_DIFFERENCES = 20  # that are named


class NotMadeError(Exception):
    """The folder could not be made; the words say why."""


def main(arguments: Sequence[str]) -> int:
    """`python -m installer bundle`."""
    parser = argparse.ArgumentParser(prog="python -m installer bundle", description=__doc__)
    parser.add_argument("--out", type=Path, default=DIST, help="where the folder twinreel/ goes")
    parser.add_argument("--work", type=Path, default=WORK, help="what is made on the way")
    parser.add_argument("--version", default=version(ROOT), help="in place of the project's")
    parser.add_argument(
        "--twice", action="store_true", help="make it twice, and say which files differ"
    )
    asked = parser.parse_args(arguments)
    if lacking := missing():
        print(f"the programs cannot be built here: {lacking}")
        return CANNOT_HERE
    try:
        folder = build(asked.out, asked.work, asked.version)
        print(f"{folder}: {len(list(_files(folder)))} files, {size(folder) / 1e6:.1f} MB")
        return _made_again(folder, asked.work, asked.version) if asked.twice else 0
    except NotMadeError as error:
        print(error)
        return 1


def missing() -> str:
    """What this machine lacks for a build; "" if nothing."""
    if importlib.util.find_spec("PyInstaller") is None:
        return "PyInstaller is not installed (make setup)"
    if sys.platform == "linux":
        if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
            return "this Python was built without a shared libpython"
        for tool in ("objdump", "strip"):
            if shutil.which(tool) is None:
                return f"{tool} is not installed (Debian: binutils)"
    return ""


def build(out: Path = DIST, work: Path = WORK, version: str = version(ROOT)) -> Path:
    """The folder of both programs, made anew in `out`. NotMadeError."""
    if not _VERSION.fullmatch(version):
        raise NotMadeError(f"{version!r} is no version: two to four numbers with points between")
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONNODEBUGRANGES": "1",  # columns in tracebacks: they are held, and no source is there
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", _EPOCH),
        "TWINREEL_VERSION": version,
        "PYINSTALLER_CONFIG_DIR": str(work.absolute() / "cache"),
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR"]
    command += ["--distpath", str(out.absolute()), "--workpath", str(work.absolute())]
    made = subprocess.run([*command, str(ROOT / "build.spec")], cwd=ROOT, env=environment)  # noqa: PLW1510 -- its status is read below
    if made.returncode:
        raise NotMadeError(f"PyInstaller failed with status {made.returncode}")
    folder = out / NAME
    _settle(folder)
    if sys.platform == "linux":
        stand_in(folder)
        for file in _files(folder):
            _compact(file)
    return folder


def made(bundle: Path | None = None) -> Path:
    """The folder of both programs: this one, or dist/twinreel, built if it is not there.

    NotMadeError if it is no such folder, or cannot be built.
    """
    folder = bundle or DIST / NAME
    if bundle is None and not folder.is_dir():
        if lacking := missing():
            raise NotMadeError(f"the programs cannot be built here: {lacking}")
        build()
    if not (folder / INTERNAL / METADATA).is_file():
        raise NotMadeError(f"{folder} is no folder that `python -m installer bundle` made")
    return folder


def restamp(folder: Path, version: str) -> None:
    """Have the programs in this folder (a copy) say another version: so upgrades are tried."""
    if not _VERSION.fullmatch(version):
        raise NotMadeError(f"{version!r} is no version: two to four numbers with points between")
    file = folder / INTERNAL / METADATA
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", text), encoding="utf-8")


def stamped(folder: Path) -> str:
    """The version that the programs in this folder say."""
    text = (folder / INTERNAL / METADATA).read_text(encoding="utf-8")
    found = re.search(r"(?m)^Version: (.*)$", text)
    return found[1] if found else ""


def size(folder: Path) -> int:
    """Bytes of all its files; what two places share by a link counts once."""
    return sum(file.stat().st_size for file in _files(folder))


def hashes(folder: Path) -> dict[str, str]:
    """Of each file by its place in the folder, and of a link where it leads to."""
    found = {}
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder).as_posix()
        if file.is_symlink():
            found[place] = f"-> {os.readlink(file)}"
        elif file.is_file():
            found[place] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """The places that are not alike, in order."""
    return sorted(place for place in {*one, *other} if one.get(place) != other.get(place))


def _made_again(folder: Path, work: Path, version: str) -> int:
    again = work / "again"
    shutil.rmtree(again, ignore_errors=True)
    others = hashes(build(again / "out", again / "work", version))
    unlike = differences(hashes(folder), others)
    shutil.rmtree(again)
    for place in unlike[:_DIFFERENCES]:
        print(f"  differs: {place}")
    print(f"made twice: {len(unlike) or 'no'} of {len(others)} files differ")
    return 1 if unlike else 0


def _settle(folder: Path) -> None:
    """Give each file the rights that an installed one has, and programs alone may be run."""
    names = {program.name for program in PROGRAMS}
    for file in _files(folder):
        runs = file.name in names or file.suffix in {".exe", ".dll"}
        file.chmod(0o755 if runs else 0o644)
    for inner in (folder, *folder.rglob("*")):
        if inner.is_dir() and not inner.is_symlink():
            inner.chmod(0o755)


def _compact(file: Path) -> None:
    with file.open("rb") as opened:
        if not is_elf(opened.read(64)):
            return
    before = file.read_bytes()
    if (after := compacted(searching_here(before))) != before:
        file.write_bytes(after)


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file
