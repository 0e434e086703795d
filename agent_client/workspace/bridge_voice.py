"""Pause and resume Workspace's own recording of a call through the page inside Workspace.

An order stands until the page says what Workspace made of it; of orders for one interaction only
the latest stands. Nothing is tried twice here: the core asks again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from agent_client.core.events import VoiceOrderFailed
from agent_client.ports import Post
from contract.bridge import VoiceDone, VoiceOrder, Want

logger = logging.getLogger(__name__)

FAILED = "voice-order-failed"

_PATIENCE = 15.0  # seconds; the page itself waits 10 for Workspace


class BridgeVoice:
    """One source's voice. To be used on the engine's loop."""

    def __init__(
        self,
        post: Post,
        interaction_of: Callable[[str], str | None],
        changed: Callable[[], None],
        patience: float = _PATIENCE,
        given: int = 0,
    ) -> None:
        """`interaction_of` a connection id, if a page in touch knows it; `changed`: tell it.

        Orders are numbered from `given` on: the page does none twice, whoever gave it.
        """
        self._post = post
        self._interaction_of = interaction_of
        self._changed = changed
        self._patience = patience
        self._given = given
        self._standing: dict[int, tuple[VoiceOrder, str, asyncio.TimerHandle]] = {}

    @property
    def orders(self) -> tuple[VoiceOrder, ...]:
        """Those that the page has not answered yet."""
        return tuple(order for order, _, _ in self._standing.values())

    def pause(self, connection_id: str) -> None:
        """Pause the recording of one leg."""
        self._order(connection_id, "pause")

    def resume(self, connection_id: str) -> None:
        """Resume it."""
        self._order(connection_id, "resume")

    def done(self, told: VoiceDone) -> None:
        """What Workspace made of an order. One that no longer stands is passed over."""
        standing = self._standing.pop(told.order, None)
        if standing is None:
            return
        order, connection_id, timer = standing
        timer.cancel()
        if told.problem:
            logger.warning("%s of %s failed", order.want, connection_id)
            self._post(VoiceOrderFailed(connection_id, FAILED))
        else:
            logger.info("%s of %s", order.want, connection_id)
        self._changed()

    def drop(self) -> None:
        """The page is out of touch: whatever stands has failed."""
        for number in list(self._standing):
            self._failed(number, "the page is gone")

    def _order(self, connection_id: str, want: Want) -> None:
        interaction = self._interaction_of(connection_id)
        if interaction is None:
            logger.warning("%s of %s: no page knows it", want, connection_id)
            self._post(VoiceOrderFailed(connection_id, FAILED))
            return
        for number, (order, _, timer) in list(self._standing.items()):
            if order.interaction == interaction:
                timer.cancel()
                del self._standing[number]
        self._given += 1
        order = VoiceOrder(order=self._given, interaction=interaction, want=want)
        timer = asyncio.get_running_loop().call_later(
            self._patience, self._failed, self._given, "no answer"
        )
        self._standing[self._given] = (order, connection_id, timer)
        self._changed()

    def _failed(self, number: int, why: str) -> None:
        order, connection_id, timer = self._standing.pop(number)
        timer.cancel()
        logger.warning("%s of %s failed: %s", order.want, connection_id, why)
        self._post(VoiceOrderFailed(connection_id, FAILED))
        self._changed()
