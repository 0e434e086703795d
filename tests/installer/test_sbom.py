"""The SBOM: valid, complete, the same each time."""

import json
from pathlib import Path
from typing import Any

import pytest

from installer import sbom
from tests.installer import contents_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return contents_bundle.write(tmp_path / "twinreel")


def _made(bundle: Path, out: Path) -> dict[str, Any]:
    assert sbom.main(["--bundle", str(bundle), "--out", str(out), "--version", "1.2.3"]) == 0
    made: dict[str, Any] = json.loads((out / "twinreel-1.2.3-linux.cdx.json").read_text("utf-8"))
    return made


def test_it_is_valid_and_every_file_has_its_sum(bundle: Path, tmp_path: Path) -> None:
    made = _made(bundle, tmp_path)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    parts = [made["metadata"]["component"], *made["components"]]
    files = {file["name"]: file for part in parts for file in part.get("components", [])}
    assert set(files) == {
        path.relative_to(bundle).as_posix()
        for path in bundle.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    assert all(len(file["hashes"][0]["content"]) == 64 for file in files.values())


def test_who_brings_what_can_be_followed(bundle: Path, tmp_path: Path) -> None:
    made = _made(bundle, tmp_path)
    brings = {one["ref"]: one.get("dependsOn", []) for one in made["dependencies"]}
    product = made["metadata"]["component"]["bom-ref"]
    assert "python:av@19.0.2" in brings[product]
    assert "native:ffmpeg@9.0.2#av" in brings["python:av@19.0.2"]
    assert "native:ffmpeg@9.0.2#av" not in brings[product]
    assert brings["python:cryptography@50.0.2"] == ["native:openssl@4.0.3#cryptography"]


def test_the_same_folder_gives_the_same_list_and_another_one_another(
    bundle: Path, tmp_path: Path
) -> None:
    first = _made(bundle, tmp_path / "a")
    assert _made(bundle, tmp_path / "b") == first
    (bundle / "_internal" / "assets" / "twinreel-16.png").write_bytes(b"other")
    assert _made(bundle, tmp_path / "c")["serialNumber"] != first["serialNumber"]


def test_what_belongs_to_nobody_is_a_failure(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundle / "_internal" / "libmystery.so").write_bytes(b"\x7fELF")
    words = ["--bundle", str(bundle), "--out", str(tmp_path), "--version", "1.2.3"]
    assert sbom.main(words) == 1
    assert "belongs to nothing known: _internal/libmystery.so" in capsys.readouterr().err


def test_the_schema_refuses_what_is_no_list() -> None:
    assert sbom.invalid('{"bomFormat": "CycloneDX", "specVersion": "1.6", "extra": 1}')
    assert not sbom.invalid('{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}')


def test_the_system_is_known_by_the_programs(tmp_path: Path) -> None:
    windows, macos = tmp_path / "w", tmp_path / "m" / "Twinreel.app" / "Contents" / "MacOS"
    windows.mkdir()
    macos.mkdir(parents=True)
    (windows / "twinreel-agent.exe").touch()
    (macos / "twinreel-agent").touch()
    assert sbom.system_of(windows) == "windows"
    assert sbom.system_of(tmp_path / "m") == "macos"
    assert sbom.system_of(tmp_path / "none") == "linux"
