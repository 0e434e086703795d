"""A named window is hidden in any frame it is put into, and so is what it leaves there."""

from __future__ import annotations

from tests.agent_client.capture.secretive import Program
from tests.agent_client.capture.test_x11_windows import framed
from tests.agent_client.capture.watching import (
    ELSEWHERE,
    HERE,
    LINGERING,
    THERE,
    Watch,
    hides,
    page,
    shows,
    vault,
)


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
    watch.now += LINGERING
    watch.drawn_over()
    assert shows(watch.covered(), place)


def test_a_frame_whose_window_went_before_it_was_read_is_hidden_at_first(
    watch: Watch, program: Program, other: Program
) -> None:
    kept = page(program, ELSEWHERE)
    framed(other, kept.id).map()
    other.display.sync()
    watch.now += 10.0
    watch.covered()  # the other program is known to make frames
    gone = vault(program, THERE)
    frame = other.window(THERE, menu=True)
    other.display.create_resource_object("window", gone.id).reparent(frame, 0, 0)
    frame.map()
    other.display.sync()
    gone.destroy()
    program.display.sync()
    watch.drawn_over()
    assert hides(watch.covered(), THERE)
    watch.now += LINGERING
    watch.drawn_over()
    assert shows(watch.covered(), THERE)


def test_a_window_that_is_in_a_frame_for_a_moment_is_hidden(
    watch: Watch, program: Program, other: Program
) -> None:
    frame = other.window(THERE, menu=True)
    frame.map()
    other.display.sync()
    watch.now += 10.0
    watch.drawn_over()
    assert shows(watch.covered(), THERE)
    window = vault(program)
    other.display.create_resource_object("window", window.id).reparent(frame, 0, 0)
    other.display.sync()
    window.destroy()
    program.display.sync()
    watch.drawn_over()
    assert hides(watch.covered(), THERE)


def test_a_window_is_hidden_in_a_frame_within_a_frame(
    watch: Watch, program: Program, other: Program
) -> None:
    frame, inner = other.window(HERE, menu=True), other.window(HERE)
    inner.reparent(frame, 0, 0)
    window = vault(program)
    other.display.create_resource_object("window", window.id).reparent(inner, 0, 0)
    for each in (inner, frame):
        each.map()
    other.display.sync()
    watch.now += 10.0
    watch.drawn_over()
    assert hides(watch.covered(), HERE)
