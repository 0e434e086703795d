"""The loop that fetches what a page says that central paired with this desk, while there is one."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from urllib.parse import quote

import msgspec

from contract.bridge import DESK_SAID, HELD_SECONDS
from uploader.app.standing import Board
from uploader.core import wait
from uploader.desk import BridgeGone, BridgeHere, FromBridge
from uploader.link import CentralError, Link, RefusedError

logger = logging.getLogger(__name__)

_GRACE_SECONDS = 15.0  # beyond the time that central holds a question
_LOST_SECONDS = 45.0  # without central: the page cannot be heard, and the client is told so
_REST_SECONDS = 2.0  # until there is a credential
_NOBODY_SECONDS = 0.5  # until there is a client
_LONGEST_SECONDS = 5.0  # between two tries: somebody may press "pause"
_chance = secrets.SystemRandom().random


class _ForDesk(msgspec.Struct, frozen=True, kw_only=True):
    """`contract.bridge.ForDesk`, with what the page said as it came."""

    page: str
    last: int
    said: tuple[msgspec.Raw, ...]
    silent: bool = False


class Bridging:
    """`begin` may be called from any thread; `run` is the loop.

    To ask on is to have heard: central then forgets what the page said. So nothing is asked, and
    nothing taken in, while there is no client to tell.
    """

    def __init__(  # noqa: PLR0913 named arguments, each of another kind
        self,
        link: Link,
        *,
        board: Board,
        stop: threading.Event,
        client_there: Callable[[], bool],
        to_client: Callable[[FromBridge | BridgeHere | BridgeGone], None],
        page_came: Callable[[], None],
    ) -> None:
        """`link` is this loop's own. `page_came` is called when there is another page."""
        self._link = link
        self._board = board
        self._stop = stop
        self._client_there = client_there
        self._to_client = to_client
        self._page_came = page_came
        self._begun = threading.Event()
        self._begun.set()  # a page may have come while there was no uploader
        self._page: str | None = None
        self._after = 0

    def begin(self) -> None:
        """Central says that there is a page."""
        self._begun.set()

    def greeting(self) -> Iterator[BridgeHere]:
        """For a client that has just come: the page told another one of itself, who is gone."""
        if (page := self._page) is not None:
            yield BridgeHere(page=page)

    def run(self) -> None:
        """Until asked to stop; a question that central holds just then is left behind."""
        failures, answered = 0, time.monotonic()
        while not self._stop.is_set():
            self._begun.wait()
            if self._stop.is_set():
                return
            if self._board.now.credential is None:
                self._stop.wait(_REST_SECONDS)
                continue
            if not self._client_there():
                self._stop.wait(_NOBODY_SECONDS)
                continue
            self._begun.clear()  # before central is asked: a page may come while it answers
            try:
                if self.step():
                    self._begun.set()
            except CentralError as error:
                self._begun.set()
                failures += 1
                if time.monotonic() - answered > _LOST_SECONDS:
                    self._gone()
                logger.warning("a page cannot be heard, attempt %s: %s", failures, error)
                pause = wait(failures, _chance(), asked=error.asked).total_seconds()
                self._stop.wait(min(pause, _LONGEST_SECONDS))
            else:
                failures, answered = 0, time.monotonic()

    def step(self) -> bool:
        """Ask once what the page has said since; whether there still is a page."""
        try:
            answer = self._link.ask(
                "GET",
                f"{DESK_SAID}?after={self._after}&page={quote(self._page or '', safe='')}",
                answer_seconds=HELD_SECONDS + _GRACE_SECONDS,
            )
        except RefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            self._gone()
            return False
        if answer.status == HTTPStatus.NO_CONTENT:
            return True
        told = answer.read(_ForDesk)
        if told.silent and not told.said:
            self._gone()
            return False
        if not self._client_there():
            return True  # it went meanwhile: central tells this again
        if told.page != self._page:
            self._gone()
            self._page = told.page
            logger.info("page %s is heard through central", told.page)
            self._page_came()
            if not told.said:
                self._to_client(BridgeHere(page=told.page))
        for said in told.said:
            self._to_client(FromBridge(page=told.page, body=bytes(said).decode()))
        self._after = told.last
        return True

    def poke(self) -> None:
        """Look whether to stop."""
        self._begun.set()

    def _gone(self) -> None:
        page, self._page = self._page, None  # first: whoever was greeted with it hears of its end
        if page is not None:
            logger.info("page %s is gone", page)
            self._to_client(BridgeGone(page=page))
