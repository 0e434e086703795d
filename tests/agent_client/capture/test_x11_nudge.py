"""Programs are asked to draw, and nobody at the desk notices."""

from __future__ import annotations

from Xlib import X
from Xlib.ext import xtest

from agent_client.capture.screen import Rectangle
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_nudge import nudge
from tests.agent_client.capture.secretive import OTHERS, Program
from tests.agent_client.capture.staging import HEIGHT, WIDTH
from tests.agent_client.capture.watching import HERE


def test_a_program_draws_anew_where_it_is_asked_and_the_pointer_notices_nothing(
    program: Program,
) -> None:
    window = program.window(HERE, menu=True, background_pixmap=X.NONE)
    window.change_attributes(
        event_mask=X.ExposureMask | X.EnterWindowMask | X.LeaveWindowMask | X.PointerMotionMask
    )
    window.map()
    window.fill_rectangle(window.create_gc(foreground=OTHERS), 0, 0, 100, 80)
    xtest.fake_input(program.display, X.MotionNotify, x=60, y=55)
    program.display.sync()
    program.drain()
    connection = X11Connection()
    try:
        nudge(connection, [Rectangle(50, 50, 20, 10)])
        connection.round_trip()
    finally:
        connection.close()
    program.display.sync()
    told = [program.display.next_event() for _ in range(program.display.pending_events())]
    assert [one.type for one in told] == [X.Expose]
    assert (told[0].x, told[0].y, told[0].width, told[0].height) == (30, 30, 20, 10)
    picture = window.get_image(0, 0, 100, 80, X.ZPixmap, 0xFFFFFFFF)
    assert set(bytes(picture.data)[0::4]) == {OTHERS & 0xFF}, "nothing is drawn by asking"
    window.destroy()


def test_of_many_places_all_that_lies_around_them_is_drawn(program: Program) -> None:
    window = program.window((0, 0, WIDTH, HEIGHT), menu=True, background_pixmap=X.NONE)
    window.map()
    program.display.sync()
    program.drain()
    connection = X11Connection()
    try:
        nudge(connection, [Rectangle(10 * step, 5 * step, 4, 4) for step in range(20)])
        connection.round_trip()
    finally:
        connection.close()
    program.display.sync()
    told = [program.display.next_event() for _ in range(program.display.pending_events())]
    assert [(one.x, one.y, one.width, one.height) for one in told] == [(0, 0, 194, 99)]
    window.destroy()
