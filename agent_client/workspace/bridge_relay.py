"""The bridge through central: what the uploader hears of a page goes to the talk, and back.

For pages that the browser does not let reach loopback. To be used on the engine's loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import NoReturn

import msgspec

from agent_client.workspace.bridge_talk import BridgeTalk, OtherPageError
from contract.bridge import ToPage, read_said
from uploader.desk import BridgeGone, BridgeHere, FromBridge, FromUploader, ToBridge

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0  # whether the uploader is still there


class BridgeRelay:
    """`heard` takes the uploader's messages; `run` sends the page what it is to show."""

    def __init__(
        self,
        talk: BridgeTalk,
        send: Callable[[ToBridge], bool],
        gone: asyncio.Event,
        look: float = _LOOK_SECONDS,
    ) -> None:
        """`gone` is set while the uploader is not there; `look` in seconds."""
        self._talk = talk
        self._send = send
        self._gone = gone
        self._look = look
        self._page = ""  # that was connected here last
        self._here = asyncio.Event()

    def heard(self, message: FromUploader) -> None:
        """Take what concerns a page."""
        match message:
            case FromBridge(page=page, body=body):
                self._said(page, body.encode())
            case BridgeHere(page=page):
                self._there(page)
            case BridgeGone(page=page):
                self._talk.gone(page)
            case _:
                pass

    async def run(self) -> NoReturn:
        """Tell the page each news, until cancelled."""
        number = 0
        while True:
            await self._here.wait()
            state = await self._talk.state(number, self._look)
            if self._talk.page != self._page:
                self._farewell()
            elif self._gone.is_set() or (state is not None and not self._tell(state)):
                self._talk.gone(self._page)
                await asyncio.sleep(self._look)
            elif state is not None:
                number = state.number

    def _said(self, page: str, body: bytes) -> None:
        try:
            said = read_said(body)
        except ValueError as error:
            logger.warning("a page speaks through central: %s", error)
            return
        self._connect(page)
        try:
            self._talk.said(page, said)
        except OtherPageError:
            self._farewell()

    def _there(self, page: str) -> None:
        """It need not be a newer page than one on loopback: only its own word takes over."""
        if page != self._page and self._talk.is_here and self._talk.page != self._page:
            return
        self._connect(page)
        try:
            self._talk.lost(page)
        except OtherPageError:
            self._farewell()

    def _connect(self, page: str) -> None:
        if page != self._page:
            self._page = page
            self._talk.connect(page)
            self._here.set()

    def _farewell(self) -> None:
        self._here.clear()
        self._tell(self._talk.farewell(self._page))

    def _tell(self, state: ToPage) -> bool:
        return self._send(ToBridge(page=state.page, body=msgspec.json.encode(state).decode()))
