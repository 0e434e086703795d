"""An icon in a real XEmbed panel (trayer), seen and clicked as a person does: by its windows.

Nothing here goes by time. What is clicked is there and stands still; what was opened is seen before
a key is pressed; a menu or window left from before is closed first; a click or key that went lost
on a busy machine is made again as long as it had no effect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.error import XError

from bench.stage.display import StageError, output, wait_for

_CLASS = "twinreel-agent"
_PANEL = "trayer"  # the class of its window
_PATIENCE_SECONDS = 120.0
# After which a click or key is taken for lost, and made again: one that only comes late would have
# its effect twice.
_EFFECT_SECONDS = 20.0
_LOOK_SECONDS = 0.05
_SMALLEST = 8  # pixels: an icon that was not laid out yet has one


@dataclass(frozen=True, slots=True)
class Box:
    """A window that can be seen, and where it is on the display."""

    number: int
    left: int
    top: int
    width: int
    height: int
    title: str = ""

    @property
    def middle(self) -> tuple[int, int]:
        """Where to click."""
        return self.left + self.width // 2, self.top + self.height // 2


class Panel:
    """The icon, its menu and the windows that Twinreel has open on this display."""

    def __init__(
        self,
        env: Mapping[str, str],
        display: Any,  # noqa: ANN401 python-xlib ships no types
        of: str = _CLASS,
    ) -> None:
        """`of`: the class of the windows that are looked for."""
        self._env = env
        self._class = of
        self._display = display
        self._type = display.intern_atom("_NET_WM_WINDOW_TYPE")
        self._popup = display.intern_atom("_NET_WM_WINDOW_TYPE_POPUP_MENU")

    def icon(self) -> Box:
        """The icon, once it is docked, and the panel has done moving it."""
        return _still("the icon in the panel", lambda: _first(self._icons()))

    def has_icon(self) -> bool:
        """Whether it is docked now."""
        return _first(self._icons()) is not None

    def menu(self) -> Box | None:
        """The open menu."""
        return _first(self._boxes(menus=True))

    def windows(self) -> tuple[Box, ...]:
        """Windows other than menus, each with its title."""
        return tuple(self._boxes(menus=False))

    def open_window(self) -> None:
        """Click the icon until its window is there: what closes just then may take a click."""

        def opened() -> bool:
            self._point(self.icon(), 1)
            return _soon(lambda: any(one.title.startswith("Twinreel") for one in self.windows()))

        wait_for("the icon's window", opened, _PATIENCE_SECONDS)

    def open_menu(self) -> Box:
        """Open the icon's menu, once what was open is closed."""
        self.close_all()

        def opened() -> bool:
            self._point(self.icon(), 3)
            return _soon(lambda: self.menu() is not None)

        wait_for("the icon's menu", opened, _PATIENCE_SECONDS)
        return _still("the icon's menu", self.menu)

    def choose(self, key: str) -> None:
        """Press the key of a row, its underlined letter, in the icon's menu."""
        if self.menu() is None:
            self.open_menu()
        self._until_gone(key, lambda: self.menu() is None)

    def close_all(self) -> None:
        """Close the menu and every window of Twinreel's."""
        if self.menu() is not None:
            self._until_gone("Escape", lambda: self.menu() is None)
        for window in self.windows():
            self._until_gone(
                "alt+F4",
                lambda number=window.number: number not in {one.number for one in self.windows()},  # type: ignore[misc]  # the default binds the loop's variable
                window.number,
            )

    def _until_gone(self, key: str, gone: Callable[[], bool], window: int | None = None) -> None:
        def pressed() -> bool:
            if window is not None:
                output(self._env, "xdotool", "windowactivate", str(window))
            output(self._env, "xdotool", "key", key)
            return _soon(gone)

        wait_for(f"the effect of {key}", lambda: gone() or pressed(), _PATIENCE_SECONDS)

    def _point(self, box: Box, button: int) -> None:
        x, y = (str(one) for one in box.middle)
        output(self._env, "xdotool", "mousemove", x, y, "click", str(button))

    def _icons(self) -> Iterator[Box]:
        for window, within in self._ours():
            box = self._box(window)
            if within and box is not None and min(box.width, box.height) >= _SMALLEST:
                yield box

    def _boxes(self, *, menus: bool) -> Iterator[Box]:
        for window, within in self._ours():
            box = None if within else self._box(window)
            if box is not None and self._is_menu(window) is menus:
                yield box

    def _ours(self) -> Iterator[tuple[Any, bool]]:
        """Our windows on the display, and whether each is in the panel."""
        ahead = [(self._display.screen().root, False)]
        while ahead:
            window, within = ahead.pop()
            try:
                named = window.get_wm_class() or ()
                children = window.query_tree().children
            except XError:  # it is gone by now
                continue
            if self._class in named:
                yield window, within
            within = within or _PANEL in named
            ahead += [(child, within) for child in children]

    def _box(self, window: Any) -> Box | None:  # noqa: ANN401 as above
        try:
            if window.get_attributes().map_state != X.IsViewable:
                return None
            size = window.get_geometry()
            place = self._display.screen().root.translate_coords(window, 0, 0)
            title = window.get_full_text_property(self._display.intern_atom("_NET_WM_NAME"))
        except XError:
            return None
        return Box(window.id, place.x, place.y, size.width, size.height, title or "")

    def _is_menu(self, window: Any) -> bool:  # noqa: ANN401 as above
        try:
            kinds = window.get_full_property(self._type, X.AnyPropertyType)
        except XError:
            return False
        return kinds is not None and self._popup in kinds.value


@contextmanager
def panel(env: Mapping[str, str], of: str = _CLASS) -> Iterator[Panel]:
    """Look at the panel of the environment's display for the block's length; `of`: as `Panel`."""
    display = Display(env["DISPLAY"])
    try:
        yield Panel(env, display, of)
    finally:
        display.close()


def _first(boxes: Iterator[Box]) -> Box | None:
    return next(boxes, None)


def _still(what: str, look: Callable[[], Box | None]) -> Box:
    """The box when it has been where it is for two looks."""
    seen: list[Box | None] = [None]

    def settled() -> bool:
        seen.append(look())
        return seen[-1] is not None and seen[-1] == seen[-2]

    wait_for(what, settled, _PATIENCE_SECONDS)
    if seen[-1] is None:
        raise StageError(f"{what} is gone")
    return seen[-1]


def _soon(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + _EFFECT_SECONDS
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
