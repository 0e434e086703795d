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

_ANY_RECEIVED = """SELECT call_id FROM store_recording
    WHERE selected AND state IN ('received', 'playable') ORDER BY received_at LIMIT 1"""


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


def test_the_search_below_would_find_what_it_looks_for(house: House, scene: Scene) -> None:
    """In the clear, each segment at central holds all that marks a film."""
    found = evidence.rows(scene.central, _ANY_RECEIVED)
    ((one, *_),) = [evidence.received(scene.central, row["call_id"]) for row in found]
    clear = one.segments[0]
    assert {needle[:4] for needle in PICTURES if needle in clear} >= {b"ftyp", b"mfhd", b"avcC"}
    assert any(needle in PASSWORD.encode() for needle in PERSONAL)
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
        if began(path) >= house.began.timestamp()
    ]
    assert [path for path in ours if evidence.held_by(path, PERSONAL)] == []


def began(path: Path) -> float:
    """When a file was last written to; long ago, if it is none or is gone."""
    try:
        return path.stat().st_mtime if path.is_file() else 0.0
    except FileNotFoundError:
        return 0.0


def desks(house: House) -> list[Path]:
    """The folders of all desks, with configuration, state, spool and logs."""
    return sorted((house.folder / "desks").iterdir())


def homes(house: House) -> list[Path]:
    """What the desks' user has in home and runtime folders."""
    return [house.folder / "session"]
