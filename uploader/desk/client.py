"""The client's end of the desk socket, for the client's own asyncio loop."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from datetime import timedelta

from uploader.desk.messages import (
    MOST_BYTES,
    Decided,
    FromClient,
    FromUploader,
    Goodbye,
    Hello,
    Kept,
    Masked,
    MaskVoice,
    MessageRefusedError,
    NoticeRead,
    State,
    line,
    read_from_uploader,
)

if sys.platform == "win32":
    from uploader.desk.windows import connect, is_own
else:
    from uploader.desk.posix import connect, is_own

logger = logging.getLogger(__name__)

_FIRST_WAIT = timedelta(milliseconds=200)
_LONGEST_WAIT = timedelta(seconds=5)
_PARTING = timedelta(seconds=3)  # for the uploader to hear the goodbye and hang up


class DeskClient:
    """Speaks to the uploader, and comes back when it was away.

    `heard` takes each message and `touched` whether the uploader is there (first when that is
    known, then at each change), both in the loop that runs `run`. The last State, and every
    MaskVoice, Decided and NoticeRead that the uploader has not answered, are said again after each
    reconnect: being heard twice does no harm.
    """

    def __init__(
        self,
        folder: str,
        hello: Hello,
        *,
        heard: Callable[[FromUploader], None],
        touched: Callable[[bool], None],
    ) -> None:
        """`folder` is the state folder."""
        self._folder = folder
        self._hello = hello
        self._heard = heard
        self._touched = touched
        self._state: State | None = None
        self._masks: list[MaskVoice] = []
        self._unkept: dict[str, Decided | NoticeRead] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._leaving = False
        self._parted = asyncio.Event()  # after a goodbye
        self._known: bool | None = None  # what `touched` was told last

    async def run(self) -> None:
        """Connect, listen, connect again; ends after `goodbye` or when cancelled."""
        wait = _FIRST_WAIT
        while not self._leaving:
            try:
                reader, writer = await connect(self._folder, MOST_BYTES)
            except OSError as error:
                logger.debug("the uploader is not there: %s", type(error).__name__)
                self._touch(there=False)
            else:
                wait = _FIRST_WAIT
                if self._leaving:  # since we knocked: who says no hello is not started again
                    writer.close()
                    return
                await self._converse(reader, writer)
            if not self._leaving:
                await asyncio.sleep(wait.total_seconds())
                wait = min(wait * 2, _LONGEST_WAIT)

    def send(self, message: FromClient) -> bool:
        """Say it; in the loop's thread. False: the uploader is not there (see the class)."""
        match message:
            case State():
                self._state = message
            case MaskVoice() if message not in self._masks:
                self._masks.append(message)
            case Decided() | NoticeRead():
                self._unkept[message.key] = message
            case _:
                pass
        if self._writer is None:
            return False
        self._writer.write(line(message))
        return True

    async def goodbye(self, *, returns: bool = False) -> None:
        """The user quits: say so, and end `run`. `returns`: as `Goodbye` has it.

        It is the uploader that hangs up: what it says to a socket that is closed would break the
        connection before it has read why.
        """
        self._leaving = True
        writer = self._writer
        if writer is not None:
            writer.write(line(Goodbye(returns=returns)))
            try:
                await writer.drain()
                async with asyncio.timeout(_PARTING.total_seconds()):
                    await self._parted.wait()
            except OSError:  # TimeoutError too
                logger.debug("the uploader left first, or is busy")
            writer.close()

    @property
    def unheard_masks(self) -> int:
        """How many masks the uploader has not taken yet."""
        return len(self._masks)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not is_own(writer):
                logger.error("the desk socket is held by another user")
                return
            self._writer = writer
            for message in (
                self._hello,
                self._state,
                *self._masks,
                *self._unkept.values(),
            ):
                if message is not None:
                    writer.write(line(message))
            self._touch(there=True)
            while text := await reader.readline():
                self._take(text)
        except (OSError, ValueError) as error:  # ValueError: a line longer than MOST_BYTES
            logger.warning("the desk socket broke: %s", type(error).__name__)
        finally:
            writer.close()
            if self._leaving:
                self._parted.set()
            if self._writer is writer:
                self._writer = None
                self._touch(there=False)

    def _touch(self, *, there: bool) -> None:
        if self._known is not there:
            self._known = there
            self._touched(there)

    def _take(self, text: bytes) -> None:
        try:
            message = read_from_uploader(text)
        except MessageRefusedError as error:
            logger.warning("a line on the desk socket is no message: %s", error)
            return
        if isinstance(message, Masked):
            # What was said of this call before was heard before.
            self._masks = [
                mask
                for mask in self._masks
                if mask.call_id != message.call_id or mask.at > message.at
            ]
        elif isinstance(message, Kept):
            self._unkept.pop(message.key, None)
        self._heard(message)
