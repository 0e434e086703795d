"""Short exchanges: central's clock, the desk's health, orders."""

from __future__ import annotations

import time
from http import HTTPStatus

import msgspec

from contract.protocol import CLOCK, HEALTH, ORDERS, ORDERS_HELD_SECONDS, Health, Order
from uploader.core import ClockSample, best
from uploader.link import Link

_JSON = {"Content-Type": "application/json"}
_SAMPLES = 5
_NANOSECONDS = 1000  # in a microsecond
_GRACE_SECONDS = 15.0  # beyond the time that central holds a question


class _Times(msgspec.Struct, frozen=True):
    received_us: int
    sent_us: int


class _Orders(msgspec.Struct, frozen=True):
    orders: tuple[Order, ...]
    last: int


def clock(link: Link) -> ClockSample:
    """Central's clock, from the quickest of a few exchanges. The link should be warm."""
    return best(_sample(link) for _ in range(_SAMPLES))


def health(link: Link, report: Health) -> None:
    """Tell central how this desk is."""
    link.ask("POST", HEALTH, headers=_JSON, body=msgspec.json.encode(report))


def orders(link: Link, after: int) -> tuple[tuple[Order, ...], int]:
    """Orders given since, and the number to ask after next. Returns within about 25 seconds."""
    answer = link.ask(
        "GET",
        f"{ORDERS}?after={after}",
        answer_seconds=ORDERS_HELD_SECONDS + _GRACE_SECONDS,
    )
    if answer.status == HTTPStatus.NO_CONTENT:
        return (), after
    told = answer.read(_Orders)
    return tuple(sorted(told.orders, key=lambda order: order.number)), max(told.last, after)


def _sample(link: Link) -> ClockSample:
    began = time.monotonic_ns()  # first: what passes before the next line counts as round trip
    asked_us = time.time_ns() // _NANOSECONDS
    times = link.ask("POST", CLOCK, headers=_JSON, body=b"{}").read(_Times)
    elapsed_us = (time.monotonic_ns() - began) // _NANOSECONDS
    return ClockSample.of(asked_us, times.received_us, times.sent_us, elapsed_us)
