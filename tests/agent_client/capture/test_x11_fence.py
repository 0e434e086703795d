"""A compositing manager is asked whether it knows what windows did until now."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest
from Xlib import X, Xatom

from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_fence import Fence
from tests.agent_client.capture.compositing import FADES, PICOM, SHINES, compositor
from tests.agent_client.capture.desktops import Painter, painter, x_server
from tests.agent_client.capture.staging import HEIGHT, WIDTH, until

_STOP, _GO_ON = signal.Signals["SIGSTOP"], signal.Signals["SIGCONT"]  # Windows has neither


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with x_server(f"{WIDTH}x{HEIGHT}") as name:
        monkeypatch.setenv("DISPLAY", name)
        yield name


@pytest.fixture
def fence(server: str) -> Iterator[Fence]:
    assert server
    connection = X11Connection()
    yield Fence(connection)
    connection.close()


def corner(hand: Painter) -> list[int]:
    """Blue, green and red of the first few pixels."""
    data = bytes(hand.root.get_image(0, 0, 8, 8, X.ZPixmap, 0xFFFFFFFF).data)
    return [level for place, level in enumerate(data) if place % 4 != 3]


def page(hand: Painter) -> None:
    """A window over all, half seen through: when it is, the manager draws the screen."""
    window = hand.root.create_window(
        *(0, 0, WIDTH, HEIGHT, 0, X.CopyFromParent, X.InputOutput, X.CopyFromParent),
        background_pixel=0xFFFFFF,
        override_redirect=1,
    )
    opacity = hand.display.intern_atom("_NET_WM_WINDOW_OPACITY")
    window.change_property(opacity, Xatom.CARDINAL, 32, [0x80000000])
    window.map()
    hand.display.sync()
    until(lambda: 0 < corner(hand)[0] < 255, "a page that is seen through")


@pytest.mark.parametrize("looks", [(), FADES, SHINES])
def test_a_manager_that_is_alive_answers_each_time(
    server: str, fence: Fence, looks: tuple[str, ...]
) -> None:
    with painter(server) as hand, compositor(server, *PICOM, *looks):
        page(hand)
        for _ in range(3):
            fence.ask(0.0)
            until(fence.answered, "an answer")
            assert not fence.asked


def test_a_manager_that_stands_still_does_not_until_it_goes_on(server: str, fence: Fence) -> None:
    with painter(server) as hand, compositor(server, *PICOM) as manager:
        page(hand)
        manager.send_signal(_STOP)
        fence.ask(0.0)
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            assert not fence.answered()
        assert fence.asked
        manager.send_signal(_GO_ON)
        until(fence.answered, "an answer")


def test_who_has_not_asked_hears_nothing(fence: Fence) -> None:
    assert not fence.answered()
    fence.ask(0.0)
    fence.close()
    assert not fence.answered()


def test_nobody_can_see_the_question(server: str, fence: Fence) -> None:
    with painter(server) as hand, compositor(server, *PICOM, *SHINES):
        page(hand)
        before = corner(hand)
        fence.ask(0.0)
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            now = corner(hand)
            blue, *others = [abs(one - other) for one, other in zip(now, before, strict=True)]
            assert blue <= 8
            assert not any(others)
        until(fence.answered, "an answer")
        until(lambda: corner(hand) == before, "the desktop as it was")


def test_it_is_looked_for_the_answer_ever_more_seldom(fence: Fence) -> None:
    assert fence.due(10.0) is None
    fence.ask(10.0)
    assert [fence.due(now) for now in (10.0, 12.0, 1000.0)] == [10.05, 12.5, 1005.0]
