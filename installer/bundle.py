"""Makes dist/twinreel/: both programs in one folder, from build.spec, by PyInstaller."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from installer.recipe import version

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
NAME = "twinreel"


def main(arguments: Sequence[str]) -> int:
    """`python -m installer bundle`."""
    parser = argparse.ArgumentParser(prog="python -m installer bundle", description=__doc__)
    parser.add_argument("--out", type=Path, default=DIST, help="where twinreel/ goes")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bundle")
    parser.add_argument("--version", default=version(ROOT))
    asked = parser.parse_args(arguments)
    return build(asked.out, asked.work, asked.version)


def build(out: Path, work: Path, version: str) -> int:
    """Run PyInstaller; its exit status."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1763856000"),
        "TWINREEL_VERSION": version,
        "PYINSTALLER_CONFIG_DIR": str(work / "cache"),
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    command += ["--distpath", str(out), "--workpath", str(work), str(ROOT / "build.spec")]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def made(bundle: Path | None, work: Path | None = None) -> Path:
    """The folder of both programs: the one given, or dist/twinreel, made if it is not there."""
    if bundle is not None:
        return bundle
    folder = DIST / NAME
    if not folder.is_dir() and build(DIST, work or ROOT / "build" / "bundle", version(ROOT)):
        raise RuntimeError("the bundle could not be made")
    return folder
