"""Against a real bus with a logind and a screen saver of our own on it."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from agent_client.host import bus as bus_module
from agent_client.host.absence import AbsenceWatch

DEADLINE = 60.0  # seconds


class Session(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Session")
        self.locked = False
        self.active = True

    @dbus_property(access=PropertyAccess.READ)
    def LockedHint(self) -> DBusBool:  # noqa: N802
        return self.locked

    @dbus_property(access=PropertyAccess.READ)
    def Active(self) -> DBusBool:  # noqa: N802
        return self.active

    def set_locked(self, locked: bool) -> None:  # noqa: FBT001
        self.locked = locked
        self.emit_properties_changed({"LockedHint": locked})

    def set_active(self, active: bool) -> None:  # noqa: FBT001
        self.active = active
        self.emit_properties_changed({"Active": active})


class Saver(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.freedesktop.ScreenSaver")
        self.on = False
        self.asked: asyncio.Queue[bool] = asyncio.Queue()  # what it was, each time
        self.answers = asyncio.Event()
        self.answers.set()

    @dbus_method()
    async def GetActive(self) -> DBusBool:  # noqa: N802
        self.asked.put_nowait(self.on)
        await self.answers.wait()
        return self.on

    @dbus_signal()
    def ActiveChanged(self) -> DBusBool:  # noqa: N802
        return self.on

    def set_on(self, on: bool) -> None:  # noqa: FBT001
        self.on = on
        self.ActiveChanged()


class Told:
    """What the watch says, handed over from its thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[bool] = asyncio.Queue()
        self.all: list[bool] = []

    def __call__(self, absent: bool) -> None:  # noqa: FBT001
        self.all.append(absent)
        self._loop.call_soon_threadsafe(self._queue.put_nowait, absent)

    async def next(self) -> bool:
        return await asyncio.wait_for(self._queue.get(), DEADLINE)


@pytest.fixture
def bus_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    command = (
        "dbus-daemon",
        "--session",
        "--nofork",
        "--print-address",
        f"--address=unix:dir={tmp_path}",
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


@pytest.fixture
async def bus(bus_address: str) -> AsyncIterator[MessageBus]:
    bus = await MessageBus(bus_address=bus_address).connect()
    yield bus
    bus.disconnect()
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast leaves it open


@pytest.fixture
async def session(bus: MessageBus) -> Session:
    session = Session()
    bus.export("/org/freedesktop/login1/session/auto", session)
    await bus.request_name("org.freedesktop.login1")
    return session


@pytest.fixture
async def saver(bus: MessageBus) -> Saver:
    saver = Saver()
    bus.export("/org/freedesktop/ScreenSaver", saver)
    await bus.request_name("org.freedesktop.ScreenSaver")
    return saver


@pytest.fixture
async def told() -> Told:
    return Told()


async def stop(watch: AbsenceWatch) -> None:
    await asyncio.to_thread(watch.stop)
    assert not watch.is_alive()


async def test_a_lock_is_told_and_its_end(session: Session, told: Told) -> None:
    watch = AbsenceWatch(told)
    watch.start()
    session.set_locked(True)
    assert await told.next() is True
    session.set_locked(False)
    assert await told.next() is False
    await stop(watch)


async def test_a_lock_that_stands_at_the_start_is_told(session: Session, told: Told) -> None:
    session.locked = True
    watch = AbsenceWatch(told)
    watch.start()
    assert await told.next() is True
    await stop(watch)


async def test_two_reasons_do_not_release_each_other(
    session: Session, saver: Saver, told: Told
) -> None:
    watch = AbsenceWatch(told)
    watch.start()
    session.set_active(False)
    assert await told.next() is True
    saver.set_on(True)
    session.set_active(True)
    saver.set_on(False)
    assert await told.next() is False
    await stop(watch)
    assert told.all == [True, False]  # each once


async def test_what_does_not_answer_has_not_said_that_anybody_is_back(
    saver: Saver, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "_TIMEOUT", 0.2)
    saver.on = True
    watch = AbsenceWatch(told)
    watch.start()
    assert await told.next() is True
    saver.answers.clear()
    while not saver.asked.empty():
        saver.asked.get_nowait()
    saver.set_on(True)  # asked, it says nothing for long
    for _ in range(2):
        await asyncio.wait_for(saver.asked.get(), DEADLINE)
    assert told.all == [True]
    saver.on = False
    saver.answers.set()
    assert await told.next() is False
    await stop(watch)
    assert told.all == [True, False]


async def test_a_fault_does_not_end_the_watch(session: Session) -> None:
    heard: asyncio.Queue[bool] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    faults = ["the first one"]

    def tell(absent: bool) -> None:  # noqa: FBT001 its only argument
        if faults:
            raise RuntimeError(faults.pop())
        loop.call_soon_threadsafe(heard.put_nowait, absent)

    session.locked = True
    watch = AbsenceWatch(tell)
    watch.start()
    assert await asyncio.wait_for(heard.get(), 20) is True  # told although the first word failed
    await stop(watch)


async def test_a_machine_without_any_bus_is_watched_in_vain(
    monkeypatch: pytest.MonkeyPatch, told: Told, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    watch = AbsenceWatch(told)
    watch.start()
    await stop(watch)
    assert "locks told there will not be seen" in caplog.text
