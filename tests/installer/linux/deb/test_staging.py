"""The package as it is made, of programs that only look like ours."""

import shutil
import stat
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from installer.bundle import ROOT
from installer.linux.deb import staging
from installer.linux.deb.control import Identity
from installer.recipe import version

IDENTITY = Identity(
    version(ROOT), "amd64", "Ann <ann@twinreel.com>", datetime(2026, 2, 3, tzinfo=UTC)
)

pytestmark = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None or shutil.which("objdump") is None,
    reason="dpkg and binutils are not installed",
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "twinreel"
    inner = folder / "_internal" / "twinreel.dist-info"
    inner.mkdir(parents=True)
    (inner / "METADATA").write_text(f"Name: twinreel\nVersion: {version(ROOT)}\n", "utf-8")
    for name in ("twinreel-agent", "twinreel-uploader"):
        shutil.copy(shutil.which("dash") or "/bin/sh", folder / name)
    library = folder / "_internal" / "libmade.so.1"
    library.write_bytes(b"no library")
    library.chmod(0o755)
    (folder / "_internal" / "libmade.so").symlink_to("libmade.so.1")
    return folder


@pytest.fixture(scope="module")
def deb(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    return staging.make(ROOT, bundle, out, IDENTITY, quick=True)


@pytest.fixture(scope="module")
def unpacked(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["dpkg-deb", "--raw-extract", str(deb), str(folder)], check=True)
    return folder


def test_nothing_lies_beside_the_package_afterwards(deb: Path) -> None:
    assert [path.name for path in deb.parent.iterdir()] == [IDENTITY.file_name]


def test_the_same_input_gives_the_same_package(deb: Path, bundle: Path, tmp_path: Path) -> None:
    (bundle / "_internal" / "libmade.so.1").touch()
    again = staging.make(ROOT, bundle, tmp_path, IDENTITY, quick=True)
    assert sha256(again.read_bytes()).digest() == sha256(deb.read_bytes()).digest()


def test_programs_can_be_started_and_libraries_only_read(unpacked: Path) -> None:
    home = unpacked / "opt" / "twinreel"
    for name in ("twinreel-agent", "twinreel-uploader"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o755
    assert stat.S_IMODE((home / "_internal" / "libmade.so.1").stat().st_mode) == 0o644
    assert (home / "_internal" / "libmade.so").readlink() == Path("libmade.so.1")


def test_every_file_belongs_to_root_and_is_written_by_nobody_else(deb: Path) -> None:
    listed = subprocess.run(
        ["dpkg-deb", "--contents", str(deb)], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert len(listed) > 30
    assert [line for line in listed if "root/root" not in line] == []
    assert [line for line in listed if line[0] != "l" and "w" in line[4:10]] == []


def test_the_digests_are_those_of_the_files(unpacked: Path) -> None:
    done = subprocess.run(
        ["md5sum", "--check", "--quiet", "DEBIAN/md5sums"],
        cwd=unpacked,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_another_version_is_said_by_the_programs_too(bundle: Path, tmp_path: Path) -> None:
    later = Identity("7.1", "amd64", IDENTITY.maintainer, IDENTITY.made_at)
    deb = staging.make(ROOT, bundle, tmp_path, later, quick=True)
    subprocess.run(["dpkg-deb", "--extract", str(deb), str(tmp_path / "x")], check=True)
    metadata = tmp_path / "x/opt/twinreel/_internal/twinreel.dist-info/METADATA"
    assert "Version: 7.1\n" in metadata.read_text("utf-8")


def test_what_fails_leaves_nothing(bundle: Path, tmp_path: Path) -> None:
    nobody = Identity(IDENTITY.version, "amd64", "Ann\n\nEve", IDENTITY.made_at)
    with pytest.raises(subprocess.CalledProcessError):
        staging.make(ROOT, bundle, tmp_path, nobody)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_has_nothing_to_say(bundle: Path, tmp_path: Path) -> None:
    deb = staging.make(ROOT, bundle, tmp_path, IDENTITY)
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", str(deb)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")
