"""Bayeux as Workspace speaks it: queues for the clients, and the quirks of its replies."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from bench.stage.workspace_shapes import Json

_HOLD_SECONDS = 30.0


@dataclass(slots=True)
class Client:
    """One handshake."""

    session: str  # the cookie it came with
    user_name: str
    subscriptions: set[str] = field(default_factory=set)
    queue: list[Json] = field(default_factory=list)
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """All clients of one Workspace server."""

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}
        self.advice: Json = {"reconnect": "retry", "timeout": 30000, "interval": 0}

    def publish(self, user_name: str, channel: str, data: Json, session: str = "") -> None:
        """To each client of an agent that has subscribed, or of one session alone."""
        for client in self.clients.values():
            if session and client.session != session:
                continue
            if client.user_name == user_name and channel in client.subscriptions:
                client.queue.append({"channel": channel, "data": data})
                client.woken.set()

    def send_away(self) -> None:
        """Tell every client to go, as a server does that takes a session for ended."""
        for client in self.clients.values():
            client.queue.append({"channel": "/meta/disconnect", "successful": True})
            client.woken.set()

    def forget(self) -> None:
        """All clients: their next request is answered with 402."""
        for client in self.clients.values():
            client.woken.set()
        self.clients.clear()

    async def answer(self, asked: Json, session: str, user_name: str) -> list[Json]:
        """Data messages first, whatever was asked; then the meta reply.

        `user_name` is "" for a request without a living session.
        """
        match asked.get("channel"):
            case "/meta/handshake":
                return [self._handshake(asked, session, user_name)]
            case "/meta/subscribe":
                return self._subscribe(asked, session)
            case "/meta/connect":
                return await self._connect(asked)
            case "/meta/disconnect":
                self.clients.pop(str(asked.get("clientId")), None)
                return [_reply(asked, successful=True)]
            case _:
                return [_reply(asked, successful=False, error="404::unknown_channel")]

    def subscribed(self, asked: Json, channel: str) -> bool:
        """Whether this request subscribes a known client to that channel."""
        return (
            asked.get("channel") == "/meta/subscribe"
            and asked.get("subscription") == channel
            and asked.get("clientId") in self.clients
        )

    def _handshake(self, asked: Json, session: str, user_name: str) -> Json:
        if not user_name:
            return _reply(
                asked,
                successful=False,
                error="403::handshake_denied",
                advice={"reconnect": "none"},
            )
        client_id = secrets.token_hex(20)
        self.clients[client_id] = Client(session, user_name)
        return _reply(
            asked,
            successful=True,
            clientId=client_id,
            version="1.0",
            supportedConnectionTypes=["long-polling"],
            advice=self.advice,
        )

    def _subscribe(self, asked: Json, session: str) -> list[Json]:
        client = self.clients.get(str(asked.get("clientId")))
        channel = str(asked.get("subscription"))
        if client is None:
            return [_unknown(asked)]
        if client.session != session:
            return [
                {"channel": "/meta/disconnect", "successful": True},
                _reply(
                    asked, successful=False, subscription=channel, error="403::subscribe_failed"
                ),
            ]
        client.subscriptions.add(channel)
        return [_reply(asked, successful=True, subscription=channel)]

    async def _connect(self, asked: Json) -> list[Json]:
        client_id = str(asked.get("clientId"))
        client = self.clients.get(client_id)
        if client is None:
            return [_unknown(asked)]
        advice = asked.get("advice") or {}
        if not client.queue:
            try:
                hold = float(advice.get("timeout", _HOLD_SECONDS * 1000)) / 1000
                await asyncio.wait_for(client.woken.wait(), hold)
            except TimeoutError:
                pass
        client.woken.clear()
        if client_id not in self.clients:
            return [_unknown(asked)]
        return [_reply(asked, successful=True, **({"advice": self.advice} if advice else {}))]

    def waiting(self, asked: Json) -> list[Json]:
        """Take what has queued up for the client that asks."""
        client = self.clients.get(str(asked.get("clientId")))
        if client is None:
            return []
        queued, client.queue = client.queue, []
        return queued


def _reply(asked: Json, *, successful: bool, **fields: object) -> Json:
    return {
        "id": asked.get("id"),
        "channel": asked.get("channel"),
        "successful": successful,
        **fields,
    }


def _unknown(asked: Json) -> Json:
    return _reply(
        asked,
        successful=False,
        error="402::Unknown client",
        advice={"reconnect": "handshake", "interval": 0},
    )
