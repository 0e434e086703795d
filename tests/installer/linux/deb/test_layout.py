"""What lies where on a computer that has the package."""

import configparser
import gzip
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent_client.config import asked
from installer.bundle import ROOT
from installer.linux.deb import staging
from installer.linux.deb.control import Identity
from installer.linux.deb.layout import (
    SCRIPTS,
    Entry,
    File,
    Folder,
    Link,
    conffiles,
    entries,
    script,
)
from uploader import commands

IDENTITY = Identity("1.2", "amd64", "Ann <ann@example.com>", datetime(2026, 2, 3, tzinfo=UTC))


@pytest.fixture(scope="module")
def every() -> dict[str, Entry]:
    return {one.path: one for one in entries(ROOT, IDENTITY)}


@pytest.fixture(scope="module")
def tree(every: dict[str, Entry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    staging.place(every.values(), folder)
    return folder


def page(tree: Path, name: str) -> str:
    text = gzip.decompress((tree / f"usr/share/man/man1/{name}.1.gz").read_bytes()).decode()
    return text.replace("\\-", "-")


def test_both_programs_are_found_without_a_path(every: dict[str, Entry]) -> None:
    for name in ("twinreel-agent", "twinreel-uploader"):
        assert every[f"usr/bin/{name}"] == Link(f"usr/bin/{name}", f"/opt/twinreel/{name}")


def test_the_manual_names_every_option_and_command_of_the_client(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        asked(["--help"])
    said = capsys.readouterr().out
    words = set(re.findall(r"--[a-z][a-z-]+", said)) - {"--help"}
    words |= set(re.findall(r"^  ([a-z-]+)  ", said, re.MULTILINE))
    assert "certificate" in words
    assert {word for word in words if word not in page(tree, "twinreel-agent")} == set()


def test_the_manual_names_every_option_and_command_of_the_uploader(tree: Path) -> None:
    said = commands.parser().format_help()
    words = set(re.findall(r"--[a-z][a-z-]+", said)) - {"--help"}
    words |= set(re.findall(r"^    ([a-z-]+)  ", said, re.MULTILINE))
    assert "doctor" in words
    assert {word for word in words if word not in page(tree, "twinreel-uploader")} == set()


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
@pytest.mark.parametrize("name", ["twinreel-agent", "twinreel-uploader"])
def test_the_manual_is_set_without_a_warning(tree: Path, name: str) -> None:
    words = ["man", "--warnings", "-l", "-E", "UTF-8", "-Tutf8", "-Z"]
    done = subprocess.run(
        [*words, str(tree / f"usr/share/man/man1/{name}.1.gz")],
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "MANWIDTH": "100"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_session_starts_the_client(tree: Path) -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(tree / "etc/xdg/autostart/twinreel.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["Exec"] == "/opt/twinreel/twinreel-agent"
    assert entry["Desktop Entry"]["TryExec"] == "/opt/twinreel/twinreel-agent"


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed"
)
def test_desktop_files_are_right(tree: Path) -> None:
    files = [*tree.rglob("*.desktop")]
    assert len(files) == 2
    done = subprocess.run(
        ["desktop-file-validate", *map(str, files)], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="appstream is not installed")
def test_software_centres_understand_what_it_is(tree: Path) -> None:
    (file,) = tree.glob("usr/share/metainfo/*.xml")
    done = subprocess.run(
        ["appstreamcli", "validate", "--no-net", "--pedantic", str(file)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_administrators_files_are_left_alone_by_upgrades(every: dict[str, Entry]) -> None:
    listed = conffiles(every.values()).split()
    assert "/etc/xdg/autostart/twinreel.desktop" in listed
    assert all(path.startswith("/etc/") for path in listed)


def test_the_configuration_is_never_the_packages(every: dict[str, Entry]) -> None:
    """Else dpkg would ask about one that was put there before, and fail where nobody answers."""
    assert "etc/twinreel/twinreel.toml" not in every
    assert every["etc/twinreel/policy.d"] == Folder("etc/twinreel/policy.d")


def test_the_machines_uploader_is_there_and_off(every: dict[str, Entry]) -> None:
    unit = every["lib/systemd/system/twinreel-uploader.service"]
    assert isinstance(unit, File)
    assert b"WantedBy=multi-user.target" in unit.content
    assert "enable twinreel-uploader" not in "".join(script(name, 1) for name in SCRIPTS)


def test_no_place_is_left_unfilled(every: dict[str, Entry]) -> None:
    texts = [one.content for one in every.values() if isinstance(one, File)]
    texts += [gzip.decompress(one) for one in texts if one.startswith(b"\x1f\x8b")]
    texts += [script(name, 7).encode() for name in SCRIPTS]
    assert [text for text in texts if re.search(rb"@[A-Z_]+@", text)] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_shell_reads_each_script(name: str) -> None:
    done = subprocess.run(
        ["sh", "-n"], input=script(name, 7), capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_page_for_it_on_the_computer_leads_to_a_page_that_is_not_there(tree: Path) -> None:
    pages = sorted((tree / "usr/share/doc/twinreel/it").glob("*.md"))
    assert pages
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+\.md)", page.read_text("utf-8"))
    ]
    assert [
        f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()
    ] == []
