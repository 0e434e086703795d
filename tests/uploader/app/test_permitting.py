"""Which recordings may leave, with clocks that are handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from contract.desk_config import Identity
from contract.policy import Policy, Selection, Span, Uploading
from uploader.app.permitting import Permits
from uploader.app.standing import Board
from uploader.core import Conditions
from uploader.core.schedule import share
from uploader.desk import State

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NIGHT = Uploading(when="windows", windows=(Span(opens="22:00", closes="06:00"),), spread_minutes=0)
AFTER_SHIFT = Uploading(when="after-shift", spread_minutes=30)
DESK = "desk-1"
MINE = 60 + 30 * 60 * share(DESK)  # seconds after a shift
POLICY = Policy(
    version=1,
    issued_at=NOON,
    expires_at=NOON,
    selection=Selection(percentage=Decimal(10), salt="s"),
    seal_to=(),
    receipt_keys=(),
)


@dataclass
class Clocks:
    """On the wall, which people set; and the other one, which nobody does."""

    wall: datetime = NOON
    monotonic: float = 0.0


class Desk:
    def __init__(self) -> None:
        self.clocks = Clocks()
        self.board = Board(lambda _uploads: None)
        identity = Identity(device_id=DESK, root_key="", central_url="")
        self.board.note(lambda standing: replace(standing, identity=identity))
        self.seen = Conditions()
        self.permits = Permits(
            self.board,
            lambda _recording_id: self.clocks.wall,
            lambda: self.seen,
            lambda: self.clocks.wall,
            lambda: self.clocks.monotonic,
        )

    def follow(self, uploading: Uploading) -> None:
        policy = msgspec.structs.replace(POLICY, uploading=uploading)
        self.board.note(lambda standing: replace(standing, policy=policy))

    def agent(self, agent_id: str | None) -> None:
        state = State(agent_id=agent_id)
        self.board.note(lambda standing: replace(standing, client=state))

    def passes(self, seconds: float) -> None:
        self.clocks.monotonic += seconds
        self.clocks.wall += timedelta(seconds=seconds)

    @property
    def why(self) -> str:
        return self.permits.of_all(["recording"]).why


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_without_a_policy_nothing_leaves(desk: Desk) -> None:
    assert desk.why == "schedule"


def test_power_and_network_are_what_the_system_says(desk: Desk) -> None:
    desk.follow(Uploading())
    assert desk.why == ""
    desk.seen = Conditions(metered=True)
    assert desk.why == "metered"


def test_after_the_shift_the_desks_own_wait_begins(desk: Desk) -> None:
    desk.follow(AFTER_SHIFT)
    desk.agent("1234")
    desk.passes(10_000)
    assert desk.why == "shift"
    desk.agent(None)
    desk.passes(MINE - 1)
    assert desk.why == "shift"
    desk.passes(1.1)
    assert desk.why == ""
    desk.agent("1234")
    assert desk.why == "shift"


def test_an_uploader_that_starts_with_nobody_signed_in_waits_as_after_a_shift(desk: Desk) -> None:
    """In the morning an agent comes before that; at a desk where none comes nothing is stuck."""
    desk.follow(AFTER_SHIFT)
    assert desk.why == "shift"
    desk.passes(MINE + 0.1)
    assert desk.why == ""


@pytest.mark.parametrize("set_by", [timedelta(days=-1), timedelta(days=1)])
def test_a_clock_that_is_set_ends_no_shift_and_prolongs_none(desk: Desk, set_by: timedelta) -> None:
    desk.follow(AFTER_SHIFT)
    desk.agent("1234")
    assert desk.why == "shift"
    desk.agent(None)
    desk.clocks.wall += set_by
    desk.passes(MINE - 1)
    assert desk.why == "shift"
    desk.passes(1.1)
    assert desk.why == ""


def test_a_new_policy_lets_go_within_a_minute_at_the_desks_own_time(desk: Desk) -> None:
    desk.follow(NIGHT)
    assert desk.why == "schedule"
    desk.follow(Uploading())
    answer = desk.permits.of_all(["recording"])
    assert answer.until == NOON + timedelta(seconds=60) * share(DESK)
    desk.passes(60 * share(DESK) - 0.1)
    assert desk.why == "schedule"
    desk.passes(0.2)
    assert desk.why == ""


def test_the_hour_itself_is_no_new_policy(desk: Desk) -> None:
    desk.follow(NIGHT)
    assert desk.why == "schedule"
    desk.passes(10 * 3600)
    assert desk.why == ""


def test_what_is_asked_for_goes_and_the_rest_waits(desk: Desk) -> None:
    desk.follow(NIGHT)
    desk.permits.asked_for = frozenset({"b"})
    assert list(desk.permits.permitted(["a", "b", "c"])) == ["b"]
    assert desk.permits.of_all(["a", "b"]).granted
    assert not desk.permits.of_all(["a", "c"]).granted


@pytest.mark.parametrize("uploading", [NIGHT, AFTER_SHIFT, Uploading(during_calls=False)])
def test_at_sign_off_the_schedule_holds_nothing_back(desk: Desk, uploading: Uploading) -> None:
    desk.follow(uploading)
    desk.board.note(lambda now: replace(now, client=State(agent_id="kate", in_call=True)))
    assert not desk.permits.of_all(["a"]).granted
    desk.permits.session_ends = True
    assert list(desk.permits.permitted(["a", "b"])) == ["a", "b"]


@pytest.mark.parametrize(
    ("seen", "why"),
    [(Conditions(metered=True), "metered"), (Conditions(battery_percent=19), "battery")],
)
def test_at_sign_off_network_and_battery_hold_all_back_but_what_is_asked_for(
    desk: Desk, seen: Conditions, why: str
) -> None:
    desk.follow(NIGHT)
    desk.seen = seen
    desk.permits.session_ends = True
    assert desk.why == why
    desk.permits.asked_for = frozenset({"b"})
    assert list(desk.permits.permitted(["a", "b"])) == ["b"]


@pytest.mark.parametrize(
    ("uploading", "early"),
    [(Uploading(), True), (Uploading(early_segments=False), False), (NIGHT, False)],
)
def test_segments_go_ahead_at_once_or_not_at_all(
    desk: Desk,
    uploading: Uploading,
    early: bool,  # noqa: FBT001  # a case
) -> None:
    desk.follow(uploading)
    assert desk.permits.may_send_early() is early
