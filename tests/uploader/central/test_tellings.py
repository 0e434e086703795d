"""Decisions and confirmed notices reach central, whatever dies in between."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contract.protocol import Decision, NoticeRead
from tests.uploader.central_faults import cut_after, said
from tests.uploader.false_central import FalseCentral
from uploader.central.tellings import Tellings
from uploader.link import CentralError, Link
from uploader.spool.durable import write_whole

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AHEAD = timedelta(seconds=2)
DECISION = Decision(
    call_id="c",
    agent_id="a",
    at=NOON,
    selected=True,
    bucket=17,
    percentage=Decimal("12.50"),
    salt="s",
    policy_version=3,
)
NOTICE = NoticeRead(version="2026-1", agent_id="a", at=NOON)


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


def kept(folder: Path) -> Tellings:
    return Tellings(folder / "tellings.json", write_whole)


def link(central: FalseCentral) -> Link:
    return Link(central.url, ssl.create_default_context(), lambda: "desk-1.s")


def test_both_are_told_by_centrals_clock_and_then_forgotten(
    central: FalseCentral, tmp_path: Path
) -> None:
    tellings = kept(tmp_path)
    tellings.decided(DECISION)
    tellings.notice_read(NOTICE)
    tellings.tell(link(central), AHEAD)
    [decision] = central.decisions
    assert decision["at"] == "2026-11-22T12:00:02Z"
    assert (decision["percentage"], decision["bucket"]) == ("12.50", 17)
    assert central.notices == [{"version": "2026-1", "agent_id": "a", "at": "2026-11-22T12:00:02Z"}]
    assert tellings.waiting() == kept(tmp_path).waiting() == 0


def test_what_is_heard_is_on_disk_at_once_and_once(tmp_path: Path) -> None:
    for _ in range(3):
        kept(tmp_path).decided(DECISION)
    assert kept(tmp_path).waiting() == 1


def test_a_lost_answer_has_it_told_again(central: FalseCentral, tmp_path: Path) -> None:
    central.fail("POST", "/desk/decisions", cut_after)
    tellings = kept(tmp_path)
    tellings.decided(DECISION)
    with pytest.raises(CentralError):
        tellings.tell(link(central), AHEAD)
    kept(tmp_path).tell(link(central), AHEAD)
    assert len(central.decisions) == 2
    assert kept(tmp_path).waiting() == 0


def test_what_central_will_never_take_holds_up_nothing(
    central: FalseCentral, tmp_path: Path
) -> None:
    central.fail("POST", "/desk/decisions", said(422, "unusable"))
    tellings = kept(tmp_path)
    tellings.decided(DECISION)
    tellings.notice_read(NOTICE)
    tellings.tell(link(central), AHEAD)
    assert (len(central.decisions), len(central.notices)) == (0, 1)
    assert tellings.waiting() == 0


def test_a_torn_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "tellings.json").write_text('[{"decision"')
    assert kept(tmp_path).waiting() == 0
