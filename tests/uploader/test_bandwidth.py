"""The limit holds, follows the policy in mid-chunk, and can never hang."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.faults.forked import GO_ON, HALT
from uploader.bandwidth import Bandwidth

_BLOCK = 64 * 1024  # bytes
_DEADLINE = 40.0  # seconds: what a slow machine may take


class VirtualClock:
    """Time that passes only when somebody waits, exactly or by a little more."""

    def __init__(self, late: float = 0.0) -> None:
        self.now = 1000.0
        self.late = late  # seconds by which each wait is longer than asked
        self.waits: list[float] = []

    def read(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds + self.late
        return False


def sent(bandwidth: Bandwidth, clock: VirtualClock, seconds: float, block: int = _BLOCK) -> int:
    """Bytes that leave in so many seconds."""
    end, total = clock.now + seconds, 0
    while clock.now < end:
        going = bandwidth.take(block)
        assert 1 <= going <= block
        total += going
    return total


@pytest.mark.parametrize("limit", [8_000, 1_000_000, 100_000_000])
@pytest.mark.parametrize("block", [4_096, _BLOCK])
@pytest.mark.parametrize("late", [0.0, 0.02])
def test_the_rate_is_the_policys_within_a_twentieth(limit: int, block: int, late: float) -> None:
    clock = VirtualClock(late)
    bandwidth = Bandwidth(lambda: limit, clock.wait, clock.read)
    began = clock.now
    total = sent(bandwidth, clock, 6, block)
    assert total * 8 / (clock.now - began) == pytest.approx(limit, rel=0.05)


def test_without_a_limit_nobody_waits() -> None:
    clock = VirtualClock()
    bandwidth = Bandwidth(lambda: 0, clock.wait, clock.read)
    assert bandwidth.take(1 << 30) == 1 << 30
    assert bandwidth.chunk_ceiling() is None
    assert clock.waits == []


def test_a_new_limit_counts_within_a_second_in_mid_chunk() -> None:
    clock, limit = VirtualClock(), [8_000_000]
    bandwidth = Bandwidth(lambda: limit[0], clock.wait, clock.read)
    sent(bandwidth, clock, 2)
    limit[0] = 80_000  # a call begins
    sent(bandwidth, clock, 1)
    assert sent(bandwidth, clock, 5) * 8 / 5 == pytest.approx(80_000, rel=0.1)
    assert bandwidth.chunk_ceiling() == 200_000
    limit[0] = 0  # and ends
    clock.now += 1
    before = clock.now
    assert sum(bandwidth.take(_BLOCK) for _ in range(100)) == 100 * _BLOCK
    assert clock.now == before


def test_whoever_waits_at_an_absurdly_low_limit_sees_a_better_one_within_a_second() -> None:
    clock, limit = VirtualClock(), [1]

    def wait(seconds: float) -> bool:
        if clock.now > 1001:
            limit[0] = 8_000_000
        return clock.wait(seconds)

    bandwidth = Bandwidth(lambda: limit[0], wait, clock.read)
    while bandwidth.take(_BLOCK) < 1000:
        pass
    assert clock.now < 1002.0


def test_at_one_bit_a_second_a_byte_leaves_every_eight_seconds() -> None:
    clock = VirtualClock()
    bandwidth = Bandwidth(lambda: 1, clock.wait, clock.read)
    began = clock.now
    assert [bandwidth.take(_BLOCK) for _ in range(10)] == [1] * 10
    assert clock.now - began == pytest.approx(80, rel=0.05)
    assert max(clock.waits) <= 0.25
    assert bandwidth.chunk_ceiling() == 2


@pytest.mark.parametrize("jump", [-86_400.0, -0.1, 0.1, 86_400.0, 1e12])
def test_a_clock_that_jumps_makes_neither_a_flood_nor_a_halt(jump: float) -> None:
    clock = VirtualClock()
    bandwidth = Bandwidth(lambda: 800_000, clock.wait, clock.read)
    sent(bandwidth, clock, 2)
    clock.now += jump
    assert bandwidth.take(1 << 20) <= 25_000  # a quarter of a second's worth
    clock.waits.clear()
    total = sum(bandwidth.take(_BLOCK) for _ in range(40))
    assert total * 8 / sum(clock.waits) == pytest.approx(800_000, rel=0.15)


def test_a_limit_is_looked_up_though_the_clock_was_set_back() -> None:
    clock, limit = VirtualClock(), [8]
    bandwidth = Bandwidth(lambda: limit[0], clock.wait, clock.read)
    bandwidth.take(1)
    clock.now -= 86_400
    limit[0] = 0
    assert bandwidth.take(_BLOCK) == _BLOCK


def test_a_clock_that_stands_still_does_not_keep_it_from_ending() -> None:
    slices = []

    def wait(seconds: float) -> bool:
        slices.append(seconds)
        return len(slices) == 10

    bandwidth = Bandwidth(lambda: 8_000, wait, lambda: 5.0)
    assert bandwidth.take(_BLOCK) == _BLOCK
    assert max(slices) <= 0.25


def test_who_waits_is_let_go_when_the_uploader_ends() -> None:
    stop = threading.Event()
    bandwidth = Bandwidth(lambda: 1, stop.wait)
    gone = []
    threads = [
        threading.Thread(target=lambda: gone.append(bandwidth.take(_BLOCK))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    stop.set()
    for thread in threads:
        thread.join(_DEADLINE)
    assert not any(thread.is_alive() for thread in threads)
    assert len(gone) == 4


def test_threads_share_the_limit() -> None:
    """Real time, so only the upper bound is sure: a busy machine sends less, takes turns late."""
    stop, limit = threading.Event(), 4_000_000
    bandwidth = Bandwidth(lambda: limit, stop.wait)
    totals = [0, 0, 0, 0]

    def send(number: int) -> None:
        while not stop.is_set():
            going = bandwidth.take(8192)
            if not stop.is_set():
                totals[number] += going

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    stop.wait(0.8)
    while not min(totals) and time.monotonic() - began < _DEADLINE:
        stop.wait(0.1)
    passed = time.monotonic() - began
    so_far = sum(totals)
    stop.set()
    for thread in threads:
        thread.join(_DEADLINE)
    assert 0 < so_far <= limit / 8 * (passed + 0.25) + 4 * 8192
    assert min(totals) > 0  # nobody is starved


_SENDER = """
import sys, threading, time
from tests.faults.forked import GO_ON, HALT
from uploader.bandwidth import Bandwidth
bandwidth = Bandwidth(lambda: 800_000, threading.Event().wait)
while True:
    going = bandwidth.take(65536)
    print(time.monotonic(), going, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process so")
def test_a_process_that_was_halted_goes_on_at_its_rate() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _SENDER],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as sender:
        assert sender.stdout is not None
        try:
            for _ in range(5):
                last = float(sender.stdout.readline().split()[0])
            sender.send_signal(HALT)
            time.sleep(1.0)  # it is the halt that is tested
            sender.send_signal(GO_ON)
            lines = [sender.stdout.readline().split() for _ in range(20)]
        finally:
            sender.kill()
    after = [(float(at), int(going)) for at, going in lines if float(at) > last + 0.9]
    assert after  # it goes on
    assert after[0][1] <= 25_000  # and what it missed does not come in one flood
    span, rest = after[-1][0] - after[0][0], sum(going for _, going in after[1:])
    assert rest * 8 <= 800_000 * (span + 0.5)
