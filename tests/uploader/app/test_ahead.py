"""Segments of a call that still goes on are at central before the recording is complete."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.manifest import EndReason
from contract.policy import Uploading
from tests.uploader.app.sending_desk import Desk
from tests.uploader.central_faults import answer
from tests.uploader.false_central import FalseCentral
from tests.uploader.recordings import spooled
from uploader.desk import State

SECOND = timedelta(seconds=1)


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


@pytest.fixture
def desk(tmp_path: Path, central: FalseCentral) -> Desk:
    return Desk(tmp_path, central)


def test_they_are_ahead_and_are_not_sent_again(desk: Desk, central: FalseCentral) -> None:
    folder = desk.begin(b"first" * 1000, b"second" * 1000)
    desk.send()
    keys = [f"{folder.recording_id}/{name}" for name in ("000.seg", "001.seg")]
    assert [upload.key for upload in central.uploads.values()] == keys
    assert all(len(one.content) == one.length for one in central.uploads.values())
    assert central.taken == {}
    patches = central.count("PATCH", "/uploads")
    folder.finish(2 * SECOND, EndReason.WRAPPED_UP, [], None)
    desk.send()
    assert central.takes[folder.recording_id] == 1
    assert central.count("PATCH", "/uploads") == patches


def test_they_come_after_what_is_complete(desk: Desk, central: FalseCentral) -> None:
    folder = desk.begin(b"film")
    complete = spooled(desk.spool, 1000)
    assert desk.sending.step()
    assert [*central.taken] == [complete]
    assert not any(one.key.startswith(folder.recording_id) for one in central.uploads.values())


def test_central_is_asked_once_for_each(desk: Desk, central: FalseCentral) -> None:
    desk.begin(b"film")
    desk.send()
    before = len(central.requests)
    desk.send()
    assert len(central.requests) == before


@pytest.mark.parametrize(
    "uploading",
    [
        Uploading(early_segments=False),
        Uploading(during_calls=False),
        Uploading(when="interval"),
        Uploading(when="after-shift", spread_minutes=0),
    ],
)
def test_only_where_the_policy_has_them_sent(
    desk: Desk, central: FalseCentral, uploading: Uploading
) -> None:
    desk.begin(b"film")
    desk.is_in(State(agent_id="1234", in_call=True))
    desk.follow(uploading)
    desk.send()
    assert central.uploads == {}


@pytest.mark.parametrize("status", [400, 409, 413, 422, 500, 503])
def test_whatever_becomes_of_them_the_recording_is_none_the_worse(
    desk: Desk, central: FalseCentral, status: int
) -> None:
    folder = desk.begin(b"film")
    central.fail("*", "/", answer(status, b'{"error":"no","detail":"no"}'), times=9)
    for _ in range(9):
        desk.sending._ahead.forget_waits()
        desk.sending.step()
    central.faults.clear()
    assert desk.spool.quarantined() == []
    assert desk.board.now.problem == ""
    folder.finish(SECOND, EndReason.WRAPPED_UP, [], None)
    assert desk.sending._jobs == {}
    desk.sending.hurry()
    desk.send()
    assert central.takes[folder.recording_id] == 1


def test_a_segment_that_is_cut_on_the_disk_is_left_alone(
    tmp_path: Path, desk: Desk, central: FalseCentral
) -> None:
    folder = desk.begin(b"film")
    (tmp_path / "spool" / folder.recording_id / "000.seg").write_bytes(b"fil")
    desk.send()
    assert central.uploads == {}


def test_the_folder_is_not_touched(tmp_path: Path, desk: Desk, central: FalseCentral) -> None:
    folder = tmp_path / "spool" / desk.begin(b"film").recording_id
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    desk.send()
    assert len(central.uploads) == 1
    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    assert after == before
