"""Which of central's two addresses is used, whatever they do."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uploader.core.route import FAIL_OVER, LONGEST_HOLD, SPREAD, Course, Server

SECOND = timedelta(seconds=1)
BOTH = Course(has_peer=True)
chances = st.floats(0, 1, exclude_max=True)


def failed(course: Course, server: Server, times: int, begin: int = 0) -> Course:
    """So many requests, one after the other."""
    for number in range(times):
        at = (begin + 2 * number) * SECOND
        course = course.failed(server, at, at + SECOND / 2, 0.5)
    return course


def test_one_failure_is_no_reason_to_leave_the_primary() -> None:
    assert failed(BOTH, Server.PRIMARY, FAIL_OVER - 1).at is Server.PRIMARY


def test_after_some_failures_in_a_row_the_peer_is_used() -> None:
    assert failed(BOTH, Server.PRIMARY, FAIL_OVER).at is Server.PEER


def test_an_answer_in_between_makes_failures_count_anew() -> None:
    course = failed(BOTH, Server.PRIMARY, FAIL_OVER - 1).answered(Server.PRIMARY)
    assert failed(course, Server.PRIMARY, FAIL_OVER - 1, begin=10).at is Server.PRIMARY


def test_without_a_peer_there_is_nowhere_to_go() -> None:
    assert failed(Course(has_peer=False), Server.PRIMARY, 100).at is Server.PRIMARY


def test_requests_that_were_under_way_together_fail_once() -> None:
    course = BOTH
    for number in range(5):  # five loops, whose connections one restart of central cuts
        course = course.failed(Server.PRIMARY, timedelta(0), (10 + number) * SECOND, 0.5)
    assert course.at is Server.PRIMARY
    assert course.failing(Server.PRIMARY).count == 1


def test_a_restart_of_central_moves_nobody_however_many_recordings_wait() -> None:
    course = BOTH
    for number in range(50):
        at = number * SECOND / 50
        course = course.failed(Server.PRIMARY, at, at + SECOND / 100, 0.5)
    assert course.at is Server.PRIMARY


def test_a_late_failure_of_the_server_that_was_left_moves_nothing() -> None:
    course = failed(BOTH, Server.PRIMARY, FAIL_OVER)
    assert failed(course, Server.PRIMARY, 10, begin=20).at is Server.PEER


def test_a_peer_that_fails_as_well_gives_way_to_the_primary() -> None:
    course = failed(failed(BOTH, Server.PRIMARY, FAIL_OVER), Server.PEER, FAIL_OVER, begin=20)
    assert course.at is Server.PRIMARY


def at_peer_and_asked(course: Course, until: timedelta, *, well: bool = True) -> Course:
    """At the peer, the primary asked each time that it is due, until it has its place or then."""
    now = course.probe_at
    while course.at is Server.PEER and now < until:
        course = course.probed(now, 0.5, well=well)
        now = course.probe_at
    return course


def test_the_primary_gets_its_place_back_when_it_answered_well_twice() -> None:
    course = failed(BOTH, Server.PRIMARY, FAIL_OVER)
    now = course.hold_until + SECOND
    once = course.probed(now, 0.5, well=True)
    assert once.at is Server.PEER
    assert once.probe_at > now
    assert once.probed(once.probe_at, 0.5, well=True).at is Server.PRIMARY


def test_a_primary_that_is_not_well_is_asked_ever_more_seldom() -> None:
    course = failed(BOTH, Server.PRIMARY, FAIL_OVER)
    pauses = []
    for _ in range(12):
        now = course.probe_at
        course = course.probed(now, 0.5, well=False)
        pauses.append(course.probe_at - now)
    assert course.at is Server.PEER
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=12)
    assert timedelta(minutes=7) < pauses[-1] <= timedelta(minutes=15)


def test_a_probe_that_failed_makes_the_good_ones_count_anew() -> None:
    course = failed(BOTH, Server.PRIMARY, FAIL_OVER)
    now = course.hold_until + SECOND
    course = course.probed(now, 0.5, well=True).probed(now, 0.5, well=False)
    assert course.probed(now + timedelta(hours=1), 0.5, well=True).at is Server.PEER


def test_one_that_answers_probes_and_nothing_else_is_left_alone_for_longer_each_time() -> None:
    course, begin, stays = BOTH, 0, []
    for _ in range(8):
        course = failed(course, Server.PRIMARY, FAIL_OVER, begin=begin)
        left = (begin + 2 * FAIL_OVER) * SECOND
        course = at_peer_and_asked(course, timedelta(days=1))
        assert course.at is Server.PRIMARY
        stays.append(course.probe_at - left)
        begin = int(course.probe_at.total_seconds()) + 1
    assert stays[:7] == sorted(stays[:7])
    assert stays[5] > timedelta(minutes=30)


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.99])
def test_on_another_network_the_primary_is_asked_within_a_minute(chance: float) -> None:
    course = failed(BOTH, Server.PRIMARY, FAIL_OVER)
    course = at_peer_and_asked(course, timedelta(minutes=30), well=False)
    now = timedelta(hours=5)
    changed = course.network_changed(now, chance)
    assert now <= changed.probe_at <= now + SPREAD


def test_a_stranger_is_a_portal_only_on_a_new_network_where_nothing_answered_yet() -> None:
    hour = timedelta(hours=1)
    assert not BOTH.network_changed(hour, 0).a_portal_is_likely(hour)  # perhaps a wrong site_ca
    known = BOTH.answered(Server.PRIMARY)
    assert not known.a_portal_is_likely(hour)
    moved = known.network_changed(hour, 0)
    assert moved.a_portal_is_likely(hour + SECOND)
    assert not moved.a_portal_is_likely(2 * hour)
    assert not moved.answered(Server.PRIMARY).a_portal_is_likely(hour + SECOND)


@dataclass
class Fleet:
    """One desk, over time, before two servers that are up or down."""

    course: Course = BOTH
    now: timedelta = timedelta(0)
    moves: list[timedelta] = field(default_factory=list)

    def second(self, up: dict[Server, bool], chance: float) -> None:
        before = self.course.at
        began, self.now = self.now, self.now + SECOND
        if up[before]:
            self.course = self.course.answered(before)
        else:
            self.course = self.course.failed(before, began, self.now, chance)
        if self.course.probe_is_due(self.now):
            self.course = self.course.probed(self.now, chance, well=up[Server.PRIMARY])
        if self.course.at is not before:
            self.moves.append(self.now)


spans = st.lists(
    st.tuples(st.integers(1, 200), st.booleans(), st.booleans()), min_size=1, max_size=12
)


@given(spans, chances)
def test_the_one_server_that_is_up_is_found_whatever_was_before(
    history: list[tuple[int, bool, bool]], chance: float
) -> None:
    for up in (
        {Server.PRIMARY: True, Server.PEER: False},
        {Server.PRIMARY: False, Server.PEER: True},
    ):
        desk = Fleet()
        for seconds, primary, peer in history:
            for _ in range(seconds):
                desk.second({Server.PRIMARY: primary, Server.PEER: peer}, chance)
        for _ in range(4 * FAIL_OVER):
            desk.second(up, chance)
        assert up[desk.course.at]


@given(spans, chances)
def test_while_the_peer_is_up_the_desk_does_not_flap(
    history: list[tuple[int, bool, bool]], chance: float
) -> None:
    desk = Fleet()
    for seconds, primary, _ in history:
        for _ in range(seconds):
            desk.second({Server.PRIMARY: primary, Server.PEER: True}, chance)
    back = desk.moves[1::2]  # to the primary
    away = desk.moves[0::2]
    for left, came in zip(away, back, strict=False):
        assert came - left >= timedelta(minutes=1)
    # Within an hour each stay at the peer is twice as long as the one before.
    assert len(back) <= 1 + (desk.now / timedelta(minutes=1) + 1).__int__().bit_length() + int(
        desk.now / LONGEST_HOLD
    )


@given(st.lists(st.tuples(st.sampled_from(Server), st.booleans(), chances), max_size=60))
def test_nobody_leaves_a_primary_that_answers(
    events: list[tuple[Server, bool, float]],
) -> None:
    course = BOTH
    for number, (server, well, chance) in enumerate(events):
        at = number * SECOND
        if server is Server.PRIMARY or well:
            course = course.answered(server)
        else:
            course = course.failed(server, at, at + SECOND, chance)
        assert course.at is Server.PRIMARY
