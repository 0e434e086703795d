"""Requests that python-xlib lacks or gets wrong: XFIXES regions and cursors, XInput 2.2."""

from __future__ import annotations

from typing import Any

from Xlib.protocol import rq

from agent_client.capture.x11_connection import X11Connection

XFIXES, XINPUT = "XFIXES", "XInputExtension"
ALL_MASTERS = 1  # of XInput: each pointer that is seen on the screen


class _CreateRegion(rq.Request):  # type: ignore[misc] # python-xlib has no types
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card32("region"))


class _FetchRegion(rq.ReplyRequest):  # type: ignore[misc] # as above
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(19), rq.RequestLength(), rq.Card32("region"))
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Pad(24),  # the box around all
        rq.Binary("rectangles", pad=0),  # unparsed: there may be thousands
    )


class _SelectCursorInput(rq.Request):  # type: ignore[misc] # as above
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(3),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("mask"),
    )


class _GetCursorImage(rq.ReplyRequest):  # type: ignore[misc] # as above
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(4), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card16("hot_x"),
        rq.Card16("hot_y"),
        rq.Card32("serial"),
        rq.Pad(8),
        rq.Binary("pixels", pad=0),
    )


class _XIQueryVersion(rq.ReplyRequest):  # type: ignore[misc] # as above
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(47),
        rq.RequestLength(),
        rq.Card16("major_version"),
        rq.Card16("minor_version"),
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card16("major_version"),
        rq.Card16("minor_version"),
        rq.Pad(20),
    )


def create_region(connection: X11Connection) -> int:
    """An empty one."""
    display = connection.display.display
    region = int(display.allocate_resource_id())
    _CreateRegion(display, opcode=display.get_extension_major(XFIXES), region=region)
    return region


def fetch_region(connection: X11Connection, region: int) -> Any:  # noqa: ANN401 python-xlib has no types
    """Ask only: `reply` waits for the answer, whose `rectangles` are of four 16-bit numbers."""
    display = connection.display.display
    opcode = display.get_extension_major(XFIXES)
    return _FetchRegion(display, defer=True, opcode=opcode, region=region)


def tell_of_cursors(connection: X11Connection, *, wanted: bool) -> None:
    """Whether an event is sent when the pointer takes another shape."""
    display = connection.display.display
    opcode = display.get_extension_major(XFIXES)
    _SelectCursorInput(display, opcode=opcode, window=connection.root, mask=int(wanted))


def cursor_image(connection: X11Connection) -> Any:  # noqa: ANN401 as above
    """Ask only, as `fetch_region`: width, height, hot spot, serial, and pixels of B, G, R, A."""
    display = connection.display.display
    return _GetCursorImage(display, defer=True, opcode=display.get_extension_major(XFIXES))


def xinput_version(connection: X11Connection) -> tuple[int, int]:
    """Of the server, having said that we know 2.2: it has touches, and no grab hides raw events."""
    display = connection.display.display
    opcode = display.get_extension_major(XINPUT)
    answer = _XIQueryVersion(display, opcode=opcode, major_version=2, minor_version=2)
    return answer.major_version, answer.minor_version
