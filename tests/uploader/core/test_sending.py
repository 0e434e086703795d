"""What the uploader decides."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uploader.core import (
    BREAKER_FAILURES,
    LONGEST_ASKED,
    LONGEST_WAIT,
    REFUSALS,
    SMALLEST_CHUNK,
    Breaker,
    ChunkSize,
    UploadJob,
    Verdict,
    next_job,
    retry_after,
    verdict,
    wait,
)

NOW = timedelta(hours=1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
chances = st.floats(0, 1, exclude_max=True)
failures = st.integers(1, 10_000)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Verdict.DONE),
        (201, Verdict.DONE),
        (204, Verdict.DONE),
        (103, Verdict.RETRY),
        (302, Verdict.RETRY),
        (400, Verdict.REFUSED),
        (401, Verdict.SIGN_IN),
        (403, Verdict.SIGN_IN),
        (404, Verdict.AGAIN_FROM_START),
        (407, Verdict.RETRY),
        (408, Verdict.RETRY),
        (409, Verdict.LOOK_AGAIN),
        (410, Verdict.AGAIN_FROM_START),
        (413, Verdict.SMALLER),
        (415, Verdict.REFUSED),
        (422, Verdict.SET_ASIDE),
        (425, Verdict.RETRY),
        (429, Verdict.THROTTLED),
        (460, Verdict.LOOK_AGAIN),
        (500, Verdict.RETRY),
        (503, Verdict.THROTTLED),
        (504, Verdict.RETRY),
    ],
)
def test_each_answer_says_what_to_do_next(status: int, expected: Verdict) -> None:
    assert verdict(status) is expected


@given(st.integers(100, 999))
def test_only_success_is_done(status: int) -> None:
    assert (verdict(status) is Verdict.DONE) == (200 <= status < 300)


@given(failures, chances)
def test_no_wait_is_longer_than_a_quarter_of_an_hour(count: int, chance: float) -> None:
    assert timedelta(0) <= wait(count, chance) <= LONGEST_WAIT
    assert wait(count, chance, throttled=True) <= LONGEST_WAIT


@given(failures, chances)
def test_after_a_throttle_nobody_comes_back_at_once(count: int, chance: float) -> None:
    assert wait(count, chance, throttled=True) >= SECOND


@given(failures, chances, st.timedeltas(timedelta(0), LONGEST_ASKED))
def test_central_is_never_asked_before_it_said(count: int, chance: float, asked: timedelta) -> None:
    assert wait(count, chance, asked=asked) >= asked


def test_waits_double_up_to_the_longest() -> None:
    assert [wait(count, 1.0).total_seconds() for count in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert wait(20, 1.0) == LONGEST_WAIT


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert retry_after("7", NOON) == 7 * SECOND
    assert retry_after("Sun, 22 Nov 2026 12:01:00 GMT", NOON) == 60 * SECOND
    assert retry_after("Sun, 22 Nov 2026 11:00:00 GMT", NOON) == timedelta(0)
    assert retry_after("99999999999999999999", NOON) is None or LONGEST_ASKED
    assert retry_after(None, NOON) is None
    assert retry_after("soon", NOON) is None


@given(st.text(max_size=40))
def test_no_retry_after_does_harm(value: str) -> None:
    asked = retry_after(value, NOON)
    assert asked is None or timedelta(0) <= asked <= LONGEST_ASKED


def test_a_recording_is_set_aside_only_when_central_blamed_it_often_enough() -> None:
    job = UploadJob("r")
    for _ in range(1000):
        job = job.after(Verdict.RETRY, NOW, 0.5, blamed=False)
    assert not job.is_hopeless
    for number in range(REFUSALS):
        assert not job.is_hopeless, number
        job = job.after(Verdict.REFUSED, NOW, 0.5, blamed=True)
    assert job.is_hopeless


@given(chances, st.sampled_from(list(Verdict)))
def test_a_failed_attempt_is_never_repeated_in_the_past(chance: float, outcome: Verdict) -> None:
    job = UploadJob("r").after(outcome, NOW, chance, blamed=False)
    assert NOW <= job.not_before <= NOW + LONGEST_WAIT
    assert job.failures == 1


def test_waits_begin_anew_when_central_took_more_but_not_when_it_asks_for_patience() -> None:
    job = UploadJob("r", 9, reached=100)
    assert job.after(Verdict.RETRY, NOW, 0.5, blamed=False, reached=101).failures == 1
    assert job.after(Verdict.RETRY, NOW, 0.5, blamed=False, reached=100).failures == 10
    assert job.after(Verdict.THROTTLED, NOW, 0.5, blamed=False, reached=101).failures == 10
    fallen_back = job.after(Verdict.RETRY, NOW, 0.5, blamed=False, reached=50)
    assert fallen_back.after(Verdict.RETRY, NOW, 0.5, blamed=False, reached=100).failures == 11


def test_a_recording_that_must_wait_does_not_hold_up_the_next() -> None:
    later = UploadJob("a", not_before=NOW + SECOND)
    assert next_job(["a", "b"], {"a": later}, NOW) == UploadJob("b")
    assert next_job(["a", "b"], {"a": later}, NOW + SECOND) == later
    assert next_job(["a"], {"a": later}, NOW) is None
    assert next_job([], {}, NOW) is None


def test_a_server_that_failed_in_a_row_is_left_alone_until_the_wait_is_over() -> None:
    breaker = Breaker()
    for _ in range(BREAKER_FAILURES - 1):
        breaker = breaker.failed(NOW, 0.5, throttled=False)
        assert breaker.may_try(NOW)
    breaker = breaker.failed(NOW, 0.5, throttled=False)
    assert not breaker.may_try(NOW)
    assert breaker.may_try(NOW + LONGEST_WAIT)
    assert breaker.answered().may_try(NOW)


def test_a_server_that_names_a_time_is_left_alone_at_once() -> None:
    breaker = Breaker().failed(NOW, 0.5, throttled=True, asked=60 * SECOND)
    assert not breaker.may_try(NOW + 59 * SECOND)
    assert breaker.may_try(NOW + 60 * SECOND)


@given(st.lists(st.sampled_from(["success", "timeout", "too_large"])))
def test_chunks_stay_between_the_smallest_and_what_passes(outcomes: list[str]) -> None:
    chunk = ChunkSize()
    for outcome in outcomes:
        before = chunk
        chunk = getattr(chunk, f"after_{outcome}")()
        assert SMALLEST_CHUNK <= chunk.size <= chunk.ceiling <= before.ceiling
        if outcome == "too_large":
            assert chunk.size < before.size or before.is_smallest


def test_a_timeout_is_forgiven_and_a_413_is_not() -> None:
    first = ChunkSize()
    assert first.after_timeout().after_success().after_success().size == first.size * 2
    assert first.after_too_large().after_success().size == first.size // 2


def test_every_status_there_is_has_a_verdict() -> None:
    assert all(isinstance(verdict(status), Verdict) for status in HTTPStatus)


def test_desks_that_see_central_again_come_within_a_minute_and_not_together() -> None:
    now, late = timedelta(hours=1), timedelta(hours=2)
    places = [place / 5000 for place in range(5000)]
    for waits in (UploadJob("one", failures=9, not_before=late), Breaker(9, late)):
        back = [waits.sooner(now, place).not_before - now for place in places]
        assert all(timedelta(0) <= wait < timedelta(minutes=1) for wait in back)
        seconds = [int(wait.total_seconds()) for wait in back]
        assert max(seconds.count(second) for second in range(60)) <= 5000 / 60 + 1


def test_central_there_again_makes_nobody_wait_longer() -> None:
    soon = timedelta(seconds=3)
    assert UploadJob("one", 1, not_before=soon).sooner(timedelta(0), 0.9).not_before == soon
    assert Breaker().sooner(timedelta(hours=1), 0.9).may_try(timedelta(0))


@pytest.mark.parametrize(
    ("throttled", "asked"), [(True, None), (False, timedelta(minutes=5)), (True, timedelta(0))]
)
def test_a_wait_that_central_asked_for_is_kept(throttled: bool, asked: timedelta | None) -> None:  # noqa: FBT001  # a case
    now = timedelta(hours=1)
    breaker = Breaker(9).failed(now, 0.5, throttled=throttled, asked=asked)
    assert breaker.sooner(now, 0.0) == breaker
    outcome = Verdict.THROTTLED if throttled else Verdict.RETRY
    job = UploadJob("one", 9).after(outcome, now, 0.5, blamed=False, asked=asked)
    assert job.sooner(now, 0.0) == job
