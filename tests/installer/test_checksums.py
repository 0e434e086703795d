"""SHA256SUMS: what is in it, and that it tells what changed."""

import subprocess
from pathlib import Path

import pytest

from installer import checksums


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "twinreel.deb").write_bytes(b"deb")
    (tmp_path / "twinreel.msi").write_bytes(b"msi")
    (tmp_path / "twinreel").mkdir()
    (tmp_path / "twinreel" / "twinreel-agent").write_bytes(b"program")
    return tmp_path


def test_the_sums_are_what_sha256sum_reads(dist: Path) -> None:
    assert checksums.main(["--out", str(dist)]) == 0
    told = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=dist,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout == "twinreel.deb: OK\ntwinreel.msi: OK\n"


def test_a_second_run_writes_the_same(dist: Path) -> None:
    checksums.write(dist)
    (dist / "SHA256SUMS.asc").write_text("a signature")
    first = (dist / "SHA256SUMS").read_bytes()
    assert checksums.write(dist).read_bytes() == first


def test_each_difference_is_told(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checksums.write(dist)
    (dist / "twinreel.deb").write_bytes(b"other")
    (dist / "twinreel.msi").unlink()
    (dist / "twinreel.pkg").write_bytes(b"pkg")
    assert checksums.main(["--out", str(dist), "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "twinreel.msi: missing",
        "twinreel.pkg: not in SHA256SUMS",
        "twinreel.deb: changed",
    ]


def test_nothing_to_sum_is_a_failure(tmp_path: Path) -> None:
    assert checksums.main(["--out", str(tmp_path / "none")]) == 1
    assert checksums.main(["--out", str(tmp_path)]) == 1
    assert not (tmp_path / "SHA256SUMS").exists()


def test_the_sums_are_signed_where_a_command_is_named(
    dist: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TWINREEL_SIGN_CHECKSUMS", "cp {file} {file}.sig")
    assert checksums.main(["--out", str(dist)]) == 0
    assert "signed: SHA256SUMS.sig" in capsys.readouterr().out
    monkeypatch.setenv("TWINREEL_SIGN_CHECKSUMS", "false")
    assert checksums.main(["--out", str(dist)]) == 1
    monkeypatch.delenv("TWINREEL_SIGN_CHECKSUMS")
    assert checksums.main(["--out", str(dist), "--check"]) == 0
