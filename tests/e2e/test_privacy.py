"""What must be nowhere on the desk, looked for after all other end-to-end tests have run."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.stage.film import watch
from contract.manifest import EndReason
from tests.e2e import evidence
from tests.e2e.evidence import PERSONAL, PICTURES
from tests.e2e.scene import PASSWORD, House, Scene

pytestmark = pytest.mark.e2e


def test_nothing_is_captured_after_the_sign_out(scene: Scene, tmp_path: Path) -> None:
    talk = scene.ring()
    talk.answer()
    talk.flash()
    talk.play("attach", key="Reason", value="Invoice")
    scene.play("sign_out")
    scene.until_tray_says("Signed out")
    signed_out = datetime.now(UTC)
    talk.flash()  # for nobody
    talk.goes_on(1)
    talk.ends()
    ((one,),) = scene.received(talk)
    manifest = one.manifest
    assert manifest.end_reason is EndReason.SIGNED_OUT
    assert manifest.started_at + manifest.duration <= signed_out
    flashes = 0
    for number, segment in enumerate(one.segments):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(segment)
        flashes += len(watch(path).flashes)
        path.unlink()
    assert flashes == 1  # the one before


def test_what_was_recorded_can_be_found_by_this_search(house: House, tmp_path: Path) -> None:
    """The search below is able to fail."""
    (tmp_path / "log").write_text(f"the agent's password is {PASSWORD}")
    assert evidence.places_of(PERSONAL, [tmp_path])
    (tmp_path / "film").write_bytes(b"\0\0\0\x18ftypisom")
    assert evidence.places_of(PICTURES, [tmp_path])
    assert desks(house)


def test_no_clear_picture_is_left_on_any_desk(house: House) -> None:
    assert evidence.places_of(PICTURES, [*desks(house), *homes(house)]) == []


def test_no_password_number_name_or_attached_data_is_left_on_any_desk(house: House) -> None:
    assert evidence.places_of(PERSONAL, [*desks(house), *homes(house)]) == []


def test_no_personal_thing_is_in_centrals_logs(house: House) -> None:
    log = (house.folder / "central.log").read_bytes()
    assert log
    assert [needle for needle in PERSONAL if needle in log] == []


def test_nothing_was_left_in_the_folder_for_temporary_files(house: House) -> None:
    """But for what tests themselves put there, which has names of their own."""
    ours = [
        path
        for path in Path(tempfile.gettempdir()).iterdir()
        if path.is_file() and path.stat().st_mtime >= house.began.timestamp()
    ]
    assert [path for path in ours if evidence.held_by(path, PERSONAL)] == []


def desks(house: House) -> list[Path]:
    """The folders of all desks, with configuration, state, spool and logs."""
    return sorted((house.folder / "desks").iterdir())


def homes(house: House) -> list[Path]:
    """What the desks' user has in home and runtime folders."""
    return [house.folder / "session"]
