"""Workspace's messages by Bayeux long polling, and a listing of all calls after each gap.

It listens only: it never logs an agent in to a channel. Lost connections, forgotten sessions and
answers that make no sense are waited out; only a refused token ends it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from agent_client.core.call import AgentPresence
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    AgentStateChanged,
    CallChanged,
    Event,
    Source,
    TouchLost,
    TouchRegained,
)
from agent_client.ports import Post
from agent_client.workspace import bayeux
from agent_client.workspace.bayeux import Advice, Next
from agent_client.workspace.genesys_json import UnknownMessageError
from agent_client.workspace.gws_session import (
    GwsError,
    GwsSession,
    MadeNoSenseError,
    NotLetInError,
    NotStartedError,
    OutOfReachError,
)

logger = logging.getLogger(__name__)

_CHANCE = secrets.SystemRandom()
_RENEW, _GIVE_UP = 1, 2  # rungs after a refusal; on the first a new session is begun
_LISTINGS_IN_A_ROW = 3
_STRANGE_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait for what, in seconds."""

    first_back_off: float = 0.5  # doubled with each failure, and half of it left to chance
    last_back_off: float = 10.0  # while we do not hear, a release and a pause go unheard
    request: float = 15.0  # and a connect as much longer as the server may keep it open
    complete_within: float = 60.0
    settled_after: float = 10.0  # a connection that lasts forgives the failures before it
    list_every: float = 60.0  # mends a message that was lost without a trace


class _HandshakeWantedError(GwsError):
    """The server has forgotten us."""


class CometD:
    """One agent's conversation with Workspace, in one session."""

    def __init__(
        self, session: GwsSession, post: Post, posted: Callable[[], int], pace: Pace | None = None
    ) -> None:
        """`posted` counts the events that were posted: a listing is no newer than that."""
        self._session = session
        self._post = post
        self._posted = posted
        self._pace = pace if pace is not None else Pace()
        self._advice = Advice()
        self._ack: int | None = None  # the last connect's answer, if the server counts them
        self._client_id = ""
        self._number = 0
        self._failures = 0
        self._rung = _RENEW
        self._wants_initialize = True
        self._complete = False  # Workspace has started our session
        self._complete_by = 0.0
        self._begun: tuple[Event, ...] = ()  # known of the session, and not yet told
        self._in_touch = False
        self._lost = False  # and said so
        self._agent_id = ""
        self._signed_in = False
        self._agent_state: AgentStateChanged | None = None  # as last told
        self._listed = False  # since the last gap
        self._heard = 0  # voice messages
        self._listing_wanted = asyncio.Event()

    async def run(self) -> NoReturn:
        """Converse until cancelled. Raises NotLetInError when the agent must sign in again."""
        tasks = [
            asyncio.create_task(self._converse(), name="workspace messages"),
            asyncio.create_task(self._list_when_wanted(), name="workspace listing"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
            raise AssertionError("neither task ends without an error")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def leave(self) -> None:
        """Tell the server that we go; if it does not hear, it will find out."""
        if not self._client_id:
            return
        message = bayeux.disconnect(self._next_number(), self._client_id)
        try:
            await self._session.notify("disconnect", message, seconds=2.0)
        except GwsError as error:
            logger.info("left Workspace without its answer: %s", error)

    async def _converse(self) -> NoReturn:
        while True:
            try:
                await self._begin()
                await self._poll()
            except _HandshakeWantedError as error:
                self._failures += 1
                logger.info("a new handshake is wanted: %s", error)
                if self._failures > _STRANGE_ANSWERS:  # one after the other: it does not hold
                    self._say_lost()
                    self._wants_initialize = True
            except NotLetInError as error:
                await self._climb(error)
            except (OutOfReachError, MadeNoSenseError) as error:
                self._lose_touch(error)
                if isinstance(error, MadeNoSenseError) and self._failures > 1:
                    self._wants_initialize = True
            await self._back_off()

    async def _begin(self) -> None:
        if self._wants_initialize:
            self._begun = await self._session.initialize()
            self._wants_initialize = False
            self._complete = False
            self._complete_by = asyncio.get_running_loop().time() + self._pace.complete_within
        reply = await self._ask("handshake", bayeux.handshake(self._next_number()))
        client_id = reply.get("clientId")
        if not isinstance(client_id, str):
            raise MadeNoSenseError("a handshake without a client id")
        self._client_id = client_id
        for channel in self._session.topics:
            message = bayeux.subscribe(self._next_number(), client_id, channel)
            await self._ask("subscribe", message)
        self._listed = False
        begun, self._begun = self._begun, ()
        for event in begun:
            self._tell(event)

    async def _poll(self) -> NoReturn:
        at_once = True
        settled_at = asyncio.get_running_loop().time() + self._pace.settled_after
        while True:
            hold = 0.0 if at_once else self._hold()
            message = bayeux.connect(self._next_number(), self._client_id, hold, self._ack)
            longer = self._advice.timeout if hold is None else hold
            try:
                await self._ask("connect", message, longer)
            except (OutOfReachError, MadeNoSenseError) as error:
                self._lose_touch(error)
                if self._advice.reconnect == "handshake":
                    raise _HandshakeWantedError("as advised, after an error") from error
                if isinstance(error, MadeNoSenseError) and self._failures > _STRANGE_ANSWERS:
                    self._wants_initialize = True
                    raise _HandshakeWantedError("too many strange answers") from error
                await self._back_off()
                at_once = True  # with the same client id: the server may have kept what we missed
                self._listed = False
                continue
            at_once = False
            if asyncio.get_running_loop().time() >= settled_at:
                self._failures = 0
            self._find_touch()
            await asyncio.sleep(self._advice.interval)

    def _hold(self) -> float | None:
        """Until our session has started, no connect is to outlast the time that it has for it."""
        if self._complete:
            return None
        left = self._complete_by - asyncio.get_running_loop().time()
        return min(max(left, 0.0), self._advice.timeout)

    async def _ask(
        self, step: str, message: bayeux.Message, longer: float = 0.0
    ) -> Mapping[str, object]:
        """The meta reply to a request; other messages may come with any reply, and before it."""
        answers = await self._session.notify(step, message, self._pace.request + longer)
        reply: Mapping[str, object] | None = None
        sent_away = False
        for answer in answers:
            if not isinstance(answer, dict):
                logger.warning("passed over: a message that is no object")
                continue
            channel = answer.get("channel")
            if channel == message["channel"]:
                reply = answer
            elif channel == "/meta/disconnect":
                sent_away = True
            else:
                self._take(answer)
                continue
            self._heed(answer)
        if sent_away:
            raise _HandshakeWantedError("sent away")
        if reply is None:
            raise MadeNoSenseError(f"{step} was not answered")
        match bayeux.verdict(reply):
            case Next.HANDSHAKE:
                raise _HandshakeWantedError(f"{step} is not known any more")
            case Next.SIGN_IN:
                raise NotLetInError(f"{step} was refused")
            case Next.REPEAT:
                raise MadeNoSenseError(f"{step} did not succeed")
            case Next.GO_ON:
                return reply

    def _heed(self, reply: Mapping[str, object]) -> None:
        """What a meta message says beside its success."""
        advice = self._advice.after(reply)
        if advice.multiple_clients and not self._advice.multiple_clients:
            logger.warning("Workspace takes us for several: it is asked each %s s", advice.interval)
        self._advice = advice
        self._ack = bayeux.counted(reply, self._ack)

    def _take(self, message: Mapping[str, object]) -> None:
        try:
            events = self._session.read(message)
        except NotStartedError as error:
            self._wants_initialize = True
            raise _HandshakeWantedError(str(error)) from error
        except UnknownMessageError as error:
            logger.warning("passed over: %s", error)
            return
        for event in events:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        match event:
            case AgentSignedIn(agent_id):
                self._agent_id = agent_id
                self._signed_in = True
                self._complete = True
                if self._agent_state is not None and (
                    self._agent_state.state.presence is AgentPresence.LOGGED_OUT
                ):
                    self._agent_state = None  # if it is so still, the next listing is to say so
                self._post(event)
                if self._lost:  # still: who signs in counts as in touch
                    self._post(TouchLost(Source.WORKSPACE))
                return
            case AgentStateChanged(state=state):
                self._heard += 1
                self._agent_state = event
                logged_out = state.presence is AgentPresence.LOGGED_OUT
                if logged_out and self._signed_in:
                    self._signed_in = False
                    self._post(event)
                    self._post(AgentSignedOut(Source.WORKSPACE))
                    return
                if not logged_out and self._agent_id and not self._signed_in:
                    self._signed_in = True
                    self._post(AgentSignedIn(self._agent_id, Source.WORKSPACE))
            case CallChanged():
                self._heard += 1
            case _:
                pass
        self._post(event)

    def _lose_touch(self, error: GwsError) -> None:
        self._failures += 1
        logger.warning("no touch with Workspace, %d times now: %s", self._failures, error)
        self._say_lost()

    def _say_lost(self) -> None:
        if self._in_touch or (self._signed_in and not self._lost):
            self._in_touch = False
            self._lost = True
            self._post(TouchLost(Source.WORKSPACE))

    def _find_touch(self) -> None:
        if not self._complete:
            if asyncio.get_running_loop().time() > self._complete_by:
                self._wants_initialize = True
                raise _HandshakeWantedError("Workspace did not start our session in time")
            return
        self._rung = 0
        if not self._in_touch:
            self._in_touch = True
            self._lost = False
            logger.info("in touch with Workspace")
            self._post(TouchRegained(Source.WORKSPACE))
        if not self._listed:
            self._listed = True
            self._listing_wanted.set()

    async def _climb(self, error: NotLetInError) -> None:
        """After a refusal: first a new session, then a new token, then a person."""
        logger.warning("Workspace refused: %s", error)
        self._say_lost()
        self._failures += 1
        self._wants_initialize = True
        if self._rung == _RENEW:
            try:
                await self._session.renew()
            except (OutOfReachError, MadeNoSenseError) as problem:
                logger.warning("no new token yet: %s", problem)
                return
        elif self._rung == _GIVE_UP:
            raise error
        self._rung += 1

    async def _back_off(self) -> None:
        longest = min(
            self._pace.first_back_off * 2 ** min(self._failures, 16), self._pace.last_back_off
        )
        await asyncio.sleep(longest * _CHANCE.uniform(0.5, 1.0))

    async def _list_when_wanted(self) -> NoReturn:
        wait = self._pace.list_every
        while True:
            try:
                async with asyncio.timeout(wait):  # wait_for of 3.11 may swallow a cancellation
                    await self._listing_wanted.wait()
            except TimeoutError:
                if not self._in_touch:  # there will be one when touch is found again
                    continue
            self._listing_wanted.clear()
            try:
                await self._list()
            except UnknownMessageError as error:
                logger.warning("a listing passed over: %s", error)
            except GwsError as error:
                logger.warning("no listing: %s", error)
                wait = min(wait, self._pace.last_back_off, self._pace.first_back_off * 4)
                continue
            wait = self._pace.list_every

    async def _list(self) -> None:
        """Ask for all calls; again, if a message came meanwhile, for then it says nothing of it."""
        for _ in range(_LISTINGS_IN_A_ROW):
            asked_after, heard = self._posted(), self._heard
            calls, state = await self._session.listing(asked_after)
            self._post(calls)
            if heard == self._heard:
                if state is not None and state != self._agent_state:
                    self._tell(state)
                return

    def _next_number(self) -> int:
        self._number += 1
        return self._number
