"""What a session at Genesys Web Services is, whichever API it speaks, and how it fails.

Errors are sorted by what to do next:

    GwsError
      OutOfReachError    wait and repeat: network, time-out, 408, 429, 5xx
      NotLetInError      tell the agent, who must sign in again: 401, 403, refused grant
      MadeNoSenseError   an answer that cannot be understood: repeat slowly, and log
      NotStartedError    Genesys could not start the session: begin it anew
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from agent_client.core.events import AgentStateChanged, CallsListed, Event


class GwsError(Exception):
    """Never raised itself. The text holds addresses and status codes, no bodies."""


class OutOfReachError(GwsError):
    """Nobody answered, or only to say: later."""


class NotLetInError(GwsError):
    """The credentials or the token are not accepted."""


class MadeNoSenseError(GwsError):
    """An answer that is none of those that were agreed."""


class NotStartedError(GwsError):
    """The session that was begun did not come to be."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """An agent's sign-in, as Workspace hands it to the loopback endpoint. Never kept."""

    server: str  # "" if Workspace named none
    username: str
    password: str = field(repr=False)
    peer_server: str = ""  # of the other data centre


@dataclass(frozen=True, slots=True)
class GwsSettings:
    """How this client makes itself known to Genesys Web Services."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    url: str = ""  # where Genesys Web Services is, if not at the server that Workspace names
    api_key: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None  # None: whom this computer trusts
    api: Literal["v3", "v2", "none"] = "v3"  # none: another source tells of calls


class VoiceOrder(StrEnum):
    """What Workspace's own recorder can be told about one leg, in the words of v3."""

    START = "start-recording"
    PAUSE = "pause-recording"
    RESUME = "resume-recording"
    STOP = "stop-recording"


class GwsSession(Protocol):
    """One agent's session: it listens, lists and orders. Everything may raise GwsError.

    It never logs an agent in to a channel, and never out: that is Workspace's own business.
    """

    @property
    def topics(self) -> tuple[str, ...]:
        """The CometD channels to subscribe to."""

    async def initialize(self) -> tuple[Event, ...]:
        """Begin the session, and what is known at once.

        It has started when AgentSignedIn is told, here or later by a message.
        """

    async def renew(self) -> None:
        """Get other credentials, if that is possible without the agent."""

    def read(self, message: object) -> tuple[Event, ...]:
        """The events in a data message. Raises UnknownMessageError, and NotStartedError."""

    async def listing(self, asked_after: int) -> tuple[CallsListed, AgentStateChanged | None]:
        """All calls, and the agent's state if it is told. Raises UnknownMessageError as well."""

    async def notify(
        self, step: str, message: Mapping[str, object], seconds: float
    ) -> list[object]:
        """One Bayeux request: `handshake`, `subscribe`, `connect` or `disconnect`."""

    async def order(self, connection_id: str, order: VoiceOrder) -> None:
        """Give an order for one leg; it is carried out when CometD says so."""

    async def close(self) -> None:
        """Forget all credentials, and close the connections."""
