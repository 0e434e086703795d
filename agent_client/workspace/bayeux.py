"""Bayeux, as far as long polling needs it: what to send, and what the server's answers ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

_INTERVAL_AT_MOST = 60.0  # seconds; a server cannot put us to sleep for longer
_TIMEOUT_AT_MOST = 300.0

Message = dict[str, object]


class Next(Enum):
    """What a server's answer asks us to do."""

    GO_ON = auto()
    REPEAT = auto()  # the same request, later
    HANDSHAKE = auto()  # it does not know us any more
    SIGN_IN = auto()  # it knows us and refuses


@dataclass(frozen=True, slots=True)
class Advice:
    """The server's word on how to poll, in seconds; what it does not say stays as it was."""

    reconnect: str = "retry"  # retry, handshake, none
    interval: float = 0.0  # to wait before the next connect
    timeout: float = 30.0  # for which it may keep a connect open

    def after(self, message: Mapping[str, object]) -> Advice:
        """The advice, amended by what a meta message carries."""
        given = message.get("advice")
        if not isinstance(given, Mapping):
            return self
        reconnect = given.get("reconnect")
        return replace(
            self,
            reconnect=reconnect if isinstance(reconnect, str) else self.reconnect,
            interval=_seconds(given.get("interval"), self.interval, _INTERVAL_AT_MOST),
            timeout=_seconds(given.get("timeout"), self.timeout, _TIMEOUT_AT_MOST),
        )


def _seconds(milliseconds: object, otherwise: float, at_most: float) -> float:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return otherwise
    if not milliseconds >= 0:  # NaN too
        return otherwise
    return min(milliseconds, at_most * 1000) / 1000


def handshake(number: int) -> Message:
    return {
        "channel": "/meta/handshake",
        "version": "1.0",
        "minimumVersion": "1.0",
        "supportedConnectionTypes": ["long-polling"],
        "advice": {"timeout": 60000, "interval": 0},
        "id": str(number),
    }


def subscribe(number: int, client_id: str, subscription: str) -> Message:
    return {
        "channel": "/meta/subscribe",
        "clientId": client_id,
        "subscription": subscription,
        "id": str(number),
    }


def connect(number: int, client_id: str, hold: float | None) -> Message:
    """Ask for messages, to be answered within `hold` seconds; None leaves it to the server."""
    message: Message = {
        "channel": "/meta/connect",
        "clientId": client_id,
        "connectionType": "long-polling",
        "id": str(number),
    }
    return message if hold is None else message | {"advice": {"timeout": round(hold * 1000)}}


def disconnect(number: int, client_id: str) -> Message:
    return {"channel": "/meta/disconnect", "clientId": client_id, "id": str(number)}


def verdict(reply: Mapping[str, object]) -> Next:
    """What a meta reply asks for. Error texts begin with a code: `402::Unknown client`.

    Advice "none" would have us stop for good, which a recorder must not: it begins anew instead.
    """
    if reply.get("successful") is True:
        return Next.GO_ON
    code = str(reply.get("error", ""))[:3]
    if code == "402":
        return Next.HANDSHAKE
    if code in {"401", "403"}:
        return Next.SIGN_IN
    match Advice(reconnect="retry").after(reply).reconnect:
        case "handshake":
            return Next.HANDSHAKE
        case "none":
            return Next.SIGN_IN
        case _:
            return Next.REPEAT
