"""One agent's session at Workspace API v3 (Engage cloud, GWS 9): a token, then a cookie."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Self

from agent_client.core.events import AgentStateChanged, CallsListed, Event
from agent_client.workspace import messages
from agent_client.workspace.basic import Credentials
from agent_client.workspace.genesys_json import UnknownMessageError
from agent_client.workspace.gws_http import REQUEST_SECONDS, GwsHttp
from agent_client.workspace.gws_session import (
    GwsSettings,
    MadeNoSenseError,
    NotLetInError,
    NotStartedError,
    SignIn,
    VoiceOrder,
)
from agent_client.workspace.messages import Initialization

logger = logging.getLogger(__name__)

_REFUSED_GRANT = frozenset({HTTPStatus.BAD_REQUEST})  # invalid_grant, RFC 6749 5.2


class GwsV3Session:
    """Begun with a token; `initialize` gets the cookie that every other request needs."""

    topics = (messages.INITIALIZATION, messages.VOICE, messages.MEDIA)

    def __init__(self, server: str, settings: GwsSettings) -> None:
        self._http = GwsHttp(server, settings)
        self._settings = settings
        self._token = ""
        self._refresh_token = ""

    def __repr__(self) -> str:
        return f"GwsV3Session({self._http.server!r})"

    @classmethod
    async def with_password(cls, server: str, sign_in: SignIn, settings: GwsSettings) -> Self:
        """Trade an agent's password for a token; the password is not kept. Raises GwsError."""
        session = cls(server, settings)
        grant = {
            "grant_type": "password",
            "scope": "*",
            "username": sign_in.username,
            "password": sign_in.password,
        }
        try:
            await session._fetch_token(grant)
        except BaseException:
            await session.close()
            raise
        return session

    async def renew(self) -> None:
        """Get another token with the refresh token, if there is one."""
        if not self._refresh_token:
            raise NotLetInError(f"{self._http.server} wants a new sign-in")
        await self._fetch_token(
            {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        )

    async def initialize(self) -> tuple[Event, ...]:
        """Have Workspace start our session: it sets the cookie and tells of its progress."""
        await self._ask("POST", "/workspace/v3/initialize-workspace")
        return ()

    def read(self, message: object) -> tuple[Event, ...]:
        """The events in a data message; NotStartedError if it says so."""
        if messages.initialization(message) is Initialization.FAILED:
            raise NotStartedError("Workspace could not start our session")
        return messages.read(message)

    async def listing(self, asked_after: int) -> tuple[CallsListed, AgentStateChanged | None]:
        """The agent and all calls, as they are now."""
        document = await self._ask("GET", "/workspace/v3/current-session")
        calls = messages.listing(document, asked_after)
        try:
            return calls, messages.presence(document)
        except UnknownMessageError as error:
            logger.warning("the agent's state passed over: %s", error)
            return calls, None

    async def notify(
        self, step: str, message: Mapping[str, object], seconds: float
    ) -> list[object]:
        """One Bayeux request."""
        path = f"/workspace/v3/notifications/{step}"
        return await self._http.notify(path, message, headers=self._headers, seconds=seconds)

    async def order(self, connection_id: str, order: VoiceOrder) -> None:
        """Done when Workspace says so by CometD; MadeNoSenseError if it refuses."""
        answer = await self._ask("POST", f"/workspace/v3/voice/calls/{connection_id}/{order}")
        if not messages.is_accepted(answer):
            raise MadeNoSenseError(f"{order} was answered with another code than 0 or 1")

    async def close(self) -> None:
        """Forget token and cookies, and close the connections."""
        self._token = self._refresh_token = ""
        await self._http.close()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _ask(self, method: str, path: str) -> object:
        answer = await self._http.send(method, path, headers=self._headers, seconds=REQUEST_SECONDS)
        return answer.json

    async def _fetch_token(self, grant: Mapping[str, str]) -> None:
        client = Credentials(self._settings.client_id, self._settings.client_secret)
        answer = await self._http.send(
            "POST",
            "/auth/v3/oauth/token",
            form=dict(grant) | {"client_id": self._settings.client_id},
            headers={"Authorization": client.header()},
            refused=_REFUSED_GRANT,
        )
        tokens = answer.json if isinstance(answer.json, Mapping) else {}
        token, refresh = tokens.get("access_token"), tokens.get("refresh_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise MadeNoSenseError(f"{self._http.server} answered without a token")
        self._token = token
        self._refresh_token = refresh if isinstance(refresh, str) else ""
