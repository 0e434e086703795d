"""The loop that carries recordings away."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import Span, Uploading, accept
from tests.uploader.app.sending_desk import Desk
from tests.uploader.central_faults import answer
from tests.uploader.desk_program import until
from tests.uploader.false_central import Apply, FalseCentral, Handler
from tests.uploader.recordings import spooled
from uploader.app.flushing import Flush
from uploader.core import Conditions, UploadJob
from uploader.desk import State

SECOND = timedelta(seconds=1)
_FAR = datetime.now().astimezone() + timedelta(hours=12)
NEVER = Uploading(
    when="windows",
    windows=(Span(opens=f"{_FAR:%H}:00", closes=f"{_FAR:%H}:01"),),
    spread_minutes=0,
)


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


@pytest.fixture
def desk(tmp_path: Path, central: FalseCentral) -> Desk:
    return Desk(tmp_path, central)


def test_how_far_a_recording_is_is_told_while_it_is_sent(desk: Desk, central: FalseCentral) -> None:
    recording_id = spooled(desk.spool, 900_000, details=100)
    size = sum(file.size for file in desk.spool.files(recording_id))
    desk.send()
    assert recording_id in central.taken
    told = [(uploads.sent, uploads.total) for uploads in desk.told]
    assert (0, size) in told
    assert told[-1] == (0, 0)
    assert all(0 <= sent <= total for sent, total in told)


def test_a_file_that_central_took_ends_long_waits(
    desk: Desk, central: FalseCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploader.app.sending._chance", lambda: 0.0)
    recording_id = spooled(desk.spool, 1000, 1000, 1000)
    failures = []
    for good in (0, 0, 1, 0, 1):
        central.fail("POST", "/uploads", answer(500), after=good)
        assert desk.sending.step()
        failures.append(desk.sending.attempts()[recording_id])
    assert failures == [1, 2, 1, 2, 1]
    desk.send()
    assert recording_id in central.taken


def test_a_receipt_by_a_key_that_the_policy_does_not_name_yet_has_the_policy_fetched(
    desk: Desk, central: FalseCentral
) -> None:
    recording_id = spooled(desk.spool, 1000)
    central.receipt_key = Ed25519PrivateKey.generate()
    doubts: list[int] = []

    def fetch() -> None:
        doubts.append(1)
        assert desk.spool.waiting() == [recording_id]
        desk.policy = accept(central.new_policy(2), desk.board.now.roots, datetime.now(UTC))
        desk.follow(Uploading())

    desk.sending._receipt_doubted = fetch
    desk.send()
    desk.sending.hurry()
    desk.send()
    assert doubts == [1]
    assert desk.spool.waiting() == []
    assert not any(uploads.problem for uploads in desk.told)


def test_a_receipt_that_stays_wrong_is_said_and_nothing_is_deleted(
    desk: Desk, central: FalseCentral
) -> None:
    recording_id = spooled(desk.spool, 1000)
    central.receipt_key = Ed25519PrivateKey.generate()

    def said() -> bool:
        desk.send()
        return desk.board.now.problem == "receipt-wrong"

    until(said)
    assert desk.spool.waiting() == [recording_id]
    assert desk.spool.quarantined() == []


def test_what_cannot_be_set_aside_now_keeps_no_other_waiting(
    tmp_path: Path, desk: Desk, central: FalseCentral
) -> None:
    damaged, good = spooled(desk.spool, 1000), spooled(desk.spool, 1000, seed=1)
    (tmp_path / "spool" / damaged / "000.seg").unlink()
    in_the_way = tmp_path / "spool" / damaged / "why.json.draft"
    in_the_way.mkdir()
    desk.send()
    assert good in central.taken
    assert desk.spool.waiting() == [damaged]
    in_the_way.rmdir()
    desk.sending.hurry()
    desk.send()
    assert [one.recording_id for one in desk.spool.quarantined()] == [damaged]


def test_a_recording_that_cannot_be_read_does_not_hold_up_the_others(
    tmp_path: Path, desk: Desk, central: FalseCentral
) -> None:
    unreadable, good = spooled(desk.spool, 1000), spooled(desk.spool, 1000, seed=1)
    manifest = tmp_path / "spool" / unreadable / "manifest.json"
    manifest.rename(manifest.with_name("moved"))
    manifest.mkdir()  # to read it is an error, as on a broken disk
    desk.send()
    assert good in central.taken
    assert desk.spool.waiting() == [unreadable]
    assert desk.board.now.problem == "spool-fails"


def test_tries_are_counted_for_the_status_while_the_loop_notes_others(desk: Desk) -> None:
    jobs = desk.sending._jobs

    class Interrupted:
        """A job; whoever looks at it is interrupted by the loop, which notes another."""

        @property
        def failures(self) -> int:
            jobs["another"] = UploadJob("another")
            return 1

    jobs["one"] = cast("UploadJob", Interrupted())
    jobs["two"] = UploadJob("two", failures=2)
    assert desk.sending.attempts() == {"one": 1, "two": 2}


class TestWhatThePolicyPermits:
    @pytest.mark.parametrize(
        ("uploading", "state", "why"),
        [
            (NEVER, State(), "schedule"),
            (Uploading(when="after-shift"), State(agent_id="1234"), "shift"),
            (Uploading(during_calls=False), State(agent_id="1234", in_call=True), "call"),
        ],
    )
    def test_what_has_to_wait_says_what_for(
        self, desk: Desk, central: FalseCentral, uploading: Uploading, state: State, why: str
    ) -> None:
        spooled(desk.spool, 1000)
        desk.follow(uploading)
        desk.is_in(state)
        desk.send()
        assert central.taken == {}
        assert (desk.told[-1].held, desk.told[-1].problem) == (why, "")
        assert (desk.told[-1].until is not None) == (why == "schedule")

    def test_it_leaves_as_soon_as_it_may(self, desk: Desk, central: FalseCentral) -> None:
        recording_id = spooled(desk.spool, 1000)
        desk.follow(Uploading(during_calls=False))
        desk.is_in(State(agent_id="1234", in_call=True))
        desk.send()
        desk.is_in(State(agent_id="1234"))
        desk.send()
        assert [*central.taken] == [recording_id]
        assert (desk.told[-1].held, desk.told[-1].waiting) == ("", 0)

    def test_a_call_that_begins_ends_a_transfer_between_two_chunks(
        self, desk: Desk, central: FalseCentral
    ) -> None:
        recording_id = spooled(desk.spool, 3 * 1024 * 1024)
        desk.follow(Uploading(during_calls=False))
        busy, free = State(agent_id="1234", in_call=True), State(agent_id="1234")

        def in_a_call(_handler: Handler, apply: Apply) -> None:
            desk.is_in(busy)
            apply()

        central.fail("PATCH", "/uploads", in_a_call)
        desk.send()
        assert central.count("PATCH", "/uploads") == 1
        assert desk.told[-1].held == "call"
        desk.is_in(free)
        desk.send()
        assert central.takes[recording_id] == 1

    def test_an_interval_takes_what_was_ready_at_its_turn(
        self, tmp_path: Path, desk: Desk, central: FalseCentral
    ) -> None:
        old, new = spooled(desk.spool, 1000), spooled(desk.spool, 1000, seed=1)
        _made(tmp_path / "spool" / old, datetime.now(UTC) - timedelta(days=1))
        desk.follow(Uploading(when="interval", interval_minutes=1440))
        desk.send()
        assert [*central.taken] == [old]
        assert desk.told[-1].held == "schedule"
        until = desk.told[-1].until
        assert until is not None
        assert timedelta(0) < until - datetime.now(UTC) <= timedelta(days=1)
        assert desk.spool.waiting() == [new]

    def test_a_new_policy_does_not_let_go_a_whole_fleet_at_once(
        self, desk: Desk, central: FalseCentral
    ) -> None:
        spooled(desk.spool, 1000)
        desk.follow(NEVER)
        desk.send()
        desk.follow(Uploading())
        desk.send()
        assert central.taken == {}
        until = desk.told[-1].until
        assert until is not None
        assert timedelta(0) < until - datetime.now(UTC) < timedelta(seconds=61)


class TestUploadNow:
    def test_what_waits_then_is_sent_whatever_the_policy_says(
        self, desk: Desk, central: FalseCentral
    ) -> None:
        waiting = {spooled(desk.spool, 1000), spooled(desk.spool, 1000, seed=1)}
        desk.follow(NEVER)
        desk.is_in(State(agent_id="1234", in_call=True))
        desk.sending.hurry()
        desk.send()
        assert {*central.taken} == waiting
        assert desk.told[-1].held == ""

    def test_it_counts_once(self, desk: Desk, central: FalseCentral) -> None:
        desk.follow(NEVER)
        asked_for = spooled(desk.spool, 1000)
        desk.sending.hurry()
        desk.send()
        spooled(desk.spool, 1000, seed=1)
        desk.send()
        assert [*central.taken] == [asked_for]
        assert desk.told[-1].held == "schedule"

    def test_what_is_asked_for_and_fails_is_tried_again(
        self, desk: Desk, central: FalseCentral, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("uploader.core.sending._BASE", timedelta(hours=1))
        monkeypatch.setattr("uploader.app.sending._chance", lambda: 0.9)  # it waits by itself
        desk.follow(NEVER)
        recording_id = spooled(desk.spool, 1000)
        central.fail("*", "/", answer(500))
        desk.sending.hurry()
        desk.send()
        assert central.taken == {}
        assert desk.told[-1].held == ""
        desk.sending.hurry()
        desk.send()
        assert [*central.taken] == [recording_id]

    def test_at_sign_off_what_becomes_ready_later_goes_too(
        self, desk: Desk, central: FalseCentral
    ) -> None:
        desk.follow(NEVER)
        desk.sending.flush()
        desk.send()
        recording_id = spooled(desk.spool, 1000)
        desk.send()
        assert [*central.taken] == [recording_id]

    def test_at_sign_off_a_metered_network_still_holds_back_and_ends_the_flush(
        self, desk: Desk, central: FalseCentral
    ) -> None:
        desk.follow(NEVER)
        desk.seen = Conditions(metered=True)
        spooled(desk.spool, 1000)
        desk.sending.flush()
        desk.send()
        assert central.taken == {}
        assert Flush.begun(timedelta(0)).is_over(desk.board.now, 1, timedelta(0))


def test_when_central_is_there_again_nobody_waits_out_a_long_wait(
    desk: Desk, central: FalseCentral
) -> None:
    recording_id = spooled(desk.spool, 1000)
    central.fail("*", "/", answer(502), times=99)
    desk.send()
    (job,) = desk.sending._jobs.values()
    late = job.not_before + timedelta(minutes=15)
    desk.sending._jobs[recording_id] = replace(job, not_before=late)
    desk.board.note(lambda standing: replace(standing, connected=True))
    desk.send()
    (job,) = desk.sending._jobs.values()
    assert job.not_before <= late - timedelta(minutes=13)


def _made(folder: Path, at: datetime) -> None:
    os.utime(folder / "manifest.json", (at.timestamp(), at.timestamp()))
