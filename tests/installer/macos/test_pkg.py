"""The package for macOS as it is made elsewhere than on a Mac, opened by another reader."""

import plistlib
import re
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element, parse

import pytest

from installer.macos import pkg
from installer.macos.layout import FILES, NoAppError, check_app
from tests.installer.macos.apps import small_app

if sys.platform == "darwin":
    pytest.skip("there Apple's tools make it", allow_module_level=True)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pkg")
    return pkg.make(small_app(folder), folder, "9.8.7", "arm64")


@pytest.fixture(scope="module")
def opened(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As bsdtar unpacks it, which checks every sum in the table."""
    folder = tmp_path_factory.mktemp("opened")
    subprocess.run(["bsdtar", "-xf", package, "-C", folder], check=True)
    for name in ("Payload", "Scripts"):
        (folder / name).mkdir()
        archive = folder / "twinreel.pkg" / name
        subprocess.run(["bsdtar", "-xpf", archive, "-C", folder / name], check=True)
    return folder


def _read(path: Path) -> Element:
    found = parse(path).getroot()  # noqa: S314 -- we wrote it
    assert found is not None
    return found


def _listed(archive: Path) -> dict[str, list[str]]:
    said = subprocess.run(
        ["bsdtar", "--numeric-owner", "-tvf", archive], capture_output=True, text=True, check=True
    )
    lines = [line.split(None, 8) for line in said.stdout.splitlines()]
    return {line[8]: line[:4] for line in lines}


def test_the_app_and_what_starts_it_are_at_their_places(opened: Path) -> None:
    payload = opened / "Payload"
    inside = payload / "Applications" / "Twinreel.app" / "Contents"
    assert (inside / "MacOS" / "twinreel-agent").stat().st_mode & 0o111
    assert (inside / "Frameworks" / "libav.dylib").read_bytes() == bytes(range(256)) * 5000
    link = inside / "Frameworks" / "Qt.framework" / "Versions" / "Current"
    assert str(link.readlink()) == "A"
    support = payload / "Library" / "Application Support" / "Twinreel"
    assert "[central]" in (support / "twinreel.toml.example").read_text()
    assert (support / "uninstall.sh").stat().st_mode & stat.S_IXUSR
    for kind, label in (("Agents", "com.twinreel.agent"), ("Daemons", "com.twinreel.uploader")):
        told = plistlib.loads(
            (payload / "Library" / f"Launch{kind}" / f"{label}.plist").read_bytes()
        )
        assert told["Label"] == label
        program = told["ProgramArguments"][0]
        assert (payload / program.lstrip("/")).exists()


def test_root_owns_all_and_folders_of_the_system_keep_their_modes(opened: Path) -> None:
    listed = _listed(opened / "twinreel.pkg" / "Payload")
    assert {line[2] for line in listed.values()} == {"0"}
    assert listed["./Applications"] == ["drwxrwxr-x", "2", "0", "80"]
    assert listed["./Library/Application Support"][3] == "80"
    assert listed["./Library/LaunchDaemons"] == ["drwxr-xr-x", "2", "0", "0"]
    assert not [path for path, line in listed.items() if "w" in line[0][8] and line[0][0] != "l"]


def test_no_configuration_of_the_computer_is_in_it_to_be_overwritten(opened: Path) -> None:
    assert list((opened / "Payload").rglob("twinreel.toml")) == []


def test_the_scripts_are_called_by_the_names_in_the_component(opened: Path) -> None:
    info = _read(opened / "twinreel.pkg" / "PackageInfo")
    called = info.find("scripts")
    assert called is not None
    for one in called:
        script = opened / "Scripts" / str(one.get("file"))
        assert script.read_bytes() == (FILES / one.tag).read_bytes()
        assert script.stat().st_mode & stat.S_IXUSR
    assert (info.get("version"), info.get("identifier")) == ("9.8.7", "com.twinreel.pkg")
    listed = _listed(opened / "twinreel.pkg" / "Payload")
    payload = info.find("payload")
    assert payload is not None
    assert payload.get("numberOfFiles") == str(len(listed))


def test_the_distribution_leads_to_the_component(opened: Path) -> None:
    told = _read(opened / "Distribution")
    references = [one for one in told.iter("pkg-ref") if one.text]
    assert [one.text for one in references] == ["#twinreel.pkg"]
    assert (opened / "twinreel.pkg").is_dir()
    chosen = {line.get("choice") for line in told.iter("line")}
    assert chosen == {choice.get("id") for choice in told.iter("choice")}
    options = told.find("options")
    assert options is not None
    assert options.get("hostArchitectures") == "arm64"


def test_every_entry_of_the_table_has_a_number_of_its_own(package: Path) -> None:
    raw = package.read_bytes()
    length = int.from_bytes(raw[8:16], "big")
    table = zlib.decompress(raw[28 : 28 + length])
    numbers = [int(found) for found in re.findall(rb'<file id="([^"]*)"', table)]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_the_same_files_make_the_same_package(package: Path, tmp_path: Path) -> None:
    again = pkg.make(small_app(tmp_path), tmp_path, "9.8.7", "arm64")
    assert again.read_bytes() == package.read_bytes()
    other = pkg.make(tmp_path / "Twinreel.app", tmp_path, "9.8.8", "arm64")
    assert other.read_bytes() != package.read_bytes()


def test_a_damaged_package_is_noticed(package: Path, tmp_path: Path) -> None:
    raw = bytearray(package.read_bytes())
    raw[-100] ^= 0xFF
    (tmp_path / "damaged.pkg").write_bytes(raw)
    opening = ["bsdtar", "-xf", str(tmp_path / "damaged.pkg"), "-C", str(tmp_path)]
    assert subprocess.run(opening, capture_output=True, check=False).returncode


def _without_info(inside: Path) -> None:
    (inside / "Info.plist").unlink()


def _without_uploader(inside: Path) -> None:
    (inside / "MacOS" / "twinreel-uploader").unlink()


def _that_cannot_run(inside: Path) -> None:
    (inside / "MacOS" / "twinreel-agent").chmod(0o644)


def _of_somebody_else(inside: Path) -> None:
    info = {"CFBundleIdentifier": "com.example.other"}
    (inside / "Info.plist").write_bytes(plistlib.dumps(info))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_without_info, "no Info.plist"),
        (_without_uploader, "twinreel-uploader"),
        (_that_cannot_run, "twinreel-agent"),
        (_of_somebody_else, "com.example.other"),
    ],
)
def test_what_is_not_our_app_is_refused(
    spoil: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    app = small_app(tmp_path)
    spoil(app / "Contents")
    with pytest.raises(NoAppError, match=said):
        check_app(app)


def test_without_an_app_there_is_the_profile_alone_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--out", str(tmp_path), "--bundle", str(tmp_path / "twinreel")]
    assert pkg.main(words) == 3
    assert "only `python -m installer bundle` on a Mac" in capsys.readouterr().out
    assert [path.suffix for path in tmp_path.iterdir()] == [".mobileconfig"]


def test_with_an_app_all_of_it_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--out", str(tmp_path), "--app", str(small_app(tmp_path)), "--architecture", "arm64"]
    assert pkg.main([*words, "--version", "1.2.3"]) == 0
    assert "Twinreel-1.2.3-arm64.pkg: " in capsys.readouterr().out
    assert (tmp_path / "Twinreel-1.2.3-arm64.pkg").read_bytes()[:4] == b"xar!"


def test_a_wrong_team_id_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pkg.main(["--out", str(tmp_path), "--team-id", "Example Inc"]) == 1
    assert "ten capital letters and digits" in capsys.readouterr().err


def test_a_profile_for_nobodys_team_id_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--out", str(tmp_path), "--bundle", str(tmp_path / "twinreel")]
    pkg.main(words)
    assert "which is nobody's: name yours by --team-id" in capsys.readouterr().out
    pkg.main([*words, "--team-id", "A1B2C3D4E5"])
    assert "nobody's" not in capsys.readouterr().out
