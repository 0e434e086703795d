"""Named windows at moments that a test makes itself: during a grab, and before they are read.

As `test_x11_windows.py`, but what is asked is the masks alone, and time is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from Xlib import X
from Xlib.ext import shape
from Xlib.protocol import event as events

from agent_client.capture.areas import joined, without
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_windows import X11Windows
from tests.agent_client.capture.desktops import Desktop, x_server
from tests.agent_client.capture.secretive import APPLICATION, TITLE, Program
from tests.agent_client.capture.test_x11_windows import HEIGHT, WIDTH, framed, running

SCREEN = Rectangle(0, 0, WIDTH, HEIGHT)
_EXCLUDE = (WindowPattern(application=APPLICATION), WindowPattern(title=f"{TITLE}*"))
_HERE, _THERE, _ELSEWHERE = (20, 20, 100, 80), (300, 20, 100, 80), (20, 200, 100, 80)
_LINGERING = 1.5  # seconds; longer than a mask stays for caution's sake


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    with x_server(f"{WIDTH}x{HEIGHT}") as name:
        yield name


@pytest.fixture
def server(shared: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DISPLAY", shared)
    return shared


@pytest.fixture
def program(server: str) -> Iterator[Program]:
    with running(server) as one:
        yield one


@pytest.fixture
def other(server: str) -> Iterator[Program]:
    """Another program: what it shows is no secret."""
    with running(server) as one:
        yield one


class Watch:
    """The masks, and a clock that the test moves."""

    def __init__(self, connection: X11Connection) -> None:
        self.now = 1000.0
        self.masks = X11Windows(connection, _EXCLUDE, lambda: self.now)
        connection.subscribe(self.masks.handle)
        self._connection = connection

    def covered(self) -> list[Rectangle]:
        """What a grab is painted over with, at rest."""
        self._connection.round_trip()
        self._connection.dispatch()
        for _ in range(3):
            self.masks.before_grab()
            area = self.masks.after_grab()
            if area is not None:
                return area
        raise AssertionError("nothing moves, and it is never sure")

    def drawn_over(self) -> None:
        """All that was left of windows is drawn over."""
        for _ in range(4):
            self.masks.damaged([(0, 0, WIDTH, HEIGHT)])
            self.covered()


@contextmanager
def watching(connected: type[X11Connection] = X11Connection) -> Iterator[Watch]:
    connection = connected()
    try:
        yield Watch(connection)
    finally:
        connection.close()


@pytest.fixture
def watch(server: str) -> Iterator[Watch]:
    assert server
    with watching() as one:
        yield one


def vault(program: Program, place: tuple[int, int, int, int] = _HERE) -> Any:  # noqa: ANN401 made at run time
    window = program.window(place)
    window.set_wm_class(APPLICATION, "Vault")
    window.set_wm_name("a vault")
    window.map()
    program.display.sync()
    return window


def page(program: Program, place: tuple[int, int, int, int], title: str = "a page") -> Any:  # noqa: ANN401 made at run time
    window = program.window(place)
    window.set_wm_class("browser", "Browser")
    window.set_wm_name(title)
    window.map()
    program.display.sync()
    return window


def hides(area: list[Rectangle], *places: tuple[int, int, int, int]) -> bool:
    return not without((Rectangle(*place) for place in places), area)


def shows(area: list[Rectangle], place: tuple[int, int, int, int]) -> bool:
    return joined([Rectangle(*place)]) == without([Rectangle(*place)], area)


def test_a_window_that_comes_during_a_grab_makes_it_worthless(
    watch: Watch, program: Program
) -> None:
    assert watch.covered() == []
    watch.masks.before_grab()
    vault(program)
    assert watch.masks.after_grab() is None
    watch.masks.before_grab()
    assert hides(watch.masks.after_grab() or [], _HERE)


def test_a_window_that_moves_during_each_grab_is_hidden_wherever_it_was(
    watch: Watch, program: Program
) -> None:
    window = vault(program)
    watch.covered()
    for left in (100, 200):
        watch.masks.before_grab()
        window.configure(x=left)
        program.display.sync()
        assert watch.masks.after_grab() is None
    watch.masks.before_grab()
    window.configure(x=300)
    window.configure(x=400, y=200)
    program.display.sync()
    area = watch.masks.after_grab()
    assert area is not None
    assert hides(area, (200, 20, 100, 80), (300, 20, 100, 80), (400, 200, 100, 80))


def test_a_window_whose_title_is_secret_no_more_stays_hidden_for_a_moment(
    watch: Watch, program: Program
) -> None:
    window = page(program, _HERE, f"{TITLE} of May")
    assert hides(watch.covered(), _HERE)
    window.set_wm_name("News")
    program.display.sync()
    watch.drawn_over()
    watch.now += 0.5
    assert hides(watch.covered(), _HERE)
    watch.now += _LINGERING
    watch.drawn_over()
    assert shows(watch.covered(), _HERE)


def test_a_menu_stays_hidden_that_outlives_the_window_that_says_whose_it_is(
    watch: Watch, program: Program
) -> None:
    window = vault(program)
    menu = program.window(_THERE, menu=True)
    menu.map()
    program.display.sync()
    assert hides(watch.covered(), _HERE, _THERE)
    window.destroy()
    program.display.sync()
    for _ in range(3):
        watch.now += _LINGERING
        watch.drawn_over()
        assert hides(watch.covered(), _THERE)
    menu.unmap()
    menu.map()
    program.display.sync()
    watch.drawn_over()
    assert shows(watch.covered(), _THERE), "it is another menu perhaps"


def test_what_is_left_in_a_frame_when_its_window_goes_is_hidden(
    watch: Watch, program: Program, other: Program
) -> None:
    window = vault(program)
    frame = framed(other, window.id)
    frame.map()
    other.display.sync()
    place = (20, 20, 120, 100)
    assert hides(watch.covered(), place)
    window.destroy()
    program.display.sync()
    watch.drawn_over()
    assert hides(watch.covered(), place)
    watch.now += _LINGERING
    watch.drawn_over()
    assert shows(watch.covered(), place)


def test_a_frame_whose_window_went_before_it_was_read_is_hidden_at_first(
    watch: Watch, program: Program, other: Program
) -> None:
    kept = page(program, _ELSEWHERE)
    framed(other, kept.id).map()
    other.display.sync()
    watch.now += 10.0
    watch.covered()  # the other program is known to make frames
    gone = vault(program, _THERE)
    frame = other.window(_THERE, menu=True)
    other.display.create_resource_object("window", gone.id).reparent(frame, 0, 0)
    frame.map()
    other.display.sync()
    gone.destroy()
    program.display.sync()
    watch.drawn_over()
    assert hides(watch.covered(), _THERE)
    watch.now += _LINGERING
    watch.drawn_over()
    assert shows(watch.covered(), _THERE)


def test_a_window_that_is_in_a_frame_for_a_moment_is_hidden(
    watch: Watch, program: Program, other: Program
) -> None:
    frame = other.window(_THERE, menu=True)
    frame.map()
    other.display.sync()
    watch.now += 10.0
    watch.drawn_over()
    assert shows(watch.covered(), _THERE)
    window = vault(program)
    other.display.create_resource_object("window", window.id).reparent(frame, 0, 0)
    other.display.sync()
    window.destroy()
    program.display.sync()
    watch.drawn_over()
    assert hides(watch.covered(), _THERE)


def test_what_windows_in_a_window_take_along_is_hidden(
    watch: Watch, program: Program, other: Program
) -> None:
    around = other.window((20, 20, 300, 80), background_pixmap=X.NONE)
    within = other.window(_HERE)
    within.reparent(around, 0, 0)
    around.map()
    within.map()
    other.display.sync()
    watch.now += 10.0
    watch.drawn_over()
    secret = vault(program)
    watch.covered()
    secret.destroy()
    program.display.sync()
    assert hides(watch.covered(), _HERE)
    within.configure(x=150)
    other.display.sync()
    assert hides(watch.covered(), (170, 20, 100, 80))


def test_a_window_is_hidden_where_it_is_raised_and_shows_nothing_where_it_is_lowered(
    watch: Watch, program: Program, other: Program
) -> None:
    secret = vault(program)
    page(other, _HERE)
    watch.now += 10.0
    watch.drawn_over()
    assert shows(watch.covered(), _HERE)
    secret.configure(stack_mode=X.Above)
    program.display.sync()
    assert hides(watch.covered(), _HERE)
    secret.configure(stack_mode=X.Below)
    program.display.sync()
    watch.drawn_over()
    assert shows(watch.covered(), _HERE)


def test_a_windows_border_is_hidden_with_it(watch: Watch, program: Program) -> None:
    window = vault(program)
    window.configure(border_width=10)
    program.display.sync()
    bordered = (20, 20, 120, 100)
    assert hides(watch.covered(), bordered)
    window.configure(x=300)
    program.display.sync()
    assert hides(watch.covered(), (300, 20, 120, 100))


def test_what_lies_above_hides_a_window_only_where_nothing_shines_through(
    watch: Watch, program: Program, other: Program
) -> None:
    vault(program)
    above = page(other, _HERE)
    watch.now += 10.0
    watch.drawn_over()
    assert shows(watch.covered(), _HERE)
    above.shape_rectangles(shape.SO.Set, shape.SK.Bounding, X.Unsorted, 0, 0, [])
    other.display.sync()
    assert hides(watch.covered(), _HERE), "it has no shape any more"


def test_a_window_with_transparency_hides_nothing(
    watch: Watch, program: Program, other: Program
) -> None:
    vault(program)
    deep = next(
        (visual.visual_id, entry.depth)
        for entry in other.display.screen().allowed_depths
        for visual in entry.visuals
        if entry.depth == 32
    )
    colours = other.root.create_colormap(deep[0], X.AllocNone)
    window = other.root.create_window(
        *_HERE, 0, deep[1], X.InputOutput, deep[0], colormap=colours, border_pixel=0
    )
    window.set_wm_class("browser", "Browser")
    window.set_wm_name("a page")
    window.map()
    other.display.sync()
    watch.now += 10.0
    watch.drawn_over()
    assert hides(watch.covered(), _HERE)


def test_nobody_is_believed_but_the_server(watch: Watch, program: Program, other: Program) -> None:
    window = vault(program)
    watch.covered()
    told = events.DestroyNotify(window=window, event=other.root)
    other.root.send_event(told, event_mask=X.SubstructureNotifyMask)
    other.display.sync()
    watch.drawn_over()
    assert hides(watch.covered(), _HERE)


def test_windows_are_hidden_where_the_desktop_has_grown(server: str, program: Program) -> None:
    desktop, place = Desktop(server), (WIDTH - 150, HEIGHT - 120, 100, 80)
    desktop.resize(WIDTH // 2, HEIGHT // 2)
    with watching() as watch:
        watch.covered()
        desktop.resize(WIDTH, HEIGHT)
        vault(program, place)
        assert hides(watch.covered(), place)


class _Flooded(X11Connection):
    """Events never cease to come."""

    def waiting(self) -> bool:
        return True


def test_all_is_hidden_while_the_order_of_windows_is_not_known(
    server: str, program: Program
) -> None:
    assert server
    page(program, _HERE)
    with watching(_Flooded) as watch:
        assert watch.covered() == [SCREEN]
