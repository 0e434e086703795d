"""Bayeux, as far as long polling needs it: what to send, and what the server's answers ask for.

With CometD's extension for acknowledged messages, where the server has it: a connect tells which
answer was the last that arrived, and what was in lost ones is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

_INTERVAL_AT_MOST = 60.0  # seconds; a server cannot put us to sleep for longer
_TIMEOUT_AT_MOST = 300.0
_COUNTS_BELOW = 2**53  # what every JSON can write

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
    multiple_clients: bool = False  # it takes us for one of several in a browser, and only polls

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
            multiple_clients=given.get("multiple-clients") is True,
        )


def _seconds(milliseconds: object, otherwise: float, at_most: float) -> float:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return otherwise
    if not milliseconds >= 0:  # NaN too
        return otherwise
    return float(min(milliseconds, at_most * 1000) / 1000)


def handshake(number: int) -> Message:
    return {
        "channel": "/meta/handshake",
        "version": "1.0",
        "minimumVersion": "1.0",
        "supportedConnectionTypes": ["long-polling"],
        "advice": {"timeout": 60000, "interval": 0},
        "ext": {"ack": True},
        "id": str(number),
    }


def subscribe(number: int, client_id: str, subscription: str) -> Message:
    return {
        "channel": "/meta/subscribe",
        "clientId": client_id,
        "subscription": subscription,
        "id": str(number),
    }


def connect(number: int, client_id: str, hold: float | None, ack: int | None = None) -> Message:
    """Ask for messages, to be answered within `hold` seconds; None leaves it to the server.

    `ack`: the last answer that arrived, if the server counts them.
    """
    message: Message = {
        "channel": "/meta/connect",
        "clientId": client_id,
        "connectionType": "long-polling",
        "id": str(number),
    }
    if hold is not None:
        message["advice"] = {"timeout": round(hold * 1000)}
    if ack is not None:
        message["ext"] = {"ack": ack}
    return message


def disconnect(number: int, client_id: str) -> Message:
    return {"channel": "/meta/disconnect", "clientId": client_id, "id": str(number)}


def counted(reply: Mapping[str, object], ack: int | None) -> int | None:
    """`ack` for the next connect, after this reply; None if the server does not count."""
    extension = reply.get("ext")
    given = extension.get("ack") if isinstance(extension, Mapping) else None
    if reply.get("channel") == "/meta/handshake":
        return -1 if given is True and reply.get("successful") is True else None
    if ack is None or reply.get("channel") != "/meta/connect":
        return ack
    counts = isinstance(given, int) and not isinstance(given, bool) and abs(given) < _COUNTS_BELOW
    return given if counts else ack


def verdict(reply: Mapping[str, object]) -> Next:
    """What a meta reply asks for. Error texts begin with a code: `402::Unknown client`.

    Advice to shake hands comes before the code: to some servers an unknown client is a 401. Advice
    "none" would have us stop for good, which a recorder must not: it begins anew instead.
    With success, advice counts in a connect's reply alone: a handshake's would go round in circles.
    """
    successful = reply.get("successful") is True
    begins = reply.get("channel") == "/meta/handshake"
    if successful and reply.get("channel") != "/meta/connect":
        return Next.GO_ON
    error = reply.get("error")
    code = error[:3] if isinstance(error, str) and not successful else ""
    advised = Advice(reconnect="").after(reply).reconnect
    if (code == "402" or advised == "handshake") and not begins:
        return Next.HANDSHAKE
    if code in {"401", "403"} or advised == "none":
        return Next.SIGN_IN
    return Next.GO_ON if successful else Next.REPEAT
