"""A bundle of a few files, some of them PyInstaller's own kind, for the tests of what it holds."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from PyInstaller.archive.writers import (  # type: ignore[import-untyped]  # ships no types
    CArchiveWriter,
    ZlibArchiveWriter,
)

MODULES = ("agent_client", "av.codec", "jaraco.functools", "json", "attr", "_pyi_rth_utils")


def write(folder: Path, modules: Sequence[str] = MODULES) -> Path:
    """Both programs and what lies beside them."""
    inner = folder / "_internal"
    inner.mkdir(parents=True)
    for name in ("twinreel-agent", "twinreel-uploader"):
        program(folder / name, modules)
    _package(inner, "twinreel", "1.2.3", "")
    _package(inner, "av", "19.0.2", "License-Expression: BSD-3-Clause\n")
    _package(inner, "attrs", "26.1.0", "License: MIT\n")
    _package(inner, "jaraco_functools", "4.6.0", "License-Expression: MIT\n")
    _package(inner, "cryptography", "50.0.2", "License-Expression: Apache-2.0 OR BSD-3-Clause\n")
    _package(
        inner,
        "python_xlib",
        "0.33",
        "Classifier: License :: OSI Approved :: GNU Lesser General "
        "Public License v2 or later (LGPLv2+)\n",
    )
    for place, content in {
        "assets/twinreel-16.png": b"png",
        "av/codec/context.abi3.so": b"\x7fELF",
        "av.libs/libavcodec-d61378e8.so.63.1.102": b"\0FFmpeg version 9.0.2\0",
        "av.libs/libavutil-8f0ab4ee.so.61.1.102": b"\0",
        "av.libs/libx265-eebb7db1.so.217": b"\x004.3+1-e9b8812\0".ljust(20_000, b"\0"),
        "av.libs/libnettle-6eb03162.so.9.0": b"\0",
        "av.libs/libhogweed-e2118ea2.so.7.0": b"\0",
        "cryptography/hazmat/bindings/_rust.abi3.so": b"\x7fELF",
        "libpython3.13.so.1.0": b"\x003.13.5\0",
        "python3.13/lib-dynload/_ssl.cpython-313-x86_64-linux-gnu.so": b"\x7fELF",
    }.items():
        (inner / place).parent.mkdir(parents=True, exist_ok=True)
        (inner / place).write_bytes(content)
    with zipfile.ZipFile(inner / "base_library.zip", "w") as library:
        library.writestr("os.pyc", b"")
    sboms = inner / "cryptography-50.0.2.dist-info" / "sboms"
    sboms.mkdir()
    openssl = {
        "type": "library",
        "name": "openssl",
        "version": "4.0.3",
        "purl": "pkg:generic/openssl@4.0.3?x=y",
    }
    itself = {
        "type": "library",
        "name": "cryptography",
        "version": "50.0.2",
        "purl": "pkg:pypi/cryptography@50.0.2",
    }
    (sboms / "sbom.json").write_text(
        json.dumps({"bomFormat": "CycloneDX", "components": [openssl, itself]}), "utf-8"
    )
    (inner / "libavcodec-d61378e8.so.63.1.102").symlink_to(
        "av.libs/libavcodec-d61378e8.so.63.1.102"
    )
    return folder


def program(file: Path, modules: Sequence[str]) -> None:
    """An executable with these modules packed in it, all empty."""
    packed = file.with_name("PYZ.pyz")
    empty = compile("", "empty.py", "exec")
    entries = [(name, "empty.py", "PYMODULE") for name in modules]
    ZlibArchiveWriter(str(packed), entries, code_dict=dict.fromkeys(modules, empty))
    CArchiveWriter(str(file), [("PYZ.pyz", str(packed), False, "z")], "libpython3.13.so.1.0")
    packed.unlink()


def _package(inner: Path, name: str, version: str, more: str) -> None:
    folder = inner / (f"{name}.dist-info" if name == "twinreel" else f"{name}-{version}.dist-info")
    (folder / "licenses").mkdir(parents=True)
    metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{more}"
    (folder / "METADATA").write_text(metadata, "utf-8")
    (folder / "licenses" / "LICENSE").write_text("as is", "utf-8")
