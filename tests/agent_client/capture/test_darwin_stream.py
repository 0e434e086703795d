"""Pictures of several displays become one."""

from __future__ import annotations

from agent_client.capture.darwin_stream import paste
from agent_client.capture.monitors import Monitor
from agent_client.capture.screen import Rectangle

LEFT = Monitor("2", Rectangle(-4, 1, 4, 2), primary=False)
MAIN = Monitor("1", Rectangle(0, 0, 3, 4), primary=True)


def test_displays_are_put_together_and_rows_end_where_the_display_does() -> None:
    part = Rectangle(-4, 0, 7, 4)
    canvas = bytearray(7 * 4 * 4)
    for monitor, colour in ((LEFT, b"LLLL"), (MAIN, b"MMMM")):
        row = colour * monitor.place.width + b"end of row"
        paste(memoryview(row * monitor.place.height), len(row), monitor.place, canvas, part)
    shown = [canvas[at : at + 28 : 4].replace(b"\0", b".") for at in range(0, len(canvas), 28)]
    assert shown == [b"....MMM", b"LLLLMMM", b"LLLLMMM", b"....MMM"]


def test_what_lies_outside_of_the_recorded_part_is_left_out() -> None:
    picture = memoryview(bytes(range(1, 13)) * 4)  # three pixels by four
    canvas = bytearray(2 * 2 * 4)
    paste(picture, 12, MAIN.place, canvas, Rectangle(2, 3, 2, 2))
    assert canvas == bytes([9, 10, 11, 12]) + bytes(12)
    paste(picture, 12, MAIN.place, canvas, Rectangle(5, 5, 2, 2))
    assert canvas == bytes([9, 10, 11, 12]) + bytes(12)
