import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from agent_client.host.child import Allowance, UploaderProgram, keep_running

DEADLINE = 60.0  # seconds


class Socket:
    """The desk socket's word on whether the uploader answers."""

    def __init__(self) -> None:
        self.there = asyncio.Event()
        self.gone = asyncio.Event()

    def answer(self) -> None:
        self.gone.clear()
        self.there.set()

    def fall_silent(self) -> None:
        self.there.clear()
        self.gone.set()


def test_five_starts_an_hour_and_no_more() -> None:
    allowance = Allowance()
    minute = timedelta(minutes=1)
    assert [allowance.take(minute * number) for number in range(5)] == [timedelta()] * 5
    assert allowance.take(minute * 5) == minute * 55
    assert allowance.take(minute * 60) == timedelta()
    assert allowance.take(minute * 60) == minute


async def test_an_uploader_that_answers_is_left_alone() -> None:
    socket, started = Socket(), asyncio.Event()
    socket.answer()
    answers: asyncio.Queue[bool] = asyncio.Queue()

    def start() -> int:
        started.set()
        return 1

    short = timedelta(milliseconds=50)
    keeping = asyncio.create_task(
        keep_running(start, socket, timedelta, answers.put_nowait, patience=short)
    )
    assert await asyncio.wait_for(answers.get(), DEADLINE) is False
    assert not started.is_set()
    socket.fall_silent()
    await asyncio.wait_for(started.wait(), DEADLINE)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_where_nobody_listens_it_is_started_at_once() -> None:
    socket, started = Socket(), asyncio.Event()

    def start() -> int:
        started.set()
        return 1

    day = timedelta(days=1)  # of patience, which would end this test in failure
    keeping = asyncio.create_task(
        keep_running(start, socket, timedelta, lambda _given_up: None, patience=day)
    )
    await asyncio.sleep(0)
    assert not started.is_set()  # nothing is known yet
    socket.fall_silent()
    await asyncio.wait_for(started.wait(), DEADLINE)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_one_that_cannot_be_started_is_given_up_after_five() -> None:
    socket = Socket()
    socket.fall_silent()
    tried = 0
    given_up: asyncio.Queue[bool] = asyncio.Queue()

    def start() -> int:
        nonlocal tried
        tried += 1
        raise FileNotFoundError(2, "No such file")

    short = timedelta(milliseconds=1)
    keeping = asyncio.create_task(
        keep_running(start, socket, timedelta, given_up.put_nowait, patience=short)
    )
    assert await asyncio.wait_for(given_up.get(), DEADLINE) is True
    assert tried == 5
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


def test_the_program_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    command = [sys.executable, "-c", "import os; open(os.environ['MARK'], 'w').close()"]
    program = UploaderProgram(command, {**os.environ, "MARK": str(mark)}, 0)
    assert program.start() > 0
    assert program.wait(timedelta(seconds=DEADLINE))
    assert mark.exists()
