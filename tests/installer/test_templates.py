"""`python -m installer templates`: written, packed, the same each time."""

import plistlib
import zipfile
from pathlib import Path

import pytest

from installer import templates
from installer.policy import check


def test_all_templates_are_written_and_packed(tmp_path: Path) -> None:
    words = ["--out", str(tmp_path), "--version", "1.2.3", "--workspace", "https://w.company.com"]
    assert templates.main(words) == 0
    folder = tmp_path / "templates"
    written = {str(one.relative_to(folder)): one for one in folder.rglob("*") if one.is_file()}
    with zipfile.ZipFile(tmp_path / "twinreel-1.2.3-templates.zip") as packed:
        assert sorted(packed.namelist()) == sorted(written)
        for name, path in written.items():
            assert packed.read(name) == path.read_bytes()
    assert len([name for name in written if name.endswith(".adml")]) == 4
    for name, path in written.items():
        if name.endswith((".mobileconfig", ".plist")):
            assert plistlib.loads(path.read_bytes())
        if name.endswith(".reg"):
            assert path.read_bytes().decode("utf-16").startswith("Windows Registry Editor")
    assert b"https://w.company.com" in written["browsers/linux/twinreel.json"].read_bytes()


def test_the_same_is_made_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name in ("a", "b"):
        assert templates.main(["--out", str(tmp_path / name), "--version", "1.2.3"]) == 0
    archives = [tmp_path / name / "twinreel-1.2.3-templates.zip" for name in ("a", "b")]
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as packed:
        dates = {entry.date_time for entry in packed.infolist()}
    assert dates == {(2023, 11, 14, 22, 13, 20)}  # SOURCE_DATE_EPOCH, and no clock


def test_nothing_of_a_former_version_stays(tmp_path: Path) -> None:
    former = tmp_path / "templates" / "windows" / "PolicyDefinitions" / "it-IT" / "Twinreel.adml"
    former.parent.mkdir(parents=True)
    former.write_text("<")
    assert templates.main(["--out", str(tmp_path)]) == 0
    assert not former.exists()


def test_templates_that_do_not_hold_are_not_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "_LOCKED", "software\\elsewhere\\")
    assert templates.main(["--out", str(tmp_path)]) == 1
    assert "not below" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.zip"))


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        templates.main(["--out", str(tmp_path), "--workspace", "workspace"])
    assert ended.value.code == 2
    assert not list(tmp_path.iterdir())
