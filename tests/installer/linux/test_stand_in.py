"""Loaded by this system's own loader, and into PyAV as it is installed here."""

import ctypes
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from installer.elf import has_versions, needed, symbols
from installer.linux.stand_in import library, stand_in, without_temporary_folders

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="it is for this system"
)
_X86_64 = 62
_ENCODES = """
import sys
sys.path.insert(0, sys.argv[1])
import av
from fractions import Fraction
context = av.CodecContext.create(sys.argv[2], "w")
context.width, context.height, context.pix_fmt = 64, 64, "yuv420p"
context.time_base = Fraction(1, 5)
context.open()
frame = av.VideoFrame(64, 64, "yuv420p")
print(av.__file__, sum(packet.size for packet in [*context.encode(frame), *context.encode(None)]))
"""


def test_every_function_of_one_that_stands_in_answers_0(tmp_path: Path) -> None:
    file = tmp_path / "libencoder-1.so.5"
    file.write_bytes(library(file.name, ["encoder_open", "encoder_close", "a"], _X86_64))
    loaded = ctypes.CDLL(str(file))
    assert [loaded.encoder_open(1), loaded.encoder_close(), loaded.a()] == [0, 0, 0]
    with pytest.raises(AttributeError):
        _ = loaded.another


def test_the_same_functions_make_the_same_file() -> None:
    assert library("l.so", ["a", "b"], _X86_64) == library("l.so", ["b", "a"], _X86_64)


def test_one_that_nobody_asks_anything_of_is_loaded_too(tmp_path: Path) -> None:
    file = tmp_path / "libnone.so"
    file.write_bytes(library(file.name, [], _X86_64))
    ctypes.CDLL(str(file))


@pytest.fixture(scope="module")
def pyav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of PyAV with its libraries, what is never called replaced."""
    found = find_spec("av")
    assert found is not None
    assert found.submodule_search_locations
    package = Path(found.submodule_search_locations[0])
    folder = tmp_path_factory.mktemp("pyav")
    for name in ("av", "av.libs"):
        shutil.copytree(package.parent / name, folder / name)
    stand_in(folder)
    return folder


def _encoded(pyav: Path, codec: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _ENCODES, str(pyav), codec],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_h264_is_encoded_as_before(pyav: Path) -> None:
    done = _encoded(pyav, "libx264")
    where, size = done.stdout.split()
    assert where.startswith(str(pyav)), done.stderr
    assert int(size) > 0
    assert done.stderr == ""


def test_what_was_left_out_is_an_error_and_no_crash(pyav: Path) -> None:
    done = _encoded(pyav, "libx265")
    assert done.returncode == 1
    assert "Error" in done.stderr


def test_only_what_is_never_called_was_replaced(pyav: Path) -> None:
    small = {
        file.name.partition("-")[0]
        for file in (pyav / "av.libs").iterdir()
        if file.stat().st_size < 4096
    }
    assert small >= {"libx265", "libSvtAv1Enc"}
    assert not small & {"libx264", "libavcodec", "libswscale"}


def test_a_library_whose_functions_have_versions_stays(pyav: Path) -> None:
    for file in (pyav / "av.libs").glob("libvpl-*"):
        content = file.read_bytes()
        assert has_versions(content)
        assert len(content) > 4096


def test_what_others_ask_of_a_library_is_read_from_them(pyav: Path) -> None:
    (codec,) = (pyav / "av.libs").glob("libavcodec-*")
    content = codec.read_bytes()
    offered, asked = symbols(content)
    assert offered["avcodec_open2"]
    assert "x264_encoder_encode" in asked
    assert any(name.startswith("libx264") for name in needed(content))


def test_none_looks_for_libraries_where_everybody_may_put_one(pyav: Path) -> None:
    (libraries,) = pyav.glob("*.libs")
    held = {file.name: file.read_bytes() for file in libraries.glob("libvpl*")}
    assert held
    assert [name for name, content in held.items() if b"/tmp/" in content] == []


def test_what_looks_elsewhere_is_as_long_as_before() -> None:
    before = b"\0/tmp/vendor/lib/libmfx-gen.so.1.2\0/tmp/x\0/usr/lib\0"
    after = without_temporary_folders(before)
    assert after == b"\0/dev/null/-/lib/libmfx-gen.so.1.2\0/tmp/x\0/usr/lib\0"
