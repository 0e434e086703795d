"""The panel for programs that wait for nothing else: `sni_host` on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

from bench.stage.sni_host import ItemError, TrayHost, tray_host

_SECONDS = 30.0
_Said = TypeVar("_Said")


class Tray:
    """The icon that registered last, read and clicked."""

    def __init__(self, host: TrayHost, loop: asyncio.AbstractEventLoop) -> None:
        """`loop` runs on another thread."""
        self._host = host
        self._loop = loop

    def tooltip(self) -> str:
        """What hovering over it says; "" while there is no icon."""
        return self._ask(self._tooltip())

    def rows(self) -> list[str]:
        """The labels of its menu, top to bottom; none while there is no icon."""
        return self._ask(self._rows())

    def click(self, label: str) -> None:
        """Choose the row with this label; ItemError if there is none or it is greyed out."""
        self._ask(self._click(label))

    def _ask(self, question: Coroutine[Any, Any, _Said]) -> _Said:
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(_SECONDS)

    async def _tooltip(self) -> str:
        try:
            return await (await self._host.item(_SECONDS)).tooltip()
        except ItemError:  # its program has ended
            return ""

    async def _rows(self) -> list[str]:
        try:
            rows = await (await self._host.item(_SECONDS)).rows()
        except ItemError:
            return []
        return [row.label.strip() for row in rows if not row.separator]

    async def _click(self, label: str) -> None:
        await (await self._host.item(_SECONDS)).click(label)


@contextmanager
def tray(address: str) -> Iterator[Tray]:
    """Be the panel of the session bus at this address for the block's length."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="panel")
    thread.start()
    panel = tray_host(address)

    def run(part: Coroutine[Any, Any, _Said]) -> _Said:
        return asyncio.run_coroutine_threadsafe(part, loop).result(_SECONDS)

    try:
        host = run(panel.__aenter__())
        try:
            yield Tray(host, loop)
        finally:
            run(panel.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
