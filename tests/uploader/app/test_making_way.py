"""When the uploader makes way, and whether it has to come back by itself."""

from datetime import UTC, datetime, timedelta

from contract.make_way import MakeWay
from uploader.app.making_way import MakingWay
from uploader.desk import Goodbye, Hello

HELLO = Hello(version="1", pid=7, command=("/opt/twinreel/twinreel-agent", "--config", "c"))
START = timedelta(hours=1)
SOON = START + timedelta(seconds=3)
LATER = START + timedelta(seconds=10)


class Desk:
    """An uploader's desk: whether a client is there, and the marker."""

    def __init__(self) -> None:
        self.client = True
        self.marker: MakeWay | None = None
        self.making_way = MakingWay(lambda: self.client, lambda: self.marker)
        self.making_way.met(HELLO)
        self.making_way.look(START)

    def lay_marker(self) -> None:
        self.marker = MakeWay(datetime.now(UTC) + timedelta(hours=1), now=False)


def test_without_a_marker_it_stays_with_a_client_or_without() -> None:
    desk = Desk()
    assert not desk.making_way.look(LATER)
    desk.client = False
    assert not desk.making_way.look(LATER)


def test_it_stays_as_long_as_the_client_does() -> None:
    desk = Desk()
    desk.lay_marker()
    assert not desk.making_way.look(LATER)
    desk.client = False
    assert desk.making_way.look(LATER)


def test_a_client_that_makes_way_starts_it_again() -> None:
    desk = Desk()
    desk.lay_marker()
    desk.client = False
    desk.making_way.said(Goodbye(returns=True))
    assert desk.making_way.look(SOON)
    assert desk.making_way.owed is None


def test_where_the_user_has_quit_the_client_it_comes_back_by_itself() -> None:
    desk = Desk()
    desk.making_way.said(Goodbye())
    desk.client = False
    desk.lay_marker()
    assert desk.making_way.look(LATER)
    assert desk.making_way.owed == desk.marker
    assert desk.making_way.client == ()


def test_for_a_client_that_hangs_or_was_lost_the_uploader_leaves_the_waiter() -> None:
    desk = Desk()
    desk.lay_marker()
    assert not desk.making_way.look(LATER)
    assert desk.making_way.owed == desk.marker
    assert desk.making_way.client == HELLO.command


def test_a_client_that_has_just_started_it_is_given_time_to_say_hello() -> None:
    desk = Desk()
    desk.client = False
    desk.lay_marker()
    assert not desk.making_way.look(SOON)
    assert desk.making_way.look(LATER)


def test_an_end_for_another_reason_owes_nothing() -> None:
    assert Desk().making_way.owed is None
