"""Whose program is at the other end of each new connection: asked once, many at a time."""

from __future__ import annotations

import asyncio
import logging

from agent_client.ports import Caller, CallersUnknownError, Connection, WhoCalls

logger = logging.getLogger(__name__)


class Callers:
    """Reading the system's table takes milliseconds, and one reading answers all who wait.

    So a flood of connections costs no more readings than can be made one after the other.
    """

    def __init__(self, who_calls: WhoCalls | None) -> None:
        """`who_calls` None: nobody is asked, and everybody is let in."""
        self._who_calls = who_calls
        self._waiting: list[tuple[Connection, asyncio.Future[Caller]]] = []
        self._looking: asyncio.Task[None] | None = None
        self._in_the_dark = False  # so that it is logged once

    async def of(self, connection: Connection) -> Caller:
        """Whose it is. UNKNOWN if the system does not tell."""
        if self._who_calls is None:
            return Caller.OURS
        answer: asyncio.Future[Caller] = asyncio.get_running_loop().create_future()
        self._waiting.append((connection, answer))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(self._who_calls))
        return await answer

    async def _look(self, who_calls: WhoCalls) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                found = await asyncio.to_thread(who_calls, [asked for asked, _ in waiting])
                self._in_the_dark = False
            except CallersUnknownError as error:  # who is not known is not let in
                found = [Caller.UNKNOWN] * len(waiting)
                if not self._in_the_dark:
                    logger.error("who calls cannot be found out: %s; all are refused", error)  # noqa: TRY400 -- no bug
                self._in_the_dark = True
            except Exception:
                found = [Caller.UNKNOWN] * len(waiting)
                logger.exception("finding out who calls met a bug")
            for (_, answer), caller in zip(waiting, found, strict=True):
                if not answer.done():
                    answer.set_result(caller)
