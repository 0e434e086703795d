"""Which Python is in the bundle."""

import platform
import sysconfig
from pathlib import Path

import pytest

from installer.contents import runtime


@pytest.mark.parametrize(
    ("name", "content", "version"),
    [
        ("libpython3.11.so.1.0", b"\x003.11.2\0", "3.11.2"),
        ("python312.dll", b"\x003.12.10\0", "3.12.10"),
        ("libpython3.14.so.1.0", b"\x003.14.0rc2+\0", "3.14.0rc2+"),
        ("python311.dll", b"", "3.11"),
    ],
)
def test_it_says_so_itself_or_its_name_does(name: str, content: bytes, version: str) -> None:
    assert runtime.version_of(name, content)[0] == version


def test_this_python_is_known_by_its_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0" + bytes(range(20))
    (tmp_path / "libpython3.so").write_bytes(b"\x7fELF" + note)
    places = {"LIBDIR": str(tmp_path), "INSTSONAME": "libpython3.so"}
    monkeypatch.setattr(sysconfig, "get_config_var", places.get)
    same = runtime.version_of("libpython3.13.so.1.0", b"stripped" + note)
    assert same == (platform.python_version(), runtime.THIS_PYTHON)
    other = runtime.version_of("libpython3.13.so.1.0", b"stripped" + note[:-1] + b"\xff")
    assert other[0] == "3.13"
