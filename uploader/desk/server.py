"""The uploader's end of the desk socket: a small asyncio loop in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from uploader.desk.messages import (
    MOST_BYTES,
    FromClient,
    FromUploader,
    Goodbye,
    Hello,
    Look,
    MessageRefusedError,
    Uploads,
    line,
    read_from_client,
)

if sys.platform == "win32":
    from uploader.desk.windows import is_own, listen
else:
    from uploader.desk.posix import is_own, listen

logger = logging.getLogger(__name__)

_MOST_UNREAD = 1024**2  # bytes that a peer may leave unread before it is cut off


class DeskServer:
    """Listens for the client. `heard`, `gone` and `greeting` are called in the server's thread.

    `heard` takes each message. `gone` takes the Hello of a client whose connection ended, if it
    said one, and whether it said goodbye. `greeting` is what each new client is told first, and
    `shown` what one is told who only looks on: he is no client, and hears of uploads alone.
    """

    def __init__(
        self,
        folder: str,
        *,
        heard: Callable[[FromClient], None],
        gone: Callable[[Hello | None, bool], None],
        greeting: Callable[[], Iterable[FromUploader]] = tuple,
        shown: Callable[[], Iterable[Uploads]] = tuple,
    ) -> None:
        """`folder` is the state folder."""
        self._folder = folder
        self._heard = heard
        self._gone = gone
        self._greeting = greeting
        self._shown = shown
        self._writers: set[asyncio.StreamWriter] = set()
        self._onlookers: set[asyncio.StreamWriter] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._ready: Future[None] = Future()

    def start(self) -> None:
        """Listen; OSError if that cannot be."""
        self._thread.start()
        self._ready.result()

    def send(self, message: FromUploader) -> None:
        """Tell every client; from any thread, never waits. Nobody there: nothing happens."""
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._broadcast, message)
            except RuntimeError:  # the loop closed just now
                logger.debug("the desk socket is closed")

    def stop(self) -> None:
        """End all connections and the thread."""
        loop, end = self._loop, self._end
        if loop is not None and end is not None and self._thread.is_alive():
            loop.call_soon_threadsafe(end.set)
            self._thread.join()

    @property
    def connected(self) -> int:
        """How many clients have said hello and are there."""
        return len(self._writers)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        end = asyncio.Event()
        try:
            close = await listen(self._folder, self._meet, MOST_BYTES)
        except OSError as error:
            self._ready.set_exception(error)
            return
        self._loop, self._end = asyncio.get_running_loop(), end
        self._ready.set_result(None)
        await end.wait()
        close()
        for writer in (*self._writers, *self._onlookers):
            writer.close()
        # One that was just being accepted begins now, and ends at once.
        while meetings := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.gather(*meetings, return_exceptions=True)
            await asyncio.sleep(0)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._end is None or self._end.is_set():
            writer.close()
            return
        if not is_own(writer):
            logger.error("a process of another user tried the desk socket")
            writer.close()
            return
        hello: Hello | None = None
        goodbye = False
        try:
            while text := await reader.readline():
                try:
                    message_in = read_from_client(text)
                except MessageRefusedError as error:
                    logger.warning("a line on the desk socket is no message: %s", error)
                    continue
                if isinstance(message_in, Hello):
                    # Nothing is written before: it could fail, and then the hello of a client that
                    # died at once would never be read, nor the client started again.
                    hello = message_in
                    self._writers.add(writer)
                    for message in self._greeting():
                        writer.write(line(message))
                elif isinstance(message_in, Look):
                    self._onlookers.add(writer)
                    for uploads in self._shown():
                        writer.write(line(uploads))
                goodbye = isinstance(message_in, Goodbye)
                self._heard(message_in)
                if goodbye:
                    break
        except (OSError, ValueError) as error:  # ValueError: a line longer than MOST_BYTES
            logger.warning("the desk socket broke: %s", type(error).__name__)
        finally:
            was_client = writer not in self._onlookers or writer in self._writers
            self._writers.discard(writer)
            self._onlookers.discard(writer)
            writer.close()
            if was_client and self._end is not None and not self._end.is_set():
                self._gone(hello, goodbye)

    def _broadcast(self, message: FromUploader) -> None:
        text = line(message)
        onlookers = tuple(self._onlookers) if isinstance(message, Uploads) else ()
        for writer in (*self._writers, *onlookers):
            if writer.transport.get_write_buffer_size() > _MOST_UNREAD:
                logger.warning("a client reads nothing: cut off")
                writer.transport.abort()
                continue
            writer.write(text)
