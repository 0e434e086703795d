"""What dpkg reads of the package."""

import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from installer.linux.deb.control import Identity, changelog, control, debian_version, md5sums

IDENTITY = Identity("1.2rc1", "amd64", "Ann <ann@example.com>", datetime(2026, 2, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("version", "written"),
    [
        ("0.1.0", "0.1.0"),
        ("1.2rc1", "1.2~rc1"),
        ("1.2.dev3", "1.2~dev3"),
        ("1.2.post1", "1.2+post1"),
        ("1.2+site.4", "1.2+site.4"),
    ],
)
def test_versions_are_written_as_debian_writes_them(version: str, written: str) -> None:
    assert debian_version(version) == written


@pytest.mark.parametrize(
    ("older", "newer"),
    [("1.2.dev3", "1.2"), ("1.2rc1", "1.2"), ("1.2", "1.2.post1"), ("1.9", "1.10")],
)
def test_dpkg_puts_versions_in_the_order_that_python_does(older: str, newer: str) -> None:
    words = ["dpkg", "--compare-versions", debian_version(older), "lt", debian_version(newer)]
    assert subprocess.run(words, check=False).returncode == 0


@pytest.mark.parametrize("version", ["", "next", "1.2 3", "1:2", "1.2-3"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        debian_version(version)


def test_the_file_is_named_as_debian_names_packages() -> None:
    assert IDENTITY.file_name == "twinreel_1.2~rc1_amd64.deb"


def test_libraries_must_be_there_before_anything_is_unpacked() -> None:
    fields = dict(
        line.split(": ", 1)
        for line in control(IDENTITY, ["libc6 (>= 2.36)", "libx11-6"], 12).splitlines()
        if not line.startswith(" ")
    )
    assert fields["Pre-Depends"] == "libc6 (>= 2.36), libx11-6"
    assert fields["Installed-Size"] == "12"
    assert fields["Version"] == "1.2~rc1"
    assert "Depends" not in fields


@pytest.mark.skipif(shutil.which("dpkg-parsechangelog") is None, reason="dpkg-dev is not installed")
def test_the_changelog_is_one_that_debian_reads() -> None:
    done = subprocess.run(
        ["dpkg-parsechangelog", "-l", "-", "-S", "Version"],
        input=changelog(IDENTITY),
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "1.2~rc1", "")


def test_digests_are_listed_in_order() -> None:
    assert md5sums([("usr/b", "22"), ("etc/a", "11")]) == "11  etc/a\n22  usr/b\n"
