"""When the client makes way, and when it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from agent_client import stepping_aside
from agent_client.stepping_aside import SteppingAside
from contract.make_way import MakeWay, Purpose
from tests.agent_client.core.play import (
    HALF,
    READY,
    SIGNED_IN,
    WRAPPING_UP,
    Play,
    policy,
    released,
    ringing,
    talking,
)

ASKED = MakeWay(datetime.now(UTC) + timedelta(hours=1), now=False)
NOW = MakeWay(ASKED.until, now=True, purpose=Purpose.REMOVAL)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping_aside, "_LOOK_SECONDS", 0)


class Desk:
    """A client in some state, which looks so many times and finds these markers."""

    def __init__(self, play: Play, *markers: MakeWay | None) -> None:
        self.waited: list[bool] = []
        self.left: list[Purpose] = []
        self._markers: Iterator[MakeWay | None] = iter(markers)
        self.aside = SteppingAside(
            lambda: play.world,
            waits=self.waited.append,
            leave=self.left.append,
            look=self._look,
        )

    def _look(self) -> MakeWay | None:
        try:
            return next(self._markers)
        except StopIteration:
            raise asyncio.CancelledError from None  # they have looked often enough

    async def looks(self) -> Desk:
        """As often as there are markers, unless the client makes way before."""
        await asyncio.gather(self.aside.run(), return_exceptions=True)
        return self


async def test_without_a_marker_it_goes_on() -> None:
    desk = await Desk(Play(SIGNED_IN, policy()), None, None).looks()
    assert desk.left == []
    assert desk.waited == [False, False]
    assert desk.aside.marker is None


async def test_without_a_call_it_makes_way_at_once() -> None:
    desk = await Desk(Play(SIGNED_IN, policy()), None, ASKED).looks()
    assert desk.left == [Purpose.UPGRADE]
    assert desk.waited == [False]
    assert desk.aside.marker == ASKED


async def test_with_nobody_signed_in_it_makes_way_at_once() -> None:
    assert (await Desk(Play(), ASKED).looks()).left == [Purpose.UPGRADE]


@pytest.mark.parametrize(
    "play",
    [
        Play(SIGNED_IN, policy(), ringing("A")),
        Play(SIGNED_IN, policy(), talking("A")),
        Play(SIGNED_IN, HALF, talking("B")),
        Play(SIGNED_IN, policy(), talking("A"), WRAPPING_UP, released("A")),
    ],
    ids=["ringing", "recorded", "not selected", "after-call work"],
)
async def test_a_call_is_waited_for(play: Play) -> None:
    desk = await Desk(play, ASKED, ASKED).looks()
    assert desk.left == []
    assert desk.waited == [True, True]


async def test_after_the_call_it_makes_way() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"))
    play(released("A"), READY)
    play.later(10)
    assert (await Desk(play, ASKED).looks()).left == [Purpose.UPGRADE]


async def test_when_there_is_no_more_time_it_makes_way_in_a_call() -> None:
    desk = await Desk(Play(SIGNED_IN, policy(), talking("A")), ASKED, NOW).looks()
    assert desk.waited == [True]
    assert desk.left == [Purpose.REMOVAL]
    assert desk.aside.marker == NOW


async def test_a_marker_that_was_taken_back_is_waited_for_no_longer() -> None:
    desk = await Desk(Play(SIGNED_IN, policy(), talking("A")), ASKED, None).looks()
    assert desk.waited == [True, False]
    assert desk.left == []
