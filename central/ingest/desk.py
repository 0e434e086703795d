"""What desks ask and report: enrolment, policy, clock, orders, masks, decisions, health."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qs

import msgspec

from central.ingest.signing import signed_in
from central.services import calls, decisions, desk_secret, desks, live, notices, policy
from central.store.models import Device
from central.wire import Answer, Refused, Request, in_thread, said, wrong
from contract import protocol
from contract.canonical import microseconds
from contract.protocol import (
    Decision,
    DeskState,
    Enrolment,
    Health,
    Mask,
    NewSecret,
    NoticeRead,
    OrderAnswer,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_SECONDS = 0.5  # how often the table of orders is looked at, once for all desks that wait


async def enrol(request: Request) -> Answer:
    """POST /desk/enrol."""
    asked = await request.document(Enrolment)
    enrolled = await in_thread(desks.enrol, asked, request.address)
    return said(HTTPStatus.CREATED, msgspec.to_builtins(enrolled))


async def fetch_policy(request: Request) -> Answer:
    """GET /desk/policy."""
    await signed_in(request)
    row = await in_thread(policy.for_desks)
    headers = {"ETag": row.etag, "Content-Type": "application/json"}
    known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if row.etag in known:
        return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
    return Answer(HTTPStatus.OK, bytes(row.document), headers)


async def clock(request: Request) -> Answer:
    """POST /desk/clock."""
    received = _now_us()
    await signed_in(request)
    await request.body(1024)
    return said(HTTPStatus.OK, {"received_us": received, "sent_us": _now_us()})


async def mask(request: Request) -> Answer:
    """POST /desk/masks."""
    device = await signed_in(request)
    reported = await request.document(Mask)
    _check_offsets(reported.since, reported.until)
    if reported.until is not None and reported.until < reported.since:
        raise Refused(wrong(400, "malformed", "it ended before it began"))
    await in_thread(calls.mask, device, reported)
    return Answer(HTTPStatus.NO_CONTENT)


async def decision(request: Request) -> Answer:
    """POST /desk/decisions."""
    device = await signed_in(request)
    said = await request.document(Decision)
    _check_offsets(said.at)
    await in_thread(decisions.take, device, said)
    return Answer(HTTPStatus.NO_CONTENT)


async def notice(request: Request) -> Answer:
    """POST /desk/notices."""
    device = await signed_in(request)
    read = await request.document(NoticeRead)
    _check_offsets(read.at)
    await in_thread(notices.take, device, read)
    return Answer(HTTPStatus.NO_CONTENT)


async def state(request: Request) -> Answer:
    """POST /desk/state."""
    device = await signed_in(request)
    told = await request.document(DeskState)
    _check_offsets(told.since)
    await in_thread(live.report, device, told)
    return Answer(HTTPStatus.NO_CONTENT)


async def answer(request: Request) -> Answer:
    """POST /desk/answers."""
    device = await signed_in(request)
    await in_thread(live.answered, device, await request.document(OrderAnswer))
    return Answer(HTTPStatus.NO_CONTENT)


async def health(request: Request) -> Answer:
    """POST /desk/health."""
    device = await signed_in(request)
    await in_thread(desks.report, device, await request.document(Health))
    return Answer(HTTPStatus.NO_CONTENT)


async def new_secret(request: Request) -> Answer:
    """POST /desk/secret."""
    device = await signed_in(request)
    told = await request.document(NewSecret)
    await in_thread(desk_secret.offered, device, told.sha256)
    return Answer(HTTPStatus.NO_CONTENT)


class Orders:
    """GET /desk/orders, held until there is one. All desks that wait share one look at the table.

    Orders may be given by another process, so a look is needed; it is one query, whoever waits,
    and only the desks that it names ask for theirs.
    """

    def __init__(self, here: Callable[[str], None]) -> None:
        """`here` is told of each desk that asks."""
        self._here = here
        self._waiting: dict[str, set[asyncio.Event]] = {}  # by device
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, request: Request) -> Answer:
        device = await signed_in(request)
        after = _after(request)
        await request.body(1024)
        self._here(device.device_id)
        gone = asyncio.ensure_future(request.gone())
        waiting = asyncio.ensure_future(self._wait(device, after))
        try:
            await asyncio.wait(
                {gone, waiting},
                timeout=protocol.ORDERS_HELD_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            found = waiting.result() if waiting.done() else []
        finally:
            for task in (gone, waiting):
                task.cancel()
            await asyncio.gather(gone, waiting, return_exceptions=True)
        if not found:
            return Answer(HTTPStatus.NO_CONTENT)
        return said(
            HTTPStatus.OK,
            {"orders": [msgspec.to_builtins(one) for one in found], "last": found[-1].number},
        )

    async def _wait(self, device: Device, after: int) -> list[protocol.Order]:
        come = asyncio.Event()
        held = self._waiting.setdefault(device.device_id, set())
        held.add(come)  # before the first question: what is ordered from here on sets it
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            while not (found := await in_thread(desks.orders_after, device, after)):
                await come.wait()
                come.clear()
            return found
        finally:
            held.discard(come)
            if not held:
                self._waiting.pop(device.device_id, None)

    async def _look(self) -> None:
        try:
            newest = await in_thread(desks.newest_order)
            self._wake(set(self._waiting))  # who asked before the first look may have missed one
            while self._waiting:
                await asyncio.sleep(_LOOK_SECONDS)
                newest, ordered = await in_thread(desks.ordered_after, newest)
                self._wake(ordered)
        finally:  # after an error, the next desk that asks starts it again
            self._looking = None

    def _wake(self, devices: set[str]) -> None:
        for device_id in devices & self._waiting.keys():
            for come in self._waiting[device_id]:
                come.set()


def _check_offsets(*moments: datetime | None) -> None:
    if any(moment is not None and moment.tzinfo is None for moment in moments):
        raise Refused(wrong(400, "malformed", "a time without an offset"))


def _after(request: Request) -> int:
    given = parse_qs(request.query.decode("latin-1")).get("after", ["0"])[0]
    if not given.isdecimal() or len(given) > 18:  # noqa: PLR2004 - digits of a 64-bit number
        raise Refused(wrong(400, "malformed", "after is not a number"))
    return int(given)


def _now_us() -> int:
    return microseconds(datetime.now(UTC) - _EPOCH)
