"""One connection to the X server, shared, that neither prints nor hangs."""

from __future__ import annotations

from collections.abc import Iterator
from select import select

import pytest
from Xlib import X, error
from Xlib.protocol import display as protocol
from Xlib.protocol.event import event_class

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.x11_connection import X11Connection
from tests.agent_client.capture.desktops import painter, x_server
from tests.agent_client.capture.x11_staging import server_without

_NO_WINDOW = 0x1FFFFF


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with x_server("320x200") as name:
        yield name


@pytest.fixture
def connection(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[X11Connection]:
    monkeypatch.setenv("DISPLAY", server)
    one = X11Connection()
    yield one
    one.close()
    one.close()


def test_every_event_is_handed_to_everybody_in_order(
    server: str, connection: X11Connection
) -> None:
    here: list[int] = []
    there: list[int] = []
    connection.subscribe(lambda event: here.append(event.type))
    connection.subscribe(lambda event: there.append(event.type))
    connection.listen(X.SubstructureNotifyMask)
    connection.listen(X.PropertyChangeMask)
    with painter(server) as hand:
        hand.window("a window", (0, 0, 20, 20))
        hand.entitle(hand.root, "the desktop")
        assert select([connection.fileno()], [], [], 20)[0]
        connection.round_trip()
        connection.dispatch()
    assert here == there
    assert here[:3] == [X.CreateNotify, X.MapNotify, X.PropertyNotify]


def test_extensions_are_known_that_the_library_does_not_know(connection: X11Connection) -> None:
    assert connection.serves("MIT-SHM")
    assert not connection.has("MIT-SHM")
    assert connection.serves("DAMAGE")
    assert connection.has("DAMAGE")
    assert not connection.serves("XWAYLAND")


def test_what_an_answer_brought_along_is_waiting(server: str, connection: X11Connection) -> None:
    connection.listen(X.PropertyChangeMask)
    assert not connection.waiting()
    with painter(server) as hand:
        hand.entitle(hand.root, "the desktop")
        connection.round_trip()
    assert connection.waiting()
    connection.dispatch()
    assert not connection.waiting()


def test_a_request_about_a_window_that_has_gone_is_no_failure(
    connection: X11Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    gone = connection.display.create_resource_object("window", _NO_WINDOW)
    with connection.failures():
        gone.change_attributes(event_mask=X.PropertyChangeMask)
        with pytest.raises(error.BadWindow):
            gone.get_attributes()
    connection.round_trip()
    with pytest.raises(CaptureFailedError), connection.failures():
        gone.get_attributes()
    connection.round_trip()
    assert capfd.readouterr() == ("", "")


def test_a_server_that_goes_away_is_a_failure_and_never_a_wait(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with x_server("64x64") as name:
        monkeypatch.setenv("DISPLAY", name)
        connection = X11Connection()
    for _ in range(3):
        with pytest.raises(CaptureFailedError) as failure:
            connection.round_trip()
        assert failure.value.code == "screen-unreadable"
        with pytest.raises(CaptureFailedError):
            connection.dispatch()
    connection.close()
    assert capfd.readouterr() == ("", "")


def test_servers_with_other_extensions_are_not_mixed_up(
    connection: X11Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server_without("MIT-SHM") as name:
        monkeypatch.setenv("DISPLAY", name)
        other = X11Connection()
        majors = [one.display.display.get_extension_major("DAMAGE") for one in (connection, other)]
        assert majors[0] != majors[1]
        other.round_trip()
        connection.round_trip()
        other.close()


def test_a_server_that_was_here_leaves_no_codes_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    with server_without("MIT-SHM") as name:
        monkeypatch.setenv("DISPLAY", name)
        X11Connection().close()
        assert protocol.Display.event_classes != event_class
    assert protocol.Display.event_classes == event_class


def test_an_answer_that_a_value_was_wrong_is_understood(connection: X11Connection) -> None:
    answers: list[error.XError] = []
    connection.display.set_error_handler(lambda answer, _request: answers.append(answer))
    with connection.failures():
        connection.display.bell(percent=120)
    connection.round_trip()
    assert [type(answer) for answer in answers] == [error.BadValue]
