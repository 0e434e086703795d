"""An administrator has every program end: asked first, then told, then ended."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_client.clearing import REPLACING, Clearing, Patience, take_back, write_marker
from agent_client.host.programs import Program
from contract.make_way import MakeWay, Purpose, marker_of

HURRY = Patience(
    closing=timedelta(seconds=0.5),
    polite=timedelta(seconds=0.5),
    look=timedelta(seconds=0.05),
    word=timedelta(seconds=0.1),
)
PATIENT = replace(HURRY, closing=timedelta(minutes=1))  # with who ends by itself
POLITE = replace(HURRY, polite=timedelta(seconds=3))  # with who ends at a signal
MINUTE = timedelta(minutes=1)
_ENDS_WHEN = """
import pathlib, signal, sys, time
place, words = pathlib.Path(sys.argv[1]), sys.argv[2:]
if "deaf" in words:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
while not any(word in (place.read_text() if place.exists() else "") for word in words):
    time.sleep(0.02)
"""


class Computer:
    """Programs that end when the marker says this or that, or never."""

    def __init__(self, folder: Path, patience: Patience = PATIENT) -> None:
        self.marker = folder / "run" / "make-way.json"
        self.said: list[str] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.clearing = Clearing(
            self.marker, self.said.append, running=self.running, patience=patience
        )

    def start(self, *words: str) -> None:
        """One that ends when the marker has one of these words in it; "deaf": to signals, too."""
        command = [sys.executable, "-c", _ENDS_WHEN, str(self.marker), *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout:
            assert process.stdout.readline().strip() == b"up"
        self.processes.append(process)

    def running(self) -> list[Program]:
        alive = [one for one in self.processes if one.poll() is None]
        return [Program(one.pid, "client", "ann") for one in alive]

    @property
    def told(self) -> MakeWay:
        return marker_of(self.marker.read_bytes())


def by_signal(program: Program, *, at_once: bool) -> None:
    """As the system ends those of an installation, which these programs are not."""
    with suppress(ProcessLookupError):
        os.kill(program.pid, signal.Signals(9 if at_once else 15))


@pytest.fixture
def computer(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Computer]:
    monkeypatch.setattr("agent_client.host.programs.end", by_signal)
    made = Computer(tmp_path, getattr(request, "param", PATIENT))
    yield made
    for one in made.processes:
        one.kill()
        one.wait(60)


def test_where_nobody_runs_the_marker_stands_for_as_long_as_files_are_replaced(
    computer: Computer,
) -> None:
    began = datetime.now(UTC)
    assert computer.clearing.clear(MINUTE, Purpose.UPGRADE)
    assert computer.told.now
    assert began + REPLACING <= computer.told.until <= datetime.now(UTC) + REPLACING
    assert computer.said == []


def test_who_ends_when_asked_is_waited_for_and_named(computer: Computer) -> None:
    computer.start("upgrade")
    computer.start('"now":false')
    assert computer.clearing.clear(MINUTE, Purpose.UPGRADE)
    assert not computer.running()


def test_while_a_call_is_waited_for_it_is_said_who_has_one(computer: Computer) -> None:
    computer.start('"now":true')
    assert computer.clearing.clear(timedelta(seconds=4), Purpose.UPGRADE)
    (process,) = computer.processes
    assert f"client of ann (process {process.pid}) ends after its call" in computer.said
    assert process.returncode == 0


def test_without_a_wait_all_are_told_to_end_now(computer: Computer) -> None:
    computer.start('"now":true')
    assert computer.clearing.clear(timedelta(), Purpose.REMOVAL)
    (process,) = computer.processes
    assert process.returncode == 0  # it was not ended
    assert computer.told.purpose is Purpose.REMOVAL


@pytest.mark.parametrize("computer", [POLITE], indirect=True)
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
def test_who_does_not_answer_is_ended_by_the_system(computer: Computer) -> None:
    computer.start("nothing")
    computer.start("deaf")
    assert computer.clearing.clear(timedelta(), Purpose.UPGRADE)
    assert [one.returncode for one in computer.processes] == [-15, -9]


@pytest.mark.parametrize("computer", [HURRY], indirect=True)
def test_who_cannot_be_ended_is_named_and_the_answer_is_no(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer.start("nothing")
    monkeypatch.setattr("agent_client.host.programs.end", lambda _one, *, at_once: at_once)
    assert not computer.clearing.clear(timedelta(), Purpose.UPGRADE)
    assert "cannot be ended" in computer.said[-1]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
def test_who_has_one_command_follow_another_keeps_no_file_from_being_replaced(
    computer: Computer,
) -> None:
    numbers = itertools.count(10_000_000)  # no process has such a number

    def running() -> list[Program]:
        return [*computer.running(), Program(next(numbers), "client", "eve")]

    computer.start("nothing")
    clearing = Clearing(computer.marker, computer.said.append, running=running, patience=POLITE)
    assert clearing.clear(timedelta(), Purpose.UPGRADE)
    assert [one.returncode for one in computer.processes] == [-15]
    assert computer.told.now


def test_an_uploader_whose_client_hangs_is_left_the_time_to_have_it_started_again(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, uploader = Program(1, "client", "ann"), Program(2, "uploader", "ann")
    run = [uploader, client]
    ended: list[Program] = []

    def end(one: Program, *, at_once: bool) -> None:
        if at_once:  # the client lost, the uploader goes by itself
            ended.append(one)
            run.clear()

    monkeypatch.setattr("agent_client.host.programs.end", end)
    clearing = Clearing(
        computer.marker, computer.said.append, running=lambda: [*run], patience=HURRY
    )
    assert clearing.clear(timedelta(), Purpose.UPGRADE)
    assert ended == [client]


def test_a_client_that_reads_the_marker_at_that_moment_keeps_it_from_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter((True, True, False))
    replace = Path.replace

    def as_windows_does(draft: Path, place: Path) -> Path:
        if next(refusals):
            raise PermissionError(13, "it is open", str(place))
        return replace(draft, place)

    monkeypatch.setattr(Path, "replace", as_windows_does)
    write_marker(tmp_path / "make-way.json", MakeWay(datetime.now(UTC), now=True))
    assert marker_of((tmp_path / "make-way.json").read_bytes()).now


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_everybody_can_read_the_marker_and_nobody_else_write_it(tmp_path: Path) -> None:
    place = tmp_path / "run" / "make-way.json"
    marker = MakeWay(datetime.now(UTC), now=False)
    umask = os.umask(0o077)
    try:
        write_marker(place, marker)
        write_marker(place, marker)
    finally:
        os.umask(umask)
    assert place.stat().st_mode & 0o777 == 0o644
    assert place.parent.stat().st_mode & 0o777 == 0o755
    assert json.loads(place.read_bytes())["for"] == "upgrade"
    assert os.listdir(place.parent) == ["make-way.json"]
    take_back(place)
    take_back(place)
    assert not place.exists()
