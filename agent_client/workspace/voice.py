"""Pause and resume, start and stop Workspace's own recording of a call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from agent_client.core.events import VoiceOrderFailed
from agent_client.ports import Post
from agent_client.workspace.gws_session import (
    GwsSession,
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
    VoiceOrder,
)

logger = logging.getLogger(__name__)

FAILED = "voice-order-failed"

_WAITS = (0.25, 0.5, 1.0)  # seconds between the attempts


@dataclass(frozen=True, slots=True)
class _Order:
    verb: VoiceOrder
    given: int  # orders are numbered, so that the same order given again is carried out again


class WorkspaceVoice:
    """The port `Voice`. Orders for one leg are carried out one by one; only the latest counts.

    To be called on the engine's loop. Workspace answers at once, and tells by CometD when it is
    done.
    """

    def __init__(
        self,
        session: Callable[[], GwsSession | None],
        post: Post,
        waits: tuple[float, ...] = _WAITS,
    ) -> None:
        self._session = session
        self._post = post
        self._waits = waits
        self._given = 0
        self._wanted: dict[str, _Order] = {}  # connection id -> order not yet carried out
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def pause(self, connection_id: str) -> None:
        """Pause the recording of one leg."""
        self._want(connection_id, VoiceOrder.PAUSE)

    def resume(self, connection_id: str) -> None:
        """Resume it."""
        self._want(connection_id, VoiceOrder.RESUME)

    def start(self, connection_id: str) -> None:
        """Begin to record the voice of a leg that is not recorded."""
        self._want(connection_id, VoiceOrder.START)

    def stop(self, connection_id: str) -> None:
        """End the recording of one leg for good."""
        self._want(connection_id, VoiceOrder.STOP)

    async def close(self) -> None:
        """Give up what is not yet carried out."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _want(self, connection_id: str, verb: VoiceOrder) -> None:
        self._given += 1
        self._wanted[connection_id] = _Order(verb, self._given)
        if connection_id not in self._tasks:
            task = asyncio.get_running_loop().create_task(
                self._carry_out(connection_id), name=f"voice {connection_id}"
            )
            self._tasks[connection_id] = task

    async def _carry_out(self, connection_id: str) -> None:
        try:
            while (order := self._wanted.get(connection_id)) is not None:
                problem = await self._attempt(connection_id, order)
                if self._wanted[connection_id] != order:
                    continue  # another order came meanwhile, and it alone counts
                del self._wanted[connection_id]
                if problem:
                    logger.warning("%s of %s failed: %s", order.verb, connection_id, problem)
                    self._post(VoiceOrderFailed(connection_id, FAILED))
                else:
                    logger.info("%s of %s", order.verb, connection_id)
        finally:
            self._wanted.pop(connection_id, None)
            del self._tasks[connection_id]

    async def _attempt(self, connection_id: str, order: _Order) -> str:
        """Try a few times; what is wrong, or ""."""
        for wait in (*self._waits, None):
            session = self._session()
            if session is None:
                return "nobody is signed in"
            try:
                await session.order(connection_id, order.verb)
            except OutOfReachError as error:
                logger.info("%s of %s again: %s", order.verb, connection_id, error)
            except (NotLetInError, MadeNoSenseError) as error:
                return str(error)
            else:
                return ""
            if wait is None or self._wanted[connection_id] != order:
                break
            await asyncio.sleep(wait)
        return "out of reach"
