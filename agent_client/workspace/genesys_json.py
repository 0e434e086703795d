"""What the JSON of both Genesys APIs has in common: a call, attached data, ids, and their oddities.

Unknown fields, odd types and private keys (`_state`) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from agent_client.core.call import Call, CallDetails, CallState, RecordingState

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@~-]{0,127}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{5,18}(Z|[+-][0-9:]{4,5})")
_KIND = re.compile(r"[A-Za-z]{1,64}")
_CHANNEL = re.compile(r"(/[A-Za-z-]{1,32}|/v\d){1,6}")
_CALL_TYPE = re.compile(r"[A-Za-z]{1,32}")
_DURATION = re.compile(r"[0-9]{1,7}")  # seconds
_TEXTS_BELOW = 10**40  # Python refuses to print integers without end
_DEPTH = 16  # of nested attached data; deeper is dropped

_Named = TypeVar("_Named", bound=StrEnum)

Json = Mapping[object, object]
Parties = Callable[[Json], tuple[str, str]]
"""Who calls and who is called, as a call's participants tell; "" where they do not."""


class UnknownMessageError(ValueError):
    """A message that is not understood. The text names kinds and ids, never a value in it."""


def mapping(value: object, what: str) -> Json:
    """A value that must be an object. Raises UnknownMessageError, which calls it `what`."""
    if not isinstance(value, Mapping):
        raise UnknownMessageError(f"no {what}")
    return value


def named(words: type[_Named], value: object) -> _Named | None:
    """The word that this value is, or None."""
    return words(value) if isinstance(value, str) and value in {*words} else None


def id_(value: object) -> str:
    """A value that can be an id, fit for an address and a log; or else nothing."""
    told = text(value)
    return told if _ID.fullmatch(told) else ""


def kind_word(value: str) -> str:
    """A kind of message fit for a log, or a question mark. No digits: it could be a number."""
    return value if _KIND.fullmatch(value) else "?"


def channel_word(value: str) -> str:
    """A channel fit for a log, or a question mark."""
    return value if _CHANNEL.fullmatch(value) else "?"


def text(value: object) -> str:
    """A value as text; "" for what is none, and for numbers without end."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(value)
        case int() if abs(value) < _TEXTS_BELOW:
            return str(value)
        case _:
            return ""


def call(document: object, parties: Parties, parent: str = "") -> Call:
    """One leg, as both APIs write it; `parent` if it names none. Raises UnknownMessageError."""
    told = mapping(document, "call")
    connection_id = id_(told.get("connId")) or id_(told.get("id"))
    call_id = id_(told.get("callUuid"))
    if not call_id or not connection_id:
        raise UnknownMessageError(f"a call without its ids, connection {connection_id!r}")
    state = named(CallState, told.get("state"))
    if state is None:
        raise UnknownMessageError(f"a call state that is not known, connection {connection_id!r}")
    data = user_data(told.get("userData"))
    call_type = text(told.get("callType"))
    ani, dnis = parties(told)
    return Call(
        call_id=call_id,
        connection_id=connection_id,
        state=state,
        recording=_recording(state, told.get("recordingState"), data),
        parent_connection_id=id_(told.get("parentConnId")) or parent or None,
        previous_connection_id=id_(told.get("previousConnId")) or None,
        call_type=call_type if _CALL_TYPE.fullmatch(call_type) else "",
        details=CallDetails(
            ani=text(told.get("ani")) or ani,
            dnis=text(told.get("dnis")) or dnis,
            user_data=data,
        ),
        started_at=_moment(told.get("startedAt")),
        seconds=_seconds(told.get("duration")),
    )


def user_data(document: object) -> tuple[tuple[str, str], ...]:
    """Attached data as (dotted key, text). v3 sends a list of {key, type, value}, v2 an object.

    The type is not looked at: Workspace has been seen to send "interger".
    """
    return tuple(_flat(document, "", _DEPTH))


def _recording(
    state: CallState, reported: object, data: tuple[tuple[str, str], ...]
) -> RecordingState | None:
    """None: nothing is said, or it no longer counts. Either voice that says paused is believed."""
    if state.over:
        return None
    if ("GSIP_RECORD", "PAUSED") in data:
        return RecordingState.PAUSED
    return named(RecordingState, reported)


def _moment(value: object) -> str:
    told = text(value)
    return told if _MOMENT.fullmatch(told) else ""


def _seconds(value: object) -> int | None:
    """v3 sends a number, v2 a text."""
    told = text(value)
    return int(told) if _DURATION.fullmatch(told) else None


def _flat(document: object, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in _pairs(document):
        name = f"{prefix}{key}"
        if isinstance(value, list | Mapping):
            if depth:
                yield from _flat(value, f"{name}.", depth - 1)
        else:
            yield name, text(value)


def _pairs(document: object) -> Iterator[tuple[str, object]]:
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield text(key), value
    elif isinstance(document, list):
        for entry in document:
            if isinstance(entry, Mapping) and text(entry.get("key")):
                yield text(entry.get("key")), entry.get("value")
