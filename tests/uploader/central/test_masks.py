"""Spans in which voice must be silent reach central, whatever dies in between."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.uploader.central_faults import cut_after, said
from tests.uploader.false_central import Apply, FalseCentral, Handler
from uploader.central.masks import MaskQueue, _with
from uploader.link import CentralError, Link
from uploader.spool.durable import write_whole

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AHEAD = timedelta(seconds=2)
SECOND = timedelta(seconds=1)


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


def queue(folder: Path) -> MaskQueue:
    return MaskQueue(folder / "masks.json", write_whole)


def link(central: FalseCentral) -> Link:
    return Link(central.url, ssl.create_default_context(), lambda: "desk-1.s")


def told(central: FalseCentral) -> list[tuple[str, str | None]]:
    return [(one["since"], one["until"]) for one in central.masks]


BEGIN, END = "2026-11-22T12:00:02Z", "2026-11-22T12:00:05Z"


def test_a_span_is_told_by_centrals_clock_when_it_begins_and_when_it_ends(
    central: FalseCentral, tmp_path: Path
) -> None:
    masks = queue(tmp_path)
    masks.heard("call", "agent", NOON, silent=True)
    masks.tell(link(central), AHEAD)
    assert told(central) == [(BEGIN, None)]
    masks.heard("call", "agent", NOON + 3 * SECOND, silent=False)
    masks.tell(link(central), AHEAD + SECOND)  # the clock was measured anew meanwhile
    assert told(central) == [(BEGIN, None), (BEGIN, END)]
    assert masks.waiting() == 0
    assert queue(tmp_path)._spans == []


def test_what_is_heard_is_on_disk_at_once(central: FalseCentral, tmp_path: Path) -> None:
    queue(tmp_path).heard("call", "agent", NOON, silent=True)
    again = queue(tmp_path)
    assert again.waiting() == 1
    again.tell(link(central), AHEAD)
    assert queue(tmp_path).waiting() == 0


def test_the_same_again_changes_nothing(central: FalseCentral, tmp_path: Path) -> None:
    masks = queue(tmp_path)
    for _ in range(3):
        masks.heard("call", "agent", NOON, silent=True)
    masks.heard("call", "agent", NOON + 3 * SECOND, silent=False)
    masks.heard("call", "agent", NOON + 3 * SECOND, silent=False)
    masks.tell(link(central), AHEAD)
    assert told(central) == [(BEGIN, END)]


def test_an_end_without_a_beginning_is_nothing(tmp_path: Path) -> None:
    masks = queue(tmp_path)
    masks.heard("call", "agent", NOON, silent=False)
    assert masks.waiting() == 0


def test_a_lost_answer_is_asked_for_again(central: FalseCentral, tmp_path: Path) -> None:
    masks = queue(tmp_path)
    masks.heard("call", "agent", NOON, silent=True)
    central.fail("POST", "/desk/masks", cut_after)
    with pytest.raises(CentralError):
        masks.tell(link(central), AHEAD)
    masks.tell(link(central), AHEAD + SECOND)
    assert told(central) == [(BEGIN, None), (BEGIN, None)]


def test_a_span_that_ends_while_its_beginning_is_told_is_told_again(
    central: FalseCentral, tmp_path: Path
) -> None:
    masks = queue(tmp_path)
    masks.heard("call", "agent", NOON, silent=True)

    def meanwhile(handler: Handler, apply: Apply) -> None:
        del handler
        masks.heard("call", "agent", NOON + 3 * SECOND, silent=False)
        apply()

    central.fail("POST", "/desk/masks", meanwhile)
    masks.tell(link(central), AHEAD)
    assert told(central) == [(BEGIN, None), (BEGIN, END)]


def test_a_mask_that_central_refuses_does_not_hold_up_the_next(
    central: FalseCentral, tmp_path: Path
) -> None:
    masks = queue(tmp_path)
    masks.heard("odd", "agent", NOON, silent=True)
    masks.heard("call", "agent", NOON, silent=True)
    central.fail("POST", "/desk/masks", said(400, "malformed"))
    masks.tell(link(central), AHEAD)
    assert [one["call_id"] for one in central.masks] == ["call"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b"\xff", b'[{"call_id":"c"}]'])
def test_a_damaged_queue_does_not_stop_the_next_mask(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "masks.json").write_bytes(damage)
    masks = queue(tmp_path)
    masks.heard("call", "agent", NOON, silent=True)
    assert queue(tmp_path).waiting() == 1


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20), st.booleans()), max_size=30))
def test_no_call_has_two_open_spans_and_none_ends_before_it_began(
    heard: list[tuple[str, int, bool]],
) -> None:
    spans: list = []  # type: ignore[type-arg]  # of a private type
    for call_id, second, silent in heard:
        spans = _with(spans, call_id, "agent", NOON + second * SECOND, silent=silent)
    for call_id in "ab":
        assert sum(one.call_id == call_id and one.until is None for one in spans) <= 1
    assert all(one.until is None or one.until >= one.since for one in spans)
