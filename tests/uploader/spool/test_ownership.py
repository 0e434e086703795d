"""Other users of the computer read nothing of the state folder: tried as another user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.uploader.spool.staging import recorded, spool_in
from uploader.spool.ownership import own_folder

if sys.platform == "win32":
    pytest.skip("modes are POSIX's; Windows' access lists were never run", allow_module_level=True)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may act as another user")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def read_by_others(folder: Path) -> str:
    """All that another user finds there: names and contents."""
    look = f"ls -RA {folder}; find {folder} -type f -exec cat {{}} +; cat {folder}/policy.json"
    return subprocess.run(
        ["sh", "-c", look],
        user="nobody",
        group="nogroup",
        extra_groups=[],
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
    ).stdout


def a_state_folder(place: Path) -> tuple[Path, str]:
    state = place / "state"
    own_folder(state)
    recording_id = recorded(spool_in(state / "spool")).recording_id
    (state / "policy.json").write_text("the policy")
    (state / "logs").mkdir()
    (state / "logs" / "uploader.log").write_text("ids")
    return state, recording_id


def test_nothing_can_be_read_by_others(place: Path) -> None:
    state, _ = a_state_folder(place)
    assert read_by_others(state) == ""


def test_what_was_opened_to_others_is_closed_at_the_next_start(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state, recording_id = a_state_folder(place)
    for folder, _, files in os.walk(state):
        Path(folder).chmod(0o755)
        for file in files:
            (Path(folder) / file).chmod(0o644)
    assert recording_id in read_by_others(state)  # what they could see is seen by this test
    assert "the policy" in read_by_others(state)
    with caplog.at_level("WARNING", logger="uploader.spool.ownership"):
        own_folder(state)
    assert read_by_others(state) == ""
    for path in (state, state / "spool", state / "logs", state / "policy.json"):
        assert path.stat().st_mode & 0o077 == 0
    assert "other users could read spool" in caplog.text


def test_a_link_leads_to_no_other_file(place: Path) -> None:
    other = place / "elsewhere"
    other.write_text("not ours")
    other.chmod(0o644)
    state, _ = a_state_folder(place)
    (state / "link").symlink_to(other)
    own_folder(state)
    assert other.stat().st_mode & 0o777 == 0o644


def test_what_another_user_owns_is_left_alone(place: Path) -> None:
    state, _ = a_state_folder(place)
    foreign = state / "foreign"
    foreign.write_text("left by an administrator")
    os.chown(foreign, 65534, 65534)
    foreign.chmod(0o644)
    own_folder(state)
    assert foreign.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_another_user_made_is_not_used(place: Path) -> None:
    state = place / "state"
    state.mkdir(mode=0o777)
    (state / "identity.json").write_text("another's central")
    os.chown(state, 65534, 65534)
    with pytest.raises(PermissionError, match="another user"):
        own_folder(state)
    assert [path.name for path in state.iterdir()] == ["identity.json"]


def test_a_link_that_another_user_laid_is_not_followed(place: Path) -> None:
    ours, state = place / "ours", place / "state"
    ours.mkdir()
    ours.chmod(0o755)
    state.symlink_to(ours)
    os.lchown(state, 65534, 65534)
    with pytest.raises(PermissionError, match="another user"):
        own_folder(state)
    assert ours.stat().st_mode & 0o777 == 0o755
    os.lchown(state, 0, 0)
    own_folder(state)
    assert ours.stat().st_mode & 0o777 == 0o700
