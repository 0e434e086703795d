"""The client is started again when it went without goodbye."""

import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from uploader.app.keeping import ClientKeeper
from uploader.desk import Hello

NOW = timedelta(hours=1)
LATER = NOW + timedelta(seconds=5)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "started"


def hello(mark: Path) -> Hello:
    script = f"open({str(mark)!r}, 'a').write('x')"
    return Hello(version="1", pid=1, command=(sys.executable, "-c", script))


def starts(keeper: ClientKeeper, mark: Path) -> int:
    """How often it was started, once the last one has ended."""
    deadline = time.monotonic() + 60
    while keeper._started is not None and keeper._started.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return len(mark.read_text()) if mark.exists() else 0


def test_it_is_started_after_a_grace_if_it_has_not_come_back(mark: Path) -> None:
    keeper = ClientKeeper(lambda: False)
    keeper.gone(hello(mark), NOW, goodbye=False)
    keeper.tick(LATER - timedelta(seconds=1))
    assert starts(keeper, mark) == 0
    keeper.tick(LATER)
    keeper.tick(LATER)
    assert starts(keeper, mark) == 1


def test_it_says_when_it_is_to_be_looked_after(mark: Path) -> None:
    keeper = ClientKeeper(lambda: False)
    assert keeper.due_in(NOW) is None
    keeper.gone(hello(mark), NOW, goodbye=False)
    assert keeper.due_in(NOW + timedelta(seconds=2)) == timedelta(seconds=3)
    assert keeper.due_in(LATER + timedelta(seconds=2)) == timedelta(0)
    keeper.tick(LATER)
    assert starts(keeper, mark) == 1
    assert keeper.due_in(LATER) is None


def test_it_is_not_started_when_it_is_back_or_said_goodbye_or_never_said_hello(mark: Path) -> None:
    back = ClientKeeper(lambda: True)
    back.gone(hello(mark), NOW, goodbye=False)
    back.tick(LATER)
    polite = ClientKeeper(lambda: False)
    polite.gone(hello(mark), NOW, goodbye=True)
    polite.tick(LATER)
    stranger = ClientKeeper(lambda: False)
    stranger.gone(None, NOW, goodbye=False)
    stranger.tick(LATER)
    assert [starts(one, mark) for one in (back, polite, stranger)] == [0, 0, 0]


def test_it_is_started_five_times_an_hour_at_most(mark: Path) -> None:
    keeper = ClientKeeper(lambda: False, grace=timedelta(0))
    for number in range(7):
        keeper.gone(hello(mark), NOW + timedelta(seconds=number), goodbye=False)
        keeper.tick(NOW + timedelta(seconds=number))
        starts(keeper, mark)
    assert starts(keeper, mark) == 5


def test_a_command_that_cannot_be_started_is_no_crash() -> None:
    keeper = ClientKeeper(lambda: False, grace=timedelta(0))
    keeper.gone(Hello(version="1", pid=1, command=("/nonexistent",)), NOW, goodbye=False)
    keeper.tick(NOW)
    assert keeper._started is None
