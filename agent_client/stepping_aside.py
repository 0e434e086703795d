"""The client ends when an administrator is about to replace the program's files: after a call.

It looks for the marker (`contract.make_way`) every few seconds. With no call and no recording it
goes at once; else when they are over, or when the marker says that there is no more time. Then the
recording is closed as at any other end, and the client that is started after goes on with the call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from agent_client.core.world import World
from contract.make_way import MakeWay, Purpose
from uploader.make_way import standing

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 3.0


class SteppingAside:
    """`run` it on the engine's loop."""

    def __init__(
        self,
        world: Callable[[], World],
        *,
        waits: Callable[[bool], None],
        leave: Callable[[Purpose], None],
        look: Callable[[], MakeWay | None] = standing,
    ) -> None:
        """`world` is what is true now.

        `waits` hears whether the end of a call is waited for, `leave` when to end.
        """
        self._world = world
        self._waits = waits
        self._leave = leave
        self._look = look
        self.marker: MakeWay | None = None  # for which the client ends

    async def run(self) -> None:
        """Until it is time to end, or cancelled."""
        while (marker := self._look()) is None or not (marker.now or self._at_rest()):
            self._waits(marker is not None)
            await asyncio.sleep(_LOOK_SECONDS)
        logger.info("making way for an %s%s", marker.purpose, "" if self._at_rest() else ", now")
        self.marker = marker
        self._leave(marker.purpose)

    def _at_rest(self) -> bool:
        """Nothing is recorded, and there is no call that may come to be."""
        world = self._world()
        return world.recording is None and not world.calls.families
