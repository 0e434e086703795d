"""What goes on between the engine and the one page inside Workspace that is connected.

By which way its messages come, loopback or central, is of no matter here. To be used on the
engine's loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from agent_client.core.events import (
    AgentSignedIn,
    AgentStateChanged,
    CallChanged,
    CallsListed,
    Event,
    PauseAsked,
    ResumeAsked,
    Source,
    TouchLost,
    TouchRegained,
)
from agent_client.core.status import Status, status
from agent_client.core.verdict import Verdict
from agent_client.core.world import World
from agent_client.ports import Post
from agent_client.workspace.bridge_calls import BridgeCalls
from agent_client.workspace.bridge_messages import agent_id, agent_state, interaction
from agent_client.workspace.bridge_voice import BridgeVoice
from agent_client.workspace.genesys_json import UnknownMessageError
from contract.bridge import (
    AgentSaid,
    Answer,
    Asked,
    Bye,
    CallSaid,
    CallsSaid,
    FromPage,
    Said,
    StateSaid,
    Taken,
    ToPage,
    VoiceDone,
    WorkspaceTouch,
)

logger = logging.getLogger(__name__)

Ask = Callable[[Event], Future[Verdict]]

_ANSWERS_KEPT = 4


class OtherPageError(Exception):
    """Another page is connected now."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When the page is asked to list all calls again, in seconds."""

    again: float = 3.0  # after touch was regained: one listing alone does not end a pause
    every: float = 30.0  # while a call goes on: what was lost on the way comes to light


class BridgeTalk:
    """One page at a time; a newer one takes over."""

    def __init__(
        self,
        post: Post,
        ask: Ask,
        posted: Callable[[], int],
        clock: Callable[[], timedelta],
        pace: Pace | None = None,
    ) -> None:
        """`posted` counts the events that were posted to the engine; `clock` is the engine's."""
        self._post = post
        self._ask = ask
        self._posted = posted
        self._clock = clock
        self._pace = pace or Pace()
        self._page = ""
        self._page_here = False
        self._workspace_here = True
        self._in_touch: bool | None = None  # None: nothing was heard of Workspace so far
        self._next = 1
        self._number = time.time_ns() // 1_000_000  # rising, over a restart as well
        self._listing = self._number  # other than before a restart: what was said then is lost
        self._status = status(World())
        self._answers: deque[Answer] = deque(maxlen=_ANSWERS_KEPT)
        self._calls = BridgeCalls()
        self._lister: asyncio.TimerHandle | None = None
        self._news = asyncio.Event()
        self.voice = BridgeVoice(post, self._interaction_of, self._changed, given=self._number)

    @property
    def page(self) -> str:
        """The page that is connected, or was last."""
        return self._page

    @property
    def is_here(self) -> bool:
        """Whether it still is."""
        return self._page_here

    def connect(self, page: str) -> None:
        """From now on it is this page, which numbers what it says from 1."""
        logger.info("a page inside Workspace is connected")
        self._page = page
        self._page_here = self._workspace_here = True
        self._next = 1
        self._answers.clear()
        self._touch()
        self._changed()

    def said(self, page: str, said: Said) -> Taken:
        """Take what this page said. Raises OtherPageError."""
        self.here(page)
        for number, one in enumerate(said.said, said.first):
            if number < self._next:
                continue
            if number > self._next:
                logger.warning("%d messages of the page are missing", number - self._next)
                self._list()
            self._next = number + 1
            self._take(one)
        return Taken(next=self._next)

    def here(self, page: str) -> None:
        """A sign of life of this page. Raises OtherPageError."""
        if page != self._page:
            raise OtherPageError
        if not self._page_here:
            logger.info("the page inside Workspace is back")
            self._page_here = True
            self._touch()
            self._list()

    def lost(self, page: str) -> None:
        """What this page said may not have arrived, but it is there. Raises OtherPageError."""
        self.here(page)
        self._list()

    def gone(self, page: str) -> None:
        """It said good-bye, or was silent for too long."""
        if page == self._page and self._page_here:
            logger.info("the page inside Workspace is gone")
            self._page_here = False
            self._touch()

    def show(self, status: Status) -> None:
        """The client has another status."""
        self._status = status
        self._changed()

    def farewell(self, page: str) -> ToPage:
        """For a page that another one took over from."""
        self._number += 1
        return ToPage(number=self._number, page=page, over=True, mood="signed-out")

    async def state(self, after: int, held: float) -> ToPage | None:
        """What the page is to show, once its number is not `after`; None after `held` seconds."""
        try:
            async with asyncio.timeout(held):
                while self._number == after:
                    await self._news.wait()
        except TimeoutError:
            return None
        return self.now()

    def now(self) -> ToPage:
        """What the page is to show now."""
        shown = self._status
        since = self._clock() - shown.since if shown.since is not None else None
        return ToPage(
            number=self._number,
            page=self._page,
            mood=shown.mood.value,
            headline=shown.headline,
            recorded_ms=max(0, since // timedelta(milliseconds=1)) if since is not None else None,
            may_pause=shown.may_pause,
            may_resume=shown.may_resume,
            why_not=shown.why_not,
            listing=self._listing,
            orders=self.voice.orders,
            answers=tuple(self._answers),
        )

    def close(self) -> None:
        """Nobody is told anything any more."""
        if self._lister is not None:
            self._lister.cancel()

    def _take(self, said: FromPage) -> None:
        try:
            self._understand(said)
        except UnknownMessageError as error:
            logger.warning("the page inside Workspace said: %s", error)

    def _understand(self, said: FromPage) -> None:
        match said:
            case AgentSaid(agent=agent):
                signed_in = AgentSignedIn(agent_id(agent), Source.BRIDGE)
                self._of_workspace()
                self._post(signed_in)
            case StateSaid(state=state):
                changed = AgentStateChanged(agent_state(state), Source.BRIDGE, resent=True)
                self._of_workspace()
                self._post(changed)
            case CallSaid():
                told = interaction(said.interaction)
                if told is not None:
                    self._of_workspace()
                    self._post(CallChanged(self._calls.heard(told), Source.BRIDGE))
                    self._list_while_calls()
            case CallsSaid(interactions=interactions):
                found = [interaction(one) for one in interactions]
                self._of_workspace()
                calls = self._calls.listed(one for one in found if one is not None)
                self._post(CallsListed(calls, self._posted(), Source.BRIDGE))
                self._list_while_calls()
            case Asked():
                self._wished(said)
            case VoiceDone():
                self.voice.done(said)
            case WorkspaceTouch(here=here):
                self._workspace_here = here
                self._touch()
            case Bye():
                self.gone(self._page)
            case _:
                assert_never(said)

    def _wished(self, asked: Asked) -> None:
        wish = PauseAsked if asked.want == "pause" else ResumeAsked
        page, loop = self._page, asyncio.get_running_loop()

        def answered(future: Future[Verdict]) -> None:
            if not future.cancelled():
                loop.call_soon_threadsafe(self._answer, page, asked.ask, future.result())

        self._ask(wish(Source.BRIDGE)).add_done_callback(answered)

    def _answer(self, page: str, ask: int, verdict: Verdict) -> None:
        if page == self._page:
            self._answers.append(
                Answer(ask=ask, granted=verdict.granted, reason=verdict.reason, text=verdict.text)
            )
            self._changed()

    def _interaction_of(self, connection_id: str) -> str | None:
        return self._calls.interaction_of(connection_id) if self._in_touch else None

    def _of_workspace(self) -> None:
        """Workspace spoke through the page: from now on its silence means something."""
        if self._in_touch is None:
            self._in_touch = False
            self._touch()

    def _touch(self) -> None:
        in_touch = self._page_here and self._workspace_here
        if self._in_touch is None or in_touch is self._in_touch:
            return
        self._in_touch = in_touch
        if in_touch:
            self._post(TouchRegained(Source.BRIDGE))
            self._list_in(self._pace.again)
        else:
            self._post(TouchLost(Source.BRIDGE))
            self.voice.drop()

    def _list_while_calls(self) -> None:
        if self._calls.going_on:
            self._list_in(self._pace.every)

    def _list_in(self, seconds: float) -> None:
        """Have the page list all calls so much later, if not before."""
        loop = asyncio.get_running_loop()
        when = loop.time() + seconds
        if self._lister is not None:
            when = min(when, self._lister.when())
            self._lister.cancel()
        self._lister = loop.call_at(when, self._list_on)

    def _list_on(self) -> None:
        self._lister = None
        if self._in_touch:
            self._list()

    def _list(self) -> None:
        self._listing += 1
        self._changed()

    def _changed(self) -> None:
        self._number += 1
        self._news.set()
        self._news = asyncio.Event()
