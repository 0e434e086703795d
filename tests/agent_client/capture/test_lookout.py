"""When the screen is looked at: time is handed in, the screen made up, film and disk are real."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Patch, Rectangle
from agent_client.core.events import ProblemChanged
from tests.agent_client.capture.lookout_staging import HEIGHT, WIDTH, Watched, watched
from tests.agent_client.capture.staging import BLUE, RED, Frame, patch_of

BLACK = (0, 0, 0)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path) as one:
        yield one


def test_the_first_look_is_at_once_and_at_all_of_it(watch: Watched) -> None:
    watch.settle(100.0)
    assert watch.screen.looks == [(100.0, True)]


def test_after_a_look_nobody_listens_until_the_next_may_come(watch: Watched) -> None:
    rest = watch.settle(100.0)
    assert rest.until == pytest.approx(100.2)
    assert rest.fileno is None
    rest = watch.settle(100.2)
    assert rest.until > 101
    assert rest.fileno == 77


def test_a_screen_that_tells_nothing_is_asked_nothing_until_the_rest_ends(watch: Watched) -> None:
    watch.settle(100.0)
    rest = watch.settle(100.2)
    asked = watch.screen.dues
    while (now := watch.film.due()) < min(rest.until, 104.5):
        watch.clock[0] = now
        watch.film.keep_up(now)
        assert watch.lookout.turn(now, watch.film.due(), told=False) == rest
    assert watch.clock[0] > 103.0
    assert watch.screen.dues == asked
    watch.screen.show(BLUE, 104.5)
    watch.clock[0] = 104.5
    watch.lookout.turn(104.5, watch.film.due(), told=True)
    assert watch.screen.looks[-1] == (104.5, False)


def test_a_turn_that_came_late_is_told_though_the_screen_told_nothing(watch: Watched) -> None:
    watch.settle(100.0)
    rest = watch.settle(100.2)
    again = 102.0
    watch.lookout.turn(100.3, again, told=False)
    watch.clock[0] = late = 103.5
    assert late < rest.until
    watch.lookout.turn(late, late + 2, told=False)
    assert watch.events == [ProblemChanged("capture-late", present=True)]


def test_a_slow_disk_is_told_though_the_screen_tells_nothing(watch: Watched) -> None:
    watch.settle(100.0)
    watch.settle(100.2)
    begun, free = threading.Event(), threading.Event()

    def sync() -> None:
        begun.set()
        free.wait(20)

    watch.syncing.ask(sync)
    assert begun.wait(20)
    try:
        for now in (101.5, 102.0, 102.5, 103.0):
            watch.clock[0], watch.disk_clock[0] = now, now - 100
            watch.lookout.turn(now, now + 0.5, told=False)
        assert watch.events == [ProblemChanged("disk-slow", present=True)]
    finally:
        free.set()


def test_a_change_after_a_rest_is_looked_at_as_soon_as_it_is_told(watch: Watched) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 103.03)
    watch.settle(103.03)
    assert watch.screen.looks[1:] == [(103.03, False)]


def test_a_change_right_after_a_look_waits_for_its_time_and_is_not_listened_for(
    watch: Watched,
) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 100.05)
    rest = watch.settle(100.05)
    assert rest.until == pytest.approx(100.2)
    assert rest.fileno is None
    watch.settle(rest.until)
    assert [at for at, _ in watch.screen.looks] == pytest.approx([100.0, 100.2])


def test_a_screen_that_is_polled_is_looked_at_when_it_says(watch: Watched) -> None:
    watch.settle(100.0)
    watch.screen.asked = 100.7
    rest = watch.settle(100.1)
    assert rest.until == pytest.approx(100.7)
    assert rest.fileno == 77  # it may tell of something sooner
    watch.settle(rest.until)
    assert len(watch.screen.looks) == 2


def test_what_an_order_interrupted_is_seen_again_whole(watch: Watched) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 100.5)
    watch.orders.append("an order")
    watch.turn(100.5)
    watch.orders.clear()
    watch.settle(100.6)
    assert watch.screen.looks == [(100.0, True), (100.5, False), (100.6, True)]
    watch.close()
    assert watch.frames()[-1].is_about(BLUE)


def test_an_order_in_the_middle_of_a_check_ends_it(watch: Watched) -> None:
    """A check is two looks: at what was told, then at all of it."""
    watch.pass_until(100.0, 109.0)
    watch.screen.looks.clear()
    watch.screen.meanwhile = lambda: watch.orders.append("an order")
    watch.turn(110.5)
    assert watch.screen.looks == [(110.5, False)]


def test_after_a_pause_the_screen_is_looked_at_at_once_whatever_the_rest_was(
    watch: Watched,
) -> None:
    watch.settle(100.0)
    assert watch.settle(100.2).until > 102
    watch.lookout.pause(100.5)
    watch.lookout.resume(101.0)
    watch.clock[0] = 101.0
    watch.lookout.turn(101.0, told=False)
    assert watch.screen.looks[-1] == (101.0, True)


def test_processor_time_that_a_look_took_is_waited_for(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = time.thread_time()
    monkeypatch.setattr(time, "thread_time", lambda: spent)
    watch.settle(100.0)

    def work() -> None:
        nonlocal spent
        spent += 5.0  # of which two seconds were saved up, of a whole core's

    watch.screen.meanwhile = work
    watch.screen.show(BLUE, 101.0)
    assert watch.turn(101.0).until == pytest.approx(104.0)


def test_looks_that_take_too_long_come_half_as_often(watch: Watched) -> None:
    def take_long() -> None:
        watch.clock[0] += 0.5

    watch.screen.meanwhile = take_long
    now = 100.0
    for _ in range(5):
        watch.screen.show_noise(now)
        rest = watch.turn(now)
        assert rest.until == pytest.approx(now + 0.2)
        now += 0.6
    watch.screen.meanwhile = bool
    watch.screen.show_noise(now)
    assert watch.turn(now).until == pytest.approx(now + 0.4)


def test_a_screen_that_broke_is_opened_anew_at_once(watch: Watched) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 100.5)
    watch.screen.looks.clear()

    watch.screen.broken = True
    with pytest.raises(CaptureFailedError):
        watch.turn(100.5)  # `due` says so: the recorder pauses, and is told to try again
    watch.screen.close()
    watch.lookout.resume(101.0)
    watch.settle(101.0)
    assert watch.screen.looks == [(101.0, True)]


def test_a_film_on_the_screen_stays_within_the_ceiling_and_is_sharp_when_it_stops(
    watch: Watched,
) -> None:
    now = 100.0
    while now < 160:
        watch.screen.show_noise(now)
        now = min(watch.settle(now).until, watch.film.due())
    assert len(watch.screen.looks) < 120  # not 300
    watch.pass_until(now, 260)
    manifest = watch.close()
    bits = 8 * sum(segment.size for segment in manifest.segments)
    assert bits < 100_000 * (60 + 25) * 1.2
    *_, coarse, sharp = watch.frames()  # the last one without any change on the screen
    assert sharp.key
    assert sharp.at > coarse.at + 1000
    assert _difference(sharp, watch.screen.shown[0]) < _difference(coarse, watch.screen.shown[0])
    assert _difference(sharp, watch.screen.shown[0]) < 4


def _difference(frame: Frame, patch: Patch) -> float:
    """The mean difference of green, which is most of the luma."""
    shown, true = frame.rgb[1::3], bytes(patch.pixels)[1::4]
    return sum(abs(one - other) for one, other in zip(shown, true, strict=True)) / len(true)


def test_a_black_screen_is_opened_anew_then_told_and_noted(watch: Watched) -> None:
    watch.screen.show(BLACK, 100.0)
    watch.pass_until(100.0, 120.0)
    assert watch.screen.opened > 1
    assert ProblemChanged("screen-black", present=True) in watch.events
    watch.screen.show(RED, 120.0)
    watch.pass_until(120.0, 140.0)
    assert watch.events[-1] == ProblemChanged("screen-black", present=False)
    (trouble,) = watch.close().troubles
    assert trouble.code == "screen-black"
    assert timedelta(seconds=10) < trouble.duration < timedelta(seconds=30)


def test_a_pause_ends_every_trouble(watch: Watched) -> None:
    watch.screen.show(BLACK, 100.0)
    watch.pass_until(100.0, 120.0)
    watch.lookout.pause(120.0)
    assert watch.events[-1] == ProblemChanged("screen-black", present=False)


def test_all_of_a_still_screen_is_looked_at_once_a_minute(watch: Watched) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 400.0)
    checks = [now for now, whole in watch.screen.looks if whole]
    assert 5 <= len(checks) <= 7
    assert watch.events == []


def test_a_change_that_was_not_told_comes_into_the_film_with_the_next_check(watch: Watched) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 101.0)
    watch.screen.shown = [patch_of(Rectangle(0, 0, WIDTH, HEIGHT), BLUE)]
    watch.pass_until(101.0, 115.0)
    watch.close()
    assert watch.frames()[-1].is_about(BLUE)
    assert watch.events == []  # one alone proves nothing


def test_a_screen_on_which_somebody_works_and_nothing_changes_is_opened_anew(
    watch: Watched,
) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 101.0)
    watch.screen.stuck = watch.screen.shown
    watch.screen.shown = [patch_of(Rectangle(0, 0, WIDTH, HEIGHT), BLUE)]
    for now in range(101, 131):
        watch.screen.asked = watch.screen.worked_at = float(now)  # it is polled
        watch.pass_until(now, now + 1.0)
    assert watch.screen.opened == 2
    watch.pass_until(131.0, 140.0)
    told = [ProblemChanged("screen-frozen", present=one) for one in (True, False)]
    assert watch.events == told
    (trouble,) = watch.close().troubles
    assert trouble.duration > timedelta(seconds=15)
    assert watch.frames()[-1].is_about(BLUE)


def test_a_turn_that_came_late_is_told_though_nothing_was_to_be_looked_at(watch: Watched) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 103.0)
    due = watch.film.due()
    watch.settle(due + 5.0)
    assert watch.events == [ProblemChanged("capture-late", present=True)]
    (trouble,) = watch.close().troubles
    assert trouble.duration > timedelta(seconds=4.5)
