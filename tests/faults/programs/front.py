"""A proxy before central that does what proxies, networks and broken servers do.

front.py LISTEN PORT [CERTIFICATE], the certificate for TLS; central is at 127.0.0.1:PORT

It says its own port on a line. Orders come one a line, JSON: `{"fault": NAME, "value": N,
"times": M, "chance": P}`, for the next M requests for uploads and recordings with this chance; or
`{"fault": ""}` for none. Each is answered by how often the one before was carried out.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import ssl
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

_BLOCK = 16 * 1024  # bytes
_TRICKLE = 8 * 1024
_SLOWLY = 1024 * 1024  # bytes a second
_HOPS = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})
_HTML = b"<html><title>Sorry</title></html>"


class CutError(Exception):
    """The connection to the desk is to be reset."""


@dataclass
class Plan:
    """What goes wrong now."""

    fault: str = ""
    value: int = 0
    times: int = 0
    chance: float = 1.0
    done: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Whether it happens to this request."""
        if not self.fault or self.done >= self.times or method == "GET":
            return False
        if not path.startswith(("/uploads", "/recordings")) or random.random() > self.chance:  # noqa: S311
            return False
        self.done += 1
        return True


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    head: bytes
    length: int
    reader: asyncio.StreamReader
    slow: bool = False

    async def body(self, most: int | None = None) -> AsyncIterator[bytes]:
        """Its pieces, of at most so many bytes together."""
        left = self.length if most is None else min(most, self.length)
        while left:
            piece = await self.reader.read(min(left, _TRICKLE if self.slow else _BLOCK))
            if not piece:
                raise CutError
            left -= len(piece)
            yield piece
            if self.slow:
                await asyncio.sleep(_TRICKLE / _SLOWLY)


@dataclass
class Answered:
    """Central's answer."""

    first: bytes
    fields: list[tuple[str, str]]
    body: bytes
    bodiless: bool = False

    def encoded(self) -> bytes:
        """As it goes to the desk."""
        lines = [self.first, *(f"{name}: {value}".encode() for name, value in self.fields)]
        if not self.bodiless:
            lines.append(f"Content-Length: {len(self.body)}".encode())
        return b"\r\n".join([*lines, b"", b""]) + self.body


@dataclass
class Front:
    """The proxy."""

    port: int
    plan: Plan = field(default_factory=Plan)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the desk's."""
        with contextlib.suppress(CutError, OSError, asyncio.IncompleteReadError, ssl.SSLError):
            while await self._one(reader, writer):
                await writer.drain()
            await writer.drain()
            writer.close()
        writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether another may follow."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        asked = Asked(method, path, head, length, reader)
        if self.plan.strikes(method, path):
            return await self._fault(asked, writer)
        writer.write((await self._central(asked)).encoded())
        return True

    async def _fault(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        plan, chance = self.plan, random.random()  # noqa: S311  # no secret
        match plan.fault:
            case "cut" | "hang-up" if asked.length > plan.value:
                with contextlib.suppress(TimeoutError):
                    await self._central(asked, plan.value, patience=0.3)
                if plan.fault == "cut":
                    raise CutError
                return False
            case "too-large" if asked.length > plan.value:
                writer.write(_answer(413, _HTML))
                await writer.drain()
                async for _ in asked.body():
                    pass
                return True
            case "status":
                async for _ in asked.body():
                    pass
                more = "Retry-After: 3" if chance < 0.3 else ""
                writer.write(_answer(random.choice((500, 502, 503, 504)), _HTML, more))  # noqa: S311
                return True
            case "rubbish":
                async for _ in asked.body():
                    pass
                writer.write(random.choice(_RUBBISH))  # noqa: S311  # no secret
                return False
            case "swallow":
                await self._central(asked)
                raise CutError
            case "stall":
                async for _ in asked.body():
                    pass
                await asyncio.sleep(3600)
                return False
            case "lie":
                writer.write(_lying(await self._central(asked)).encoded())
                return True
            case "early":
                answered = await self._central(asked)
                writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
                if chance < 0.5:
                    writer.write(answered.encoded())
                return False
            case "twice":
                pieces = [piece async for piece in asked.body()]
                await self._central(asked, again=pieces)
                writer.write((await self._central(asked, again=pieces)).encoded())
                return True
            case "trickle":
                asked.slow = True
                answer = (await self._central(asked)).encoded()
                for start in range(0, len(answer), 16):
                    writer.write(answer[start : start + 16])
                    await writer.drain()
                    await asyncio.sleep(0.002)
                return True
            case _:
                plan.done -= 1
                writer.write((await self._central(asked)).encoded())
                return True

    async def _central(
        self,
        asked: Asked,
        most: int | None = None,
        *,
        patience: float | None = None,
        again: list[bytes] | None = None,
    ) -> Answered:
        """Hand it on, with so much of its body; TimeoutError if no answer came in time."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            lines = asked.head.rstrip().split(b"\r\n")
            kept = [line for line in lines if not line.lower().startswith(b"connection:")]
            writer.write(b"\r\n".join([*kept, b"Connection: close", b"", b""]))
            if again is not None:
                writer.writelines(again)
            else:
                async for piece in asked.body(most):
                    writer.write(piece)
                    await writer.drain()
            head, _, body = (await asyncio.wait_for(reader.read(), patience)).partition(b"\r\n\r\n")
        finally:
            writer.transport.abort()
        first, *rest = head.split(b"\r\n")
        pairs = [line.decode("latin-1").partition(":") for line in rest]
        fields = [(name, value.strip()) for name, _, value in pairs if name.lower() not in _HOPS]
        bodiless = asked.method == "HEAD" or b" 204" in first or b" 304" in first
        if not first:
            raise CutError
        return Answered(first, fields, body, bodiless)

    async def obey(self, orders: asyncio.StreamReader) -> None:
        """Orders, until there are no more."""
        while line := await orders.readline():
            done, self.plan = self.plan.done, Plan(**json.loads(line))
            _say(done=done)


def _say(**what: int) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _answer(status: int, body: bytes, more: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status} No", "Content-Type: text/html", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *([more] if more else []), "", ""]).encode() + body


_RUBBISH = (
    bytes(range(256)) * 8,
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b'HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{"body":"e30","kid":"","s":1}',
    b"HTTP/1.1 201 Created\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nUpload-Offset: many\r\n\r\n",
    b'HTTP/1.1 409 Conflict\r\nContent-Length: 27\r\n\r\n{"missing":["../../passwd"]}',
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut",
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
)


def _lying(answered: Answered) -> Answered:
    """With another offset than central's, where it has one."""
    lies = ["0", "7", "-5", "1e9", "999999999999", "many", ""]
    fields = [
        (name, random.choice([*lies, str(int(value) + 1000)]))  # noqa: S311  # no secret
        if name.lower() == "upload-offset"
        else (name, value)
        for name, value in answered.fields
    ]
    return Answered(answered.first, fields, answered.body, answered.bodiless)


async def main(listen: str, port: str, certificate: str = "") -> None:
    random.seed(7)
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    front = Front(int(port))
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    server = await asyncio.start_server(front.serve, listen, 0, ssl=tls)
    _say(port=server.sockets[0].getsockname()[1])
    await front.obey(orders)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
