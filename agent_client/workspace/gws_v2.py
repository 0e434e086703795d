"""One agent's session at Genesys Web Services API v2 (HTCC, on premises 8.5): a cookie.

Documented: `GET /api/v2/me` with Basic credentials answers with the cookie JSESSIONID and, where
protection against forged requests is on, the headers X-CSRF-HEADER (a header's name) and
X-CSRF-TOKEN (its value), to be sent with every POST. Answers carry `statusCode`; operations are
POSTs with `operationName`. CometD is at /api/v2/notifications.

Unverified, no such server was at hand: that the cookie alone is enough after the first request
(the password is forgotten, so it must be); that a session which never starts a contact center
session hears of the agent's calls; that CometD wants the CSRF header, which does no harm.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

from agent_client.core.call import AgentState
from agent_client.core.events import AgentSignedIn, AgentStateChanged, CallsListed, Event, Source
from agent_client.workspace import messages_v2
from agent_client.workspace.basic import Credentials
from agent_client.workspace.genesys_json import UnknownMessageError
from agent_client.workspace.gws_http import REQUEST_SECONDS, GwsHttp
from agent_client.workspace.gws_session import (
    GwsSettings,
    MadeNoSenseError,
    NotLetInError,
    SignIn,
    VoiceOrder,
)

logger = logging.getLogger(__name__)

_ME = "/api/v2/me"
_NOTIFICATIONS = "/api/v2/notifications"
_NOT_AUTHENTICATED = 20  # statusCode
_OPERATIONS = MappingProxyType(
    {
        VoiceOrder.START: "StartCallRecording",
        VoiceOrder.PAUSE: "PauseCallRecording",
        VoiceOrder.RESUME: "ResumeCallRecording",
        VoiceOrder.STOP: "StopCallRecording",
    }
)
_HEADER = re.compile(r"[Xx]-[A-Za-z0-9-]{1,62}")  # no header that means something else
_ADDRESSES = 256  # of calls, remembered; the oldest are forgotten


class GwsV2Session:
    """Begun with a password, and kept by the cookie that came for it."""

    topics = (messages_v2.CALLS, messages_v2.DEVICES)

    def __init__(self, server: str, settings: GwsSettings) -> None:
        self._http = GwsHttp(server, settings)
        self._csrf: dict[str, str] = {}
        self._addresses: dict[str, str] = {}  # connection id -> the call's name in addresses
        self._devices: dict[str, AgentState] = {}  # what each of the agent's devices said last
        self._told: AgentState | None = None
        self._heard = 0  # messages of devices

    def __repr__(self) -> str:
        return f"GwsV2Session({self._http.server!r})"

    @classmethod
    async def with_password(cls, server: str, sign_in: SignIn, settings: GwsSettings) -> Self:
        """Trade an agent's password for a cookie; the password is not kept. Raises GwsError."""
        session = cls(server, settings)
        who = Credentials(sign_in.username, sign_in.password)
        try:
            await session._whose({"Authorization": who.header()})
        except BaseException:
            await session.close()
            raise
        return session

    async def renew(self) -> None:
        """There is nothing to renew the cookie with."""
        raise NotLetInError(f"{self._http.server} wants a new sign-in")

    async def initialize(self) -> tuple[Event, ...]:
        """Whose session it is; nothing is begun at the server."""
        return (AgentSignedIn(await self._whose(), Source.WORKSPACE),)

    def read(self, message: object) -> tuple[Event, ...]:
        """The events in a data message. A device's message says all that is true of the device."""
        events = messages_v2.calls(message)
        self._remember(messages_v2.addresses(message))
        states = messages_v2.devices(message)
        if not states:
            return events
        self._heard += 1
        self._devices |= states
        state = messages_v2.agent_state(self._devices.values())
        if state is None or state == self._told:
            return events  # of a device, something else has changed
        self._told = state
        return (*events, AgentStateChanged(state, Source.WORKSPACE, resent=True))

    async def listing(self, asked_after: int) -> tuple[CallsListed, AgentStateChanged | None]:
        """All calls, then the state of all devices, as they are now."""
        heard = self._heard
        document = await self._ask("GET", f"{_ME}/calls?fields=*")
        calls = messages_v2.listing(document, asked_after)
        self._remember(messages_v2.listed_addresses(document))
        try:
            answer = await self._ask("GET", f"{_ME}/devices?fields=*")
            states = messages_v2.listed_devices(answer)
        except (UnknownMessageError, MadeNoSenseError) as error:
            logger.warning("the agent's state passed over: %s", error)
            return calls, None
        if heard != self._heard:
            return calls, None  # what was heard meanwhile is newer
        self._devices = dict(states)
        state = messages_v2.agent_state(states.values())
        if state != self._told:
            self._told = None  # whether this one is told is not for us to say
        return calls, None if state is None else AgentStateChanged(
            state, Source.WORKSPACE, resent=True
        )

    async def notify(
        self, step: str, message: Mapping[str, object], seconds: float
    ) -> list[object]:
        """One Bayeux request, at the addresses that CometD's own JavaScript client uses."""
        path = _NOTIFICATIONS if step == "subscribe" else f"{_NOTIFICATIONS}/{step}"
        return await self._http.notify(path, message, headers=self._csrf, seconds=seconds)

    async def order(self, connection_id: str, order: VoiceOrder) -> None:
        """Accepted with `statusCode` 0, and done when CometD says so; MadeNoSenseError if not."""
        address = self._addresses.get(connection_id, connection_id)
        answer = await self._ask(
            "POST", f"{_ME}/calls/{address}", json={"operationName": _OPERATIONS[order]}
        )
        if not messages_v2.is_done(answer):
            raise MadeNoSenseError(f"{order} was answered with another status code than 0")

    async def close(self) -> None:
        """Forget the cookie, and close the connections. The agent stays logged in."""
        self._csrf = {}
        await self._http.close()

    async def _whose(self, headers: Mapping[str, str] = MappingProxyType({})) -> str:
        try:
            return messages_v2.signed_in(await self._ask("GET", _ME, headers))
        except UnknownMessageError as error:
            raise MadeNoSenseError(str(error)) from error

    async def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        *,
        json: object = None,
    ) -> object:
        csrf = {} if method == "GET" else self._csrf
        answer = await self._http.send(
            method, path, headers={**headers, **csrf}, json=json, seconds=REQUEST_SECONDS
        )
        token = answer.headers.get("X-CSRF-TOKEN", "")
        if token.isascii() and token.isprintable() and token:
            name = answer.headers.get("X-CSRF-HEADER", "")
            self._csrf = {name if _HEADER.fullmatch(name) else "X-CSRF-TOKEN": token}
        code = answer.json.get("statusCode") if isinstance(answer.json, Mapping) else None
        if code == _NOT_AUTHENTICATED:
            raise NotLetInError(f"status code {code} for {path}")
        return answer.json

    def _remember(self, addresses: Mapping[str, str]) -> None:
        for connection_id, address in addresses.items():
            self._addresses.pop(connection_id, None)
            self._addresses[connection_id] = address
        for connection_id in list(self._addresses)[:-_ADDRESSES]:
            del self._addresses[connection_id]
