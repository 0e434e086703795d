"""Named windows at moments that a test makes: in a grab, and while others come and go."""

from __future__ import annotations

import os
from contextlib import closing

from Xlib import X
from Xlib.ext import shape
from Xlib.protocol import event as events

from agent_client.capture.screen_x11 import open_x11
from agent_client.capture.settings import ScreenSettings, WindowPattern, film_clock
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_window_facts import programs
from tests.agent_client.capture.desktops import Desktop
from tests.agent_client.capture.secretive import TITLE, Program
from tests.agent_client.capture.staging import HEIGHT, WIDTH
from tests.agent_client.capture.test_x11_windows import secret_pixels
from tests.agent_client.capture.watching import (
    EXCLUDE,
    HERE,
    LINGERING,
    SCREEN,
    THERE,
    Watch,
    hides,
    page,
    shows,
    vault,
    watching,
)


def test_a_window_that_comes_during_a_grab_makes_it_worthless(
    watch: Watch, program: Program
) -> None:
    assert watch.covered() == []
    watch.masks.before_grab()
    vault(program)
    assert watch.masks.after_grab() is None
    watch.masks.before_grab()
    assert hides(watch.masks.after_grab() or [], HERE)


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
    window = page(program, HERE, f"{TITLE} of May")
    assert hides(watch.covered(), HERE)
    window.set_wm_name("News")
    program.display.sync()
    watch.drawn_over()
    watch.now += 0.5
    assert hides(watch.covered(), HERE)
    watch.now += LINGERING
    watch.drawn_over()
    assert shows(watch.covered(), HERE)


def test_a_menu_stays_hidden_that_outlives_the_window_that_says_whose_it_is(
    watch: Watch, program: Program
) -> None:
    window = vault(program)
    menu = program.window(THERE, menu=True)
    menu.map()
    program.display.sync()
    assert hides(watch.covered(), HERE, THERE)
    window.destroy()
    program.display.sync()
    for _ in range(3):
        watch.now += LINGERING
        watch.drawn_over()
        assert hides(watch.covered(), THERE)
    menu.unmap()
    menu.map()
    program.display.sync()
    watch.drawn_over()
    assert shows(watch.covered(), THERE), "it is another menu perhaps"


def test_what_windows_in_a_window_take_along_is_hidden(
    watch: Watch, program: Program, other: Program
) -> None:
    around = other.window((20, 20, 300, 80), background_pixmap=X.NONE)
    within = other.window(HERE)
    within.reparent(around, 0, 0)
    around.map()
    within.map()
    other.display.sync()
    watch.covered()
    watch.now += 10.0
    watch.drawn_over()
    secret = vault(program)
    watch.covered()
    secret.destroy()
    program.display.sync()
    assert hides(watch.covered(), HERE)
    assert shows(watch.covered(), (170, 20, 100, 80))
    within.configure(x=150)
    other.display.sync()
    assert hides(watch.covered(), (170, 20, 100, 80))


def test_a_window_is_hidden_where_it_is_raised_and_shows_nothing_where_it_is_lowered(
    watch: Watch, program: Program, other: Program
) -> None:
    secret = vault(program)
    page(other, HERE)
    watch.now += 10.0
    watch.drawn_over()
    assert shows(watch.covered(), HERE)
    secret.configure(stack_mode=X.Above)
    program.display.sync()
    assert hides(watch.covered(), HERE)
    secret.configure(stack_mode=X.Below)
    program.display.sync()
    watch.drawn_over()
    assert shows(watch.covered(), HERE)


def test_a_windows_border_is_hidden_with_it(watch: Watch, program: Program) -> None:
    window = vault(program)
    window.configure(border_width=10)
    program.display.sync()
    bordered = (20, 20, 120, 100)
    assert hides(watch.covered(), bordered)
    window.configure(x=300)
    program.display.sync()
    assert hides(watch.covered(), (300, 20, 120, 100))
    with watching() as late:
        assert hides(late.covered(), (300, 20, 120, 100))


def test_what_lies_above_hides_a_window_only_where_nothing_shines_through(
    watch: Watch, program: Program, other: Program
) -> None:
    vault(program)
    above = page(other, HERE)
    watch.now += 10.0
    watch.drawn_over()
    assert shows(watch.covered(), HERE)
    above.shape_rectangles(shape.SO.Set, shape.SK.Bounding, X.Unsorted, 0, 0, [])
    other.display.sync()
    assert hides(watch.covered(), HERE), "it has no shape any more"


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
        *HERE, 0, deep[1], X.InputOutput, deep[0], colormap=colours, border_pixel=0
    )
    window.set_wm_class("browser", "Browser")
    window.set_wm_name("a page")
    window.map()
    other.display.sync()
    watch.now += 10.0
    watch.drawn_over()
    assert hides(watch.covered(), HERE)


def test_nobody_is_believed_but_the_server(watch: Watch, program: Program, other: Program) -> None:
    window = vault(program)
    watch.covered()
    told = events.DestroyNotify(window=window, event=other.root)
    other.root.send_event(told, event_mask=X.SubstructureNotifyMask)
    other.display.sync()
    watch.drawn_over()
    assert hides(watch.covered(), HERE)


def test_windows_are_hidden_where_the_desktop_has_grown(server: str, program: Program) -> None:
    desktop, place = Desktop(server), (WIDTH - 150, HEIGHT - 120, 100, 80)
    desktop.resize(WIDTH // 2, HEIGHT // 2)
    with watching() as watch:
        watch.covered()
        desktop.resize(WIDTH, HEIGHT)
        vault(program, place)
        assert hides(watch.covered(), place)


def test_a_window_is_known_by_the_program_that_runs(server: str, program: Program) -> None:
    assert server
    program.window(HERE).map()
    program.display.sync()
    for name in sorted(programs(os.getpid())):
        with watching(patterns=(WindowPattern(application=name),)) as watch:
            watch.now += 10.0
            assert hides(watch.covered(), HERE)
    with watching(patterns=(WindowPattern(application="somebody else"),)) as watch:
        assert shows(watch.covered(), HERE)


def test_a_window_is_hidden_on_the_one_monitor_that_is_recorded(
    server: str, program: Program
) -> None:
    desktop = Desktop(server)
    desktop.plug("west", (0, 0, 320, HEIGHT), output="screen")
    desktop.plug("east", (320, 0, 320, HEIGHT))
    try:
        vault(program, (400, 50, 100, 80))
        screen = open_x11(ScreenSettings(exclude=EXCLUDE, monitor="east"))
        with closing(screen):
            patches = screen.look(film_clock(), whole=True)
            assert [(one.place.width, one.place.height) for one in patches] == [(320, HEIGHT)]
            assert sum(secret_pixels(patch) for patch in patches) == 0
    finally:
        for name in ("west", "east"):
            desktop.pull(name)


class _Flooded(X11Connection):
    """Events never cease to come."""

    def waiting(self) -> bool:
        return True


def test_all_is_hidden_while_the_order_of_windows_is_not_known(
    server: str, program: Program
) -> None:
    assert server
    page(program, HERE)
    with watching(_Flooded) as watch:
        assert watch.covered() == [SCREEN]
