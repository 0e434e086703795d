"""A network that damages what goes through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

_LARGE = 16 * 1024  # bytes; a piece like this is part of a sealed file, and no head of a request


class FlippingProxy:
    """Hands bytes on between a desk and central; `damage_next` large pieces lose a bit."""

    def __init__(self, target: str) -> None:
        """`target` is central's address."""
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 80)
        self.url = ""
        self.damage_next = 0
        self._joined: set[asyncio.Task[None]] = set()

    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        """Until `stop`; `ready` is called when `url` is known."""
        server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready()
        async with server:
            await stop.wait()
        for joined in self._joined:
            joined.cancel()
        await asyncio.gather(*self._joined, return_exceptions=True)

    def _begin(self, desk: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        joined = asyncio.create_task(self._join(desk, answers))
        self._joined.add(joined)
        joined.add_done_callback(self._joined.discard)

    async def _join(self, desk: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        try:
            central, asked = await asyncio.open_connection(*self._target)
        except OSError:
            answers.close()
            return
        try:
            await asyncio.gather(self._pass(desk, asked, harm=True), self._pass(central, answers))
        finally:
            for writer in (asked, answers):
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, harm: bool = False
    ) -> None:
        with suppress(OSError):
            while piece := await source.read(64 * 1024):
                sent = piece
                if harm and self.damage_next and len(piece) >= _LARGE:
                    self.damage_next -= 1
                    half = len(piece) // 2
                    sent = piece[:half] + bytes([piece[half] ^ 1]) + piece[half + 1 :]
                sink.write(sent)
                await sink.drain()
        sink.close()


@contextmanager
def flipping_proxy(target: str) -> Iterator[FlippingProxy]:
    """A proxy before central for the block's length, on a thread of its own."""
    proxy = FlippingProxy(target)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    ready = Event()
    thread = Thread(target=loop.run_until_complete, args=(proxy.serve(ready.set, stop),))
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
