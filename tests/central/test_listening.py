"""The socket that central listens on."""

from __future__ import annotations

import asyncio
import socket

from central.__main__ import _bound
from central.config import parse


async def test_an_answer_does_not_wait_for_the_last_one_to_be_acknowledged() -> None:
    delays: asyncio.Queue[int] = asyncio.Queue()

    def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        accepted = writer.get_extra_info("socket")
        delays.put_nowait(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = _bound(parse("port = 0"))
    async with await asyncio.start_server(came, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert await delays.get() == 1
        writer.close()
        await writer.wait_closed()
