"""The package's scripts, run by a plain shell upon a computer that is a folder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from installer.linux.deb.layout import SCRIPTS, script

if sys.platform != "linux":
    pytest.skip("the package is for Linux", allow_module_level=True)

_PLACES = re.compile(r"(?<![\w/}])/(?=(?:var|etc|run|usr|opt|lib)/)")


def run(name: str, word: str, root: Path, **commands: str) -> subprocess.CompletedProcess[str]:
    """A script of ours; `commands` stand in the place of the system's."""
    stubs = root / "stubs"
    stubs.mkdir()
    quiet = dict.fromkeys(("deb-systemd-helper", "deb-systemd-invoke", "getent"), "exit 0")
    for command, body in {**quiet, "twinreel-agent": "exit 0", **commands}.items():
        (stubs / command).write_text(f"#!/bin/sh\n{body}\n")
        (stubs / command).chmod(0o755)
    text = _PLACES.sub(f"{root}/", script(name, 1))
    assert f"{root}/run/twinreel/make-way.json" in text
    return subprocess.run(
        ["/bin/sh", "-c", text, name, word],
        env={"PATH": f"{stubs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def marker(root: Path) -> Path:
    place = root / "run" / "twinreel" / "make-way.json"
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    return place


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_plain_shell_reads_each(name: str) -> None:
    subprocess.run(["/bin/sh", "-n", "-c", script(name, 1)], check=True)


def test_a_package_that_cannot_be_set_up_leaves_no_marker(tmp_path: Path) -> None:
    """Else nothing is recorded on a computer whose programs are all there."""
    stands = marker(tmp_path)
    done = run("postinst", "configure", tmp_path, install="exit 1")
    assert done.returncode != 0
    assert not stands.exists()


def test_programs_may_run_again_before_the_configuration_is_judged(tmp_path: Path) -> None:
    stands = marker(tmp_path)
    judged = f"test -e {stands} && echo the marker stands; exit 2"
    done = run("postinst", "configure", tmp_path, install="exit 0", **{"twinreel-agent": judged})
    assert done.returncode == 0
    assert "must be mended" in done.stderr
    assert "the marker stands" not in done.stderr


def test_a_folders_name_does_not_speak_to_the_administrators_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "var/spool/twinreel" / "eve\x1b]0;all is well\x07\n"
    (folder / "spool" / "0193").mkdir(parents=True)
    (folder / "spool" / "0193" / "journal.jsonl").write_text("{}\n")
    marker(tmp_path)
    done = run("postrm", "purge", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "kept: 1 recording(s)" in done.stdout
    assert "\x1b" not in done.stdout
    assert folder.is_dir()


def test_a_purge_keeps_what_is_left_of_a_recording_whose_journal_is_lost(tmp_path: Path) -> None:
    spools = tmp_path / "var/spool/twinreel"
    for place in (
        "ann/spool/0193/000.seg",
        "ann/spool/0193/001.seg",
        "bob/spool/01a/manifest.json",
    ):
        (spools / place).parent.mkdir(parents=True, exist_ok=True)
        (spools / place).write_bytes(b"sealed")
    marker(tmp_path)
    done = run("postrm", "purge", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("kept: 1 recording(s)") == 2
    assert (spools / "ann/spool/0193/001.seg").exists()
    assert (spools / "bob/spool/01a/manifest.json").exists()
