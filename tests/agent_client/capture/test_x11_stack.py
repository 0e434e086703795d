"""The windows that stand on the desktop, as the server tells of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from Xlib import X

from agent_client.capture.screen import Rectangle
from agent_client.capture.x11_stack import Stack, Top

_ROOT = 1


def stack(*numbers: int) -> Stack:
    return Stack(Top(number, Rectangle(0, 0, 9, 9), mapped=True) for number in numbers)


def told(kind: int, window: int, **more: Any) -> Any:  # noqa: ANN401 as the server has it
    place = {"x": 0, "y": 0, "width": 9, "height": 9, "border_width": 0}
    return SimpleNamespace(type=kind, window=SimpleNamespace(id=window), **(place | more))


def configured(window: int, above: int) -> Any:  # noqa: ANN401 as above
    sibling = SimpleNamespace(id=above) if above else X.NONE
    return told(X.ConfigureNotify, window, above_sibling=sibling)


def test_a_window_lies_right_above_the_one_that_is_told() -> None:
    windows = stack(2, 3, 4)
    windows.take(configured(2, 3), _ROOT, 0.0)
    assert list(windows.tops) == [3, 2, 4]
    windows.take(configured(4, 0), _ROOT, 0.0)
    assert list(windows.tops) == [4, 3, 2]
    assert windows.whole


def test_the_order_is_not_known_when_a_window_is_told_that_nobody_knows() -> None:
    windows = stack(2, 3)
    windows.take(configured(2, 9), _ROOT, 0.0)
    assert not windows.whole
    assert list(windows.tops) == [3, 2], "it is looked for at the top until it is known"


def test_a_number_that_comes_again_is_another_window() -> None:
    windows = stack(2, 3)
    windows.tops[2].named = True
    windows.take(told(X.DestroyNotify, 2), _ROOT, 0.0)
    windows.take(told(X.CreateNotify, 2), _ROOT, 0.0)
    assert list(windows.tops) == [3, 2]
    assert not windows.tops[2].named
    assert not windows.tops[2].mapped


def test_what_is_shown_again_must_be_read_again() -> None:
    windows = stack(2)
    top = windows.tops[2]
    top.read = top.known = top.named = True
    windows.take(told(X.UnmapNotify, 2), _ROOT, 1.0)
    move = windows.take(told(X.MapNotify, 2), _ROOT, 2.0)
    assert move is not None
    assert (move.before, move.after) == (None, top.place)
    assert not top.read
    assert not top.named
    assert top.shown == 2.0
