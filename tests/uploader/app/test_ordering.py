"""Orders on their way to the client, who may come just then."""

import threading

from uploader.app.ordering import Ordering
from uploader.desk import Ordered

PAUSE = Ordered(order="pause", number=4)


class Client:
    """One that is there, or not."""

    def __init__(self) -> None:
        self.there = False
        self.told: list[Ordered | None] = []
        self.ordering = Ordering(lambda: self.there, self.told.append)

    def comes(self) -> None:
        self.there = True
        self.told.append(self.ordering.take())


def test_who_is_there_is_told_and_who_comes_later_hears_it_once() -> None:
    client = Client()
    client.ordering.give(Ordered(order="resume", number=3))
    client.ordering.give(PAUSE)
    client.comes()
    client.comes()
    assert client.told == [PAUSE, None]
    client.ordering.give(PAUSE)
    assert client.told == [PAUSE, None, PAUSE]


def test_an_order_to_record_waits_for_nobody() -> None:
    client = Client()
    client.ordering.give(Ordered(order="record-now", number=4))
    client.comes()
    assert client.told == [None]


def test_a_client_that_comes_while_an_order_finds_none_there_is_told_it() -> None:
    client = Client()

    def is_there() -> bool:
        there = client.there
        coming.start()
        coming.join(0.5)
        return there

    coming = threading.Thread(target=client.comes)
    client.ordering = Ordering(is_there, client.told.append)
    client.ordering.give(PAUSE)
    coming.join(60)
    assert client.told == [PAUSE]
