"""The engine on a real loop: events from other threads in, orders to the ports out."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_client.core.commands import (
    CloseRecording,
    Command,
    MaskVoice,
    OpenRecording,
    PauseVoice,
    ResumeCapture,
    ResumeVoice,
    TellDecision,
)
from agent_client.core.events import Event, Source, VoiceOrderFailed
from agent_client.core.status import Status
from agent_client.engine import _BEAT_SECONDS, Engine, Ports, wall
from agent_client.memory import MemoryFile
from agent_client.ports import CaptureOrder
from contract.manifest import EndReason
from tests.agent_client.core.play import (
    HALF,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    SIGNED_IN,
    WRAPPING_UP,
    policy,
    released,
    talking,
)

_DEADLINE = 60.0


@dataclass
class Desk:
    """Every port in one: it keeps what it was told to do, in order."""

    memory: MemoryFile
    done: list[Command] = field(default_factory=list)
    decisions: list[TellDecision] = field(default_factory=list)
    told: list[Status] = field(default_factory=list)
    broken: bool = False  # the recorder is
    alive_said: int = 0

    def order(self, order: CaptureOrder) -> None:
        if self.broken:
            raise RuntimeError("the recorder is broken")
        self.done.append(order)

    def alive(self) -> None:
        self.alive_said += 1

    def pause(self, connection_id: str, source: Source) -> None:
        self.done.append(PauseVoice(connection_id, source))

    def resume(self, connection_id: str, source: Source) -> None:
        self.done.append(ResumeVoice(connection_id, source))

    def mask(self, order: MaskVoice) -> None:
        self.done.append(order)

    def decided(self, order: TellDecision) -> None:
        self.decisions.append(order)

    @property
    def names(self) -> list[str]:
        return [type(command).__name__ for command in self.done]

    def engine(
        self,
        clock: Callable[[], timedelta] | None = None,
        wall: Callable[[], datetime] = wall,
    ) -> Engine:
        ports = Ports(recorder=self, voice=self, masks=self, decisions=self, memory=self.memory)
        if clock is None:
            return Engine(ports, self.told.append, wall=wall)
        return Engine(ports, self.told.append, clock=clock, wall=wall)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(MemoryFile(tmp_path))


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[None]:
    run = asyncio.create_task(engine.run())
    try:
        yield
    finally:
        engine.stop()
        await asyncio.wait_for(run, _DEADLINE)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_DEADLINE):
        while not true():  # noqa: ASYNC110 any condition will do, and most have no event
            await asyncio.sleep(0.005)


async def taken(engine: Engine, *events: Event) -> None:
    wanted = engine.taken + len(events)
    for event in events:
        engine.post(event)
    await until(lambda: engine.taken >= wanted)


async def test_the_recorder_hears_that_the_engine_is_alive_while_nothing_happens(
    desk: Desk,
) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN)
        said = desk.alive_said
        await until(lambda: desk.alive_said > said)


async def test_an_engine_that_cannot_take_what_happens_does_not_say_that_it_is_alive(
    desk: Desk,
) -> None:
    clock_fails = False

    def clock() -> timedelta:
        if clock_fails:
            raise RuntimeError("the clock is broken")
        return timedelta(seconds=time.monotonic())

    engine = desk.engine(clock)
    async with running(engine):
        await taken(engine, SIGNED_IN)
        said, clock_fails = desk.alive_said, True
        try:
            engine.post(policy())
            await asyncio.sleep(1.1 * _BEAT_SECONDS)  # nothing tells of what is not said
            assert desk.alive_said == said
        finally:
            clock_fails = False
        await taken(engine, policy())
        said = desk.alive_said
        await until(lambda: desk.alive_said > said)  # though nothing more happens


async def test_a_call_is_recorded_from_answer_to_the_end(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"))
        assert desk.names == ["OpenRecording", "ResumeCapture"]
    closed = desk.done[-1]
    assert isinstance(closed, CloseRecording)
    assert closed.reason is EndReason.STOPPED


async def test_what_was_posted_before_the_start_is_not_lost(desk: Desk) -> None:
    engine = desk.engine()
    for event in (SIGNED_IN, policy(), talking("A")):
        engine.post(event)
    async with running(engine):
        await until(lambda: desk.names == ["OpenRecording", "ResumeCapture"])


async def test_every_thread_may_post(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"))
        threads = [threading.Thread(target=engine.post, args=[PAUSE]) for _ in range(20)]
        for thread in threads:
            thread.start()
        await until(lambda: "MaskVoice" in desk.names)
        for thread in threads:
            await asyncio.to_thread(thread.join)
        assert desk.names.count("PauseCapture") == 1


async def test_time_passes_by_itself(desk: Desk) -> None:
    now = timedelta(hours=1)
    engine = desk.engine(lambda: now)
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"), released("A"))
        now += timedelta(seconds=3)
        await until(lambda: "CloseRecording" in desk.names)


async def test_voice_and_masks_reach_their_ports(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, HALF, talking("B", RECORDING), PAUSE)
        assert desk.names == ["OpenRecording", "MaskVoice", "PauseVoice"]
        assert desk.done[1] == MaskVoice("B", "alice", silent=True)
        await taken(engine, talking("B", PAUSED), talking("B", RECORDING))
        assert desk.names[3:] == ["CloseRecording", "MaskVoice"]


async def test_a_status_is_published_when_it_changes_and_only_then(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"), talking("A"), talking("A"))
        headlines = [status.headline for status in desk.told]
        assert headlines[-1] == "Recording the screen of this call"
        assert len(set(desk.told)) == len(desk.told)
        assert engine.status == desk.told[-1]


async def test_a_restart_in_a_pause_stays_paused(desk: Desk) -> None:
    first = desk.engine()
    async with running(first):
        await taken(first, SIGNED_IN, policy(), talking("A"), PAUSE)
    desk.done.clear()
    second = desk.engine()
    async with running(second):
        await taken(second, SIGNED_IN, policy(), talking("A"))
        assert desk.names == ["OpenRecording", "MaskVoice"]


async def test_a_restart_in_after_call_work_records_the_rest(desk: Desk) -> None:
    first = desk.engine()
    async with running(first):
        await taken(first, SIGNED_IN, policy(), talking("A"), released("A"), WRAPPING_UP)
    desk.done.clear()
    second = desk.engine()
    async with running(second):
        await taken(second, SIGNED_IN, policy())
        assert desk.names == []
        await taken(second, WRAPPING_UP)
        assert desk.names == ["OpenRecording", "ResumeCapture"]
        await taken(second, READY)
        assert desk.names == ["OpenRecording", "ResumeCapture", "CloseRecording"]


async def test_after_call_work_is_measured_by_the_desks_clock_over_a_restart(desk: Desk) -> None:
    first = desk.engine()
    async with running(first):
        await taken(first, SIGNED_IN, policy(), talking("A"), released("A"), WRAPPING_UP)
    desk.done.clear()
    second = desk.engine(wall=lambda: datetime.now(UTC) + timedelta(seconds=301))
    async with running(second):
        await taken(second, SIGNED_IN, policy(), WRAPPING_UP)
        assert desk.names == []


async def test_every_decision_reaches_its_port(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, HALF, talking("A"), released("A"), READY, talking("B"))
    told = [(one.call_id, one.agent_id, one.decision.selected) for one in desk.decisions]
    assert told == [("A", "alice", True), ("B", "alice", False)]


async def test_a_memory_that_makes_no_sense_is_an_empty_one(desk: Desk) -> None:
    desk.memory.save(b"nonsense")
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"))
        assert desk.names == ["OpenRecording", "ResumeCapture"]


async def test_a_full_disk_is_told_and_recording_goes_on(tmp_path: Path) -> None:
    desk = Desk(MemoryFile(tmp_path / "gone"))
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"))
        assert desk.names == ["OpenRecording", "ResumeCapture"]
        await until(lambda: "not-remembered" in [one.code for one in desk.told[-1].problems])
        (tmp_path / "gone").mkdir()
        engine.post(PAUSE)
        await until(lambda: "not-remembered" not in [one.code for one in desk.told[-1].problems])


async def test_a_broken_port_is_told_and_the_others_get_their_orders(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A", RECORDING))
        desk.broken = True
        engine.post(PAUSE)
        await until(lambda: desk.names[2:] == ["MaskVoice", "PauseVoice"])
        await until(lambda: "internal-error" in [one.code for one in desk.told[-1].problems])


async def test_a_fault_in_one_event_ends_nothing(desk: Desk) -> None:
    faults = 0

    def clock() -> timedelta:
        nonlocal faults
        if engine.taken == 3 and not faults:
            faults += 1
            raise RuntimeError("the clock is broken")
        return timedelta(hours=1)

    engine = desk.engine(clock)
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"))
        engine.post(VoiceOrderFailed("a", "x"))
        await until(lambda: "internal-error" in [one.code for one in desk.told[-1].problems])
        assert desk.told[-1].headline == "Recording the screen of this call"
        await taken(engine, PAUSE)
        assert desk.names[2:] == ["PauseCapture", "MaskVoice"]
    assert faults == 1


async def test_what_comes_after_the_end_is_dropped(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy())
    engine.post(talking("A"))
    assert desk.names == []


def test_what_comes_after_the_loop_is_closed_is_dropped(desk: Desk) -> None:
    engine = desk.engine()
    engine.stop()
    asyncio.run(engine.run())
    engine.post(SIGNED_IN)
    assert desk.names == []


async def test_the_log_says_what_was_ordered_and_nothing_personal(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    engine = desk.engine()
    call = talking("A", RECORDING, data=(("iban", "DE02"),))  # type: ignore[arg-type] # pairs
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), call, PAUSE, released("A"))
    opened = next(one for one in desk.done if isinstance(one, OpenRecording))
    assert f"open recording {opened.recording_id} of call A (selected)" in caplog.messages
    assert f"resume capture for recording {opened.recording_id}" in caplog.messages
    assert f"pause capture for recording {opened.recording_id}, paused: asked" in caplog.messages
    assert "pause the voice of leg a" in caplog.messages
    assert "the voice of call A is to be silent" in caplog.messages
    assert "DE02" not in caplog.text
    assert "alice" not in caplog.text
    here = [one for one in caplog.records if one.thread == threading.get_ident()]
    assert len(here) == len(desk.done) + len(desk.decisions) + _asyncio(caplog)


def _asyncio(caplog: pytest.LogCaptureFixture) -> int:
    return sum(record.name == "asyncio" for record in caplog.records)


async def test_recordings_have_ids_of_their_own(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        await taken(engine, SIGNED_IN, policy(), talking("A"))
        await taken(engine, talking("C"), released("A"))
        opened = [one.recording_id for one in desk.done if isinstance(one, OpenRecording)]
        assert len(set(opened)) == 2
        assert isinstance(desk.done[-1], ResumeCapture)


async def test_who_asks_is_answered_when_the_wish_was_taken(desk: Desk) -> None:
    engine = desk.engine()
    early = engine.ask(PAUSE)
    async with running(engine):
        assert (await asyncio.wrap_future(early)).reason == "signed-out"
        await taken(engine, SIGNED_IN, policy(), talking("A"))
        assert (await asyncio.wrap_future(engine.ask(PAUSE))).granted
        assert engine.status.paused_since is not None


async def test_who_asks_after_the_end_is_not_left_waiting(desk: Desk) -> None:
    engine = desk.engine()
    async with running(engine):
        pass
    late = engine.ask(PAUSE)
    await until(late.cancelled)
