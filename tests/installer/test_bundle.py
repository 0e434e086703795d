from pathlib import Path

import pytest

from installer import bundle
from installer.bundle import NotMadeError, differences, hashes, made, restamp, size, stamped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As a build leaves one, in small."""
    inner = tmp_path / "twinreel" / "_internal"
    (inner / "twinreel.dist-info").mkdir(parents=True)
    (inner / "twinreel.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: twinreel\nVersion: 1.0.0\n", encoding="utf-8"
    )
    (inner / "libone.so.1").write_bytes(bytes(10))
    (inner / "libone.so").symlink_to("libone.so.1")
    (tmp_path / "twinreel" / "twinreel-agent").write_bytes(b"program")
    return tmp_path / "twinreel"


def test_another_version_can_be_put_on_the_same_programs(folder: Path) -> None:
    restamp(folder, "1.0.1")
    assert stamped(folder) == "1.0.1"


def test_what_is_no_version_is_refused(folder: Path) -> None:
    for word in ("1", "1.0-beta", "", "1.0\nName: other"):
        with pytest.raises(NotMadeError, match="is no version"):
            restamp(folder, word)
    assert stamped(folder) == "1.0.0"


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotMadeError, match="is no folder that"):
        made(tmp_path)


def test_a_bundle_that_is_there_is_not_built_again(folder: Path) -> None:
    assert made(folder) == folder


def test_two_builds_are_compared_file_by_file(folder: Path) -> None:
    before = hashes(folder)
    assert differences(before, hashes(folder)) == []
    (folder / "_internal" / "libone.so.1").write_bytes(bytes(11))
    (folder / "_internal" / "new").touch()
    assert differences(before, hashes(folder)) == ["_internal/libone.so.1", "_internal/new"]


def test_a_link_that_leads_elsewhere_is_seen(folder: Path) -> None:
    before = hashes(folder)
    (folder / "_internal" / "libone.so").unlink()
    (folder / "_internal" / "libone.so").symlink_to("libtwo.so.1")
    assert differences(before, hashes(folder)) == ["_internal/libone.so"]


def test_what_a_link_leads_to_counts_once(folder: Path) -> None:
    metadata = folder / "_internal" / "twinreel.dist-info" / "METADATA"
    assert size(folder) == 10 + len(b"program") + metadata.stat().st_size


def test_only_the_programs_may_be_run(folder: Path) -> None:
    (folder / "_internal" / "libone.so.1").chmod(0o700)
    bundle._settle(folder)
    rights = {file.name: file.stat().st_mode & 0o777 for file in bundle._files(folder)}
    assert rights == {"METADATA": 0o644, "libone.so.1": 0o644, "twinreel-agent": 0o755}


def test_a_machine_without_the_tools_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _tool: None)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("sysconfig.get_config_var", lambda _name: 1)
    assert bundle.main([]) == bundle.CANNOT_HERE
    assert "objdump is not installed" in capsys.readouterr().out
