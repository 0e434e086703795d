"""Syncs on a thread of their own: nobody waits for a slow disk, and nothing is forgotten."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator

import pytest

from agent_client.capture.syncing import Syncing
from tests.agent_client.capture.staging import until


class _Disk:
    """A disk that syncs when it is let."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.done: list[str] = []

    def sync(self, name: str) -> None:
        assert self.free.wait(20)
        self.done.append(name)


@pytest.fixture
def disk() -> _Disk:
    return _Disk()


@pytest.fixture
def syncing(disk: _Disk) -> Iterator[Syncing]:
    syncing = Syncing(time.monotonic)
    syncing.start()
    yield syncing
    disk.free.set()
    syncing.stop()


def test_nobody_waits_for_a_slow_disk_and_it_is_told_how_long_it_takes(
    syncing: Syncing, disk: _Disk
) -> None:
    assert syncing.seconds() == 0
    syncing.ask(lambda: disk.sync("first"))
    until(lambda: syncing.seconds() > 0.05, "a sync in hand")
    assert disk.done == []
    disk.free.set()
    until(lambda: syncing.seconds() == 0, "done")
    assert disk.done == ["first"]


def test_what_is_asked_for_meanwhile_is_done_in_one_go(syncing: Syncing, disk: _Disk) -> None:
    syncing.ask(lambda: disk.sync("first"))
    until(lambda: syncing.seconds() > 0, "a sync in hand")
    for name in ("second", "third", "fourth"):
        syncing.ask(lambda name=name: disk.sync(name))  # type: ignore[misc] # bound at once
    disk.free.set()
    syncing.settle()
    assert disk.done == ["first", "fourth"]


def test_settling_waits_until_all_is_done(syncing: Syncing, disk: _Disk) -> None:
    syncing.ask(lambda: disk.sync("first"))
    timer = threading.Timer(0.1, disk.free.set)
    timer.start()
    syncing.settle()
    assert disk.done == ["first"]
    timer.join()


def test_a_refused_sync_is_told_once(syncing: Syncing, disk: _Disk) -> None:
    def refused() -> None:
        raise OSError(errno.EIO, "the disk is dying")

    syncing.ask(refused)
    with pytest.raises(OSError, match="dying"):
        syncing.settle()
    syncing.settle()
    disk.free.set()
    syncing.ask(lambda: disk.sync("later"))
    syncing.settle()
    assert disk.done == ["later"]


def test_a_refused_sync_is_told_by_the_next_that_is_asked_for(syncing: Syncing) -> None:
    begun, refusals = threading.Event(), 0

    def refused() -> None:
        nonlocal refusals
        refusals += 1
        begun.set()
        raise OSError(errno.EIO, "the disk is dying")

    syncing.ask(refused)
    assert begun.wait(20)
    until(lambda: syncing.seconds() == 0, "done")
    with pytest.raises(OSError, match="dying"):
        syncing.ask(refused)
    syncing.settle()
    assert refusals == 1  # who asks again knows what to do first


def test_what_was_asked_for_is_done_before_the_end(disk: _Disk) -> None:
    syncing = Syncing(time.monotonic)
    syncing.start()
    disk.free.set()
    syncing.ask(lambda: disk.sync("last"))
    syncing.stop()
    assert disk.done == ["last"]
