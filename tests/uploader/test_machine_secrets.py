"""A machine-wide uploader's secrets: for its own account alone, or not at all."""

import os
import stat
import sys
from pathlib import Path

import pytest

from uploader.credentials import KeyringUnavailableError
from uploader.machine_secrets import MachineSecrets


def test_what_was_kept_is_read_again_by_the_next_process(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert MachineSecrets(folder).read("device-1") is None
    MachineSecrets(folder).write("device-1", "the secret")
    MachineSecrets(folder).write("proxy", "another: with ünlikely cha\nracters")
    assert MachineSecrets(folder).read("device-1") == "the secret"
    assert MachineSecrets(folder).read("proxy") == "another: with ünlikely cha\nracters"
    MachineSecrets(folder).remove("device-1")
    MachineSecrets(folder).remove("device-1")
    assert MachineSecrets(folder).read("device-1") is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_nobody_else_may_open_folder_or_file(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    before = os.umask(0)
    try:
        MachineSecrets(folder).write("device-1", "the secret")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.iterdir())}
    assert modes == {0o700, 0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
@pytest.mark.parametrize("opened", ["folder", "file"])
def test_secrets_that_others_may_have_seen_are_refused(tmp_path: Path, opened: str) -> None:
    folder = tmp_path / "secrets"
    MachineSecrets(folder).write("device-1", "the secret")
    path = folder if opened == "folder" else next(folder.iterdir())
    path.chmod(0o755)
    with pytest.raises(KeyringUnavailableError) as caught:
        MachineSecrets(folder).read("device-1")
    assert caught.value.code == "keyring-denied"


@pytest.mark.skipif(sys.platform == "win32", reason="links are an administrator's there")
def test_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    MachineSecrets(folder).write("device-1", "the secret")
    kept = next(folder.iterdir())
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyringUnavailableError):
        MachineSecrets(folder).read("device-1")


@pytest.mark.parametrize("name", ["", "../device", "a/b", ".hidden", "x" * 200])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no secret may be called"):
        MachineSecrets(tmp_path).write(name, "the secret")


def test_a_folder_that_cannot_be_made_is_a_code_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyringUnavailableError):
        MachineSecrets(tmp_path / "file" / "secrets").write("device-1", "the secret")
