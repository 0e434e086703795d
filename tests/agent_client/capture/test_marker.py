"""A ring shows where somebody clicked, for half a second."""

from __future__ import annotations

from agent_client.capture.cursor import draw
from agent_client.capture.marker import Clicks, ring
from agent_client.capture.screen import Patch, Rectangle


def test_the_ring_leaves_what_was_clicked_on_visible() -> None:
    patch = Patch(Rectangle(0, 0, 60, 60), bytearray(60 * 60 * 4))
    draw(ring(), 30, 30, patch)

    def shown(x: int, y: int) -> bool:
        return any(patch.pixels[(y * 60 + x) * 4 :][:3])

    assert shown(30 + 18, 30)
    assert shown(30, 30 - 18)
    assert not any(shown(30 + away, 30 + away) for away in range(-9, 10))
    assert not shown(2, 2)


def test_a_click_is_shown_for_half_a_second() -> None:
    clicks = Clicks()
    assert clicks.ends() is None
    clicks.add(3, 4, now=10.0)
    clicks.add(5, 6, now=10.2)
    assert clicks.ends() == 10.5
    assert not clicks.drop(10.4)
    assert clicks.places() == [(3, 4), (5, 6)]
    assert clicks.drop(10.5)
    assert clicks.places() == [(5, 6)]
    assert clicks.drop(11.0)
    assert clicks.ends() is None
