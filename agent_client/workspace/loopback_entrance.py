"""Accepts connections, finds out whose they are, and keeps them within number and time.

Any program of any user of this computer can open as many connections as it likes, and say nothing
or little. So there are never more than a few dozen: when one more comes, the one that has idled
longest gives way, and who asks a question at once is always answered. aiohttp itself limits the
size of headers and bodies, and what it reads ahead.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from aiohttp import web

from agent_client.ports import Caller, Connection
from agent_client.workspace.doors import RefusedError
from agent_client.workspace.loopback_callers import Callers
from agent_client.workspace.loopback_log import SparingLog

logger = logging.getLogger(__name__)

_NO_ROOM_SECONDS = 0.2  # until accepting is tried again when the system has no descriptors left


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections, and for how long, in seconds."""

    connections: int = 64
    unknown: int = 16  # of these, at most, whose caller is being found out
    strangers: int = 8  # of these, at most, from whom every request is refused
    first_request: float = 10.0  # from the connection to the last header, TLS included
    next_request: float = 75.0  # longer than pings are apart
    body: float = 10.0
    answer: float = 120.0  # from the last header; a sign-in may wait for two Genesys servers


class _Visit:
    """One connection, from accept to close."""

    def __init__(self, opened: socket.socket, since: float) -> None:
        self.opened = opened
        self.since = since  # it waits, or is being served
        self.caller: Caller | None = None  # not known yet
        self.serving = False
        self.receiving: asyncio.Task[None] | None = None
        self.handed_over = False  # from then on the event loop closes the socket
        self.transport: asyncio.Transport | None = None
        self.timer: asyncio.TimerHandle | None = None
        self._ended = False

    def is_over(self) -> bool:
        return self._ended or self.opened.fileno() < 0

    def is_stranger(self) -> bool:
        return self.caller not in {None, Caller.OURS}

    def end(self) -> None:
        """At once; what was not sent yet is dropped."""
        self._ended = True
        if self.timer is not None:
            self.timer.cancel()
        if self.transport is not None:
            self.transport.abort()
            return
        if self.receiving is not None and self.receiving is not asyncio.current_task():
            self.receiving.cancel()
        if not self.handed_over:
            self.opened.close()


class Entrance:
    """One for all ports of the endpoint."""

    def __init__(
        self,
        callers: Callers,
        sparing: SparingLog,
        limits: Limits,
    ) -> None:
        self._callers = callers
        self._sparing = sparing
        self._limits = limits
        self._unknown = asyncio.Semaphore(limits.unknown)
        self._visits: set[_Visit] = set()
        self._by_protocol: dict[web.RequestHandler, _Visit] = {}

    async def accept(
        self,
        listener: socket.socket,
        protocol: Callable[[], web.RequestHandler],
        tls: Callable[[], ssl.SSLContext] | None,
    ) -> NoReturn:
        """Until cancelled. `protocol` makes what speaks HTTP on one connection.

        `tls` is asked anew for each: certificates are renewed.
        """
        loop = asyncio.get_running_loop()
        while True:
            async with self._unknown:  # meanwhile the system's own queue holds them
                pass
            try:
                opened, _ = await loop.sock_accept(listener)
            except OSError as error:  # the caller went away again, or descriptors ran out
                self._sparing.say(f"a connection could not be accepted: {error.strerror}")
                await asyncio.sleep(_NO_ROOM_SECONDS)
                continue
            await asyncio.sleep(0)  # else a flood would keep the loop from everything else
            self._make_room()
            visit = _Visit(opened, loop.time())
            self._visits.add(visit)
            self._allow(visit, self._limits.first_request)
            visit.receiving = asyncio.create_task(
                self._receive(visit, protocol, tls() if tls else None)
            )

    @contextmanager
    def serving(self, request: web.Request) -> Iterator[Caller]:
        """While a request is being answered. Says who asks."""
        visit = self._by_protocol.get(request.protocol)
        if visit is None or visit.caller is None:
            raise RefusedError(400, "gone", "The connection is closed.")
        visit.serving = True
        self._allow(visit, self._limits.answer)
        try:
            yield visit.caller
        finally:
            visit.serving = False
            self._allow(visit, self._limits.next_request)

    async def close(self) -> None:
        """End every connection."""
        receiving = [visit.receiving for visit in self._visits if visit.receiving is not None]
        for visit in self._visits:
            visit.end()
        self._forget()
        await asyncio.gather(*receiving, return_exceptions=True)

    async def _receive(
        self,
        visit: _Visit,
        protocol: Callable[[], web.RequestHandler],
        tls: ssl.SSLContext | None,
    ) -> None:
        loop = asyncio.get_running_loop()

        def conversation() -> web.RequestHandler:
            made = protocol()
            self._by_protocol[made] = visit
            return made

        try:
            theirs, ours = visit.opened.getpeername(), visit.opened.getsockname()
            async with self._unknown:
                visit.caller = await self._callers.of(Connection(theirs[:2], ours[:2]))
            if visit.caller is Caller.GONE:
                visit.end()
                return
            self._limit_strangers()
            visit.handed_over = True
            visit.transport, _ = await loop.connect_accepted_socket(
                conversation,
                visit.opened,
                ssl=tls,
                ssl_handshake_timeout=None if tls is None else self._limits.first_request,
                ssl_shutdown_timeout=None if tls is None else 1.0,
            )
        except OSError as error:  # it went away, or speaks no TLS, or does not like our certificate
            kind = getattr(error, "reason", None) or type(error).__name__
            self._sparing.say(f"a connection broke off before its first request: {kind}")
            visit.end()

    def _allow(self, visit: _Visit, seconds: float) -> None:
        """Time until the next thing must have happened."""
        if visit.timer is not None:
            visit.timer.cancel()
        if visit.is_over():
            return
        loop = asyncio.get_running_loop()
        visit.since = loop.time()
        visit.timer = loop.call_later(seconds, self._too_late, visit)

    def _too_late(self, visit: _Visit) -> None:
        if not visit.is_over():
            self._sparing.say("a connection was too slow, or idle, and was closed")
        visit.end()
        self._forget()

    def _make_room(self) -> None:
        """For one more; who is refused anyway goes first, then who has idled longest.

        Whose caller is not known yet is new, and goes last: strangers cannot push ours out.
        """
        self._forget()
        if len(self._visits) < self._limits.connections:
            return
        self._sparing.say("too many connections: the one that idled longest was closed")
        min(
            self._visits,
            key=lambda visit: (
                not visit.is_stranger(),
                visit.caller is None,
                visit.serving,
                visit.since,
            ),
        ).end()
        self._forget()

    def _limit_strangers(self) -> None:
        self._forget()
        strangers = sorted(
            (one for one in self._visits if one.is_stranger()), key=lambda visit: visit.since
        )
        for visit in strangers[: -self._limits.strangers]:
            visit.end()

    def _forget(self) -> None:
        """Those that are over."""
        self._visits = {visit for visit in self._visits if not visit.is_over()}
        self._by_protocol = {
            protocol: visit for protocol, visit in self._by_protocol.items() if not visit.is_over()
        }
