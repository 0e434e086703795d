"""The mailbox: what is put in wakes the sleeper, and nothing is lost."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from agent_client.capture.mailbox import Mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox[int]]:
    mailbox = Mailbox[int]()
    yield mailbox
    mailbox.close()


def test_letters_are_taken_in_order(mailbox: Mailbox[int]) -> None:
    for number in range(3):
        mailbox.put(number)
    assert not mailbox.empty()
    assert [mailbox.take() for _ in range(4)] == [0, 1, 2, None]
    assert mailbox.empty()


def test_a_letter_wakes_the_sleeper(mailbox: Mailbox[int]) -> None:
    timer = threading.Timer(0.1, mailbox.put, [7])
    timer.start()
    mailbox.sleep(None)
    assert mailbox.take() == 7
    timer.join()


def test_a_letter_put_before_the_sleep_is_not_slept_through(mailbox: Mailbox[int]) -> None:
    mailbox.put(7)
    mailbox.sleep(None)  # for ever, else


def test_rings_are_not_kept_for_the_next_sleep(mailbox: Mailbox[int]) -> None:
    for number in range(1000):  # more than a socket holds, or than is taken at once
        mailbox.put(number)
    for _ in range(1000):
        mailbox.take()
    for _ in range(20):
        mailbox.sleep(0)
    began = time.monotonic()
    mailbox.sleep(0.1)
    assert time.monotonic() - began >= 0.09


def test_a_file_that_can_be_read_wakes_the_sleeper(mailbox: Mailbox[int]) -> None:
    readable, writable = os.pipe()
    try:
        os.write(writable, b"!")
        assert mailbox.sleep(None, readable)  # for ever, else
        assert not mailbox.sleep(0.01)  # it is watched no longer
        mailbox.put(7)
        os.read(readable, 1)
        assert not mailbox.sleep(None, readable)
    finally:
        os.close(readable)
        os.close(writable)


def test_nobody_is_hurt_by_a_letter_that_comes_too_late() -> None:
    mailbox = Mailbox[int]()
    mailbox.close()
    mailbox.put(1)
