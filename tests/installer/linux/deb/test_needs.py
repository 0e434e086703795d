"""What a bundle needs of the system."""

import shutil
import sys
from pathlib import Path

import pytest

from installer.linux.deb.needs import UnknownLibraryError, depends, of_bundle, read

LISTING = """
/b/libQt6Gui.so.6:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libGL.so.1
  NEEDED               libQt6Core.so.6
  NEEDED               libc.so.6
  SONAME               libQt6Gui.so.6

Version References:
  required from libc.so.6:
    0x09691a75 0x00 03 GLIBC_2.2.5
    0x069691b4 0x00 02 GLIBC_2.34

/b/libQt6Core.so.6.11:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libpthread.so.0
  SONAME               libQt6Core.so.6

Version References:
  required from libm.so.6:
    0x09691a75 0x00 03 GLIBC_2.9
"""


def needed(listing: str, *names: str) -> list[str]:
    return depends(tuple(read(listing)), names)


def test_what_is_not_in_the_bundle_comes_from_packages() -> None:
    assert "libgl1" in needed(LISTING)
    assert not any("qt6" in one for one in needed(LISTING))


def test_the_newest_glibc_that_a_file_asks_for_is_needed() -> None:
    assert needed(LISTING)[0] == "libc6 (>= 2.34)"


def test_libraries_that_are_looked_up_by_name_are_always_needed() -> None:
    assert {"libxcb1", "libxcb-shm0", "libx11-6", "xkb-data"} <= set(needed(""))


def test_a_library_that_lies_in_the_bundle_under_its_name_needs_no_package() -> None:
    assert "libgl1" not in needed(LISTING, "libGL.so.1")


def test_a_library_of_which_nobody_knows_stops_it_and_says_who_wants_it() -> None:
    strange = LISTING.replace("libGL.so.1", "libstrange.so.9")
    with pytest.raises(UnknownLibraryError, match=r"libstrange\.so\.9 \(for /b/libQt6Gui\.so\.6\)"):
        needed(strange)


@pytest.mark.skipif(shutil.which("objdump") is None, reason="objdump (binutils) is not installed")
def test_a_real_program_is_read(tmp_path: Path) -> None:
    shutil.copy(shutil.which("sh") or sys.executable, tmp_path / "program")
    (tmp_path / "words.txt").write_text("no program", encoding="utf-8")
    first, *_ = of_bundle(tmp_path)
    assert first.startswith("libc6 (>= 2.")
    assert first != "libc6 (>= 2.0)"
