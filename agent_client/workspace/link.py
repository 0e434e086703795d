"""From sign-in to sign-out: whose Workspace session is listened to, and whether it still lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import NoReturn

from agent_client.core.events import AgentSignedOut, Event, Source
from agent_client.ports import Post
from agent_client.workspace.cometd import CometD, Pace
from agent_client.workspace.gws_session import (
    GwsSession,
    GwsSettings,
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
    SignIn,
)
from agent_client.workspace.gws_v2 import GwsV2Session
from agent_client.workspace.gws_v3 import GwsV3Session

logger = logging.getLogger(__name__)


class WorkspaceLink:
    """The one Workspace session of this desk.

    `sign_in` trades the credentials for a token and forgets them; `run` listens while there is a
    session. A session whose token is refused is dropped: `let_in` is then false, the loopback
    endpoint answers the next ping with 401, and Workspace signs in again.

    Where the configuration says that there are no web services, whoever signs in is let in, unasked
    and unnamed: another source tells who the agent is, and of calls.
    """

    def __init__(
        self,
        post: Post,
        posted: Callable[[], int],
        settings: GwsSettings,
        pace: Pace | None = None,
    ) -> None:
        """`posted` counts the events that were posted to the engine so far."""
        self._post = post
        self._posted = posted
        self._settings = settings
        self._pace = pace
        self._session: GwsSession | None = None
        self._listened: GwsSession | None = None  # by run
        self._username = ""
        self._changed = asyncio.Event()

    @property
    def session(self) -> GwsSession | None:
        """For voice orders."""
        return self._session

    @property
    def let_in(self) -> bool:
        """Whether Workspace still accepts us, as far as we know."""
        return self._session is not None or (self._settings.api == "none" and self._username != "")

    async def sign_in(self, sign_in: SignIn) -> None:
        """Begin a session at the named server, or else at its peer. Raises GwsError.

        Another agent's session ends with it. The same agent's is replaced, which ends nothing.
        """
        try:
            session = None if self._settings.api == "none" else await self._begin(sign_in)
        except NotLetInError:
            logger.warning("a sign-in was refused by Workspace")
            raise
        if self._username not in {"", sign_in.username}:  # even if that session was refused since
            self._post(AgentSignedOut(Source.LOOPBACK))
        self._username = sign_in.username
        await self._replace(session)

    async def sign_out(self) -> None:
        """The agent signed out of Workspace: end the session."""
        self._username = ""
        self._post(AgentSignedOut(Source.LOOPBACK))
        await self._replace(None)

    async def run(self) -> NoReturn:
        """Listen, session after session, until cancelled."""
        try:
            while True:
                self._changed.clear()
                session = self._session
                if session is None:
                    await self._changed.wait()
                else:
                    await self._listen(session)
        finally:
            await self._replace(None)

    async def _begin(self, sign_in: SignIn) -> GwsSession:
        servers = [self._settings.url] if self._settings.url else []
        servers = servers or [s for s in (sign_in.server, sign_in.peer_server) if s]
        if not servers:
            raise MadeNoSenseError("neither Workspace nor the configuration names a server")
        kind = GwsV2Session if self._settings.api == "v2" else GwsV3Session
        for server in servers[:-1]:
            try:
                return await kind.with_password(server, sign_in, self._settings)
            except (OutOfReachError, MadeNoSenseError) as error:
                logger.warning("signing in at the peer server: %s", error)
        return await kind.with_password(servers[-1], sign_in, self._settings)

    async def _listen(self, session: GwsSession) -> None:
        """Until the session is another one, or Workspace wants a new sign-in."""

        def post(event: Event) -> None:
            if self._session is session:  # an ended session has nothing more to say
                self._post(event)

        self._listened = session
        cometd = CometD(session, post, self._posted, self._pace)
        conversation = asyncio.create_task(cometd.run(), name="workspace")
        change = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait({conversation, change}, return_when=asyncio.FIRST_COMPLETED)
            if conversation.done():
                await conversation
        except NotLetInError as error:
            logger.warning("the agent must sign in again: %s", error)
            if self._session is session:
                self._session = None
        finally:
            change.cancel()
            conversation.cancel()
            try:
                await asyncio.gather(conversation, change, return_exceptions=True)
                await cometd.leave()
            finally:  # if this is cut short as well
                self._listened = None
                await session.close()

    async def _replace(self, session: GwsSession | None) -> None:
        """Change sessions; `run` leaves the old one, unless it never took it up."""
        self._session, old = session, self._session
        self._changed.set()
        if old is not None and old is not self._listened:
            await old.close()
