"""One request at a time for each upload; a newer one ends the older.

A desk whose connection died asks again at once, while the dead request still hangs here: the
newer one must neither wait for it nor write beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class _Turn:
    def __init__(self) -> None:
        self.ended = asyncio.Event()  # a newer request has come
        self.finished = asyncio.Event()  # this one has put down its file


class Turns:
    """Who is at which upload."""

    def __init__(self) -> None:
        self._current: dict[str, _Turn] = {}

    @asynccontextmanager
    async def take(self, upload_id: str) -> AsyncIterator[asyncio.Event]:
        """Have the upload alone; the event that is handed out says that a newer request waits."""
        older = self._current.get(upload_id)
        mine = self._current[upload_id] = _Turn()
        try:
            if older is not None:
                older.ended.set()
                await older.finished.wait()
            yield mine.ended
        finally:
            mine.finished.set()
            if self._current.get(upload_id) is mine:
                del self._current[upload_id]
