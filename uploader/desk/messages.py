"""What client and uploader say to each other: one JSON object a line, told apart by `kind`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

MOST_BYTES = 64 * 1024  # of one line


class _Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Unknown fields are passed over, so that the programs may differ by a version."""


class Hello(_Message, frozen=True, kw_only=True, tag="hello"):
    """The client is here; `command` starts it again (program and arguments)."""

    version: str
    pid: int
    command: tuple[str, ...] = ()  # empty: do not start me again


class State(_Message, frozen=True, kw_only=True, tag="state"):
    """What the client is doing; sent at each change."""

    agent_id: str | None = None
    in_call: bool = False
    recording_id: str | None = None


class MaskVoice(_Message, frozen=True, kw_only=True, tag="mask"):
    """Voice of this call is to be silent from `at` on, or no longer; answered by `Masked`."""

    call_id: str
    agent_id: str
    silent: bool
    at: datetime  # UTC, by the desk's clock


class Spooled(_Message, frozen=True, kw_only=True, tag="spooled"):
    """A manifest is written: look at once."""

    recording_id: str


class UploadNow(_Message, frozen=True, kw_only=True, tag="upload-now"):
    """A person asked: do not wait any longer."""


class Goodbye(_Message, frozen=True, kw_only=True, tag="goodbye"):
    """The user quit the client: do not start it again."""


class Ordered(_Message, frozen=True, kw_only=True, tag="order"):
    """Central orders something of the client."""

    order: Literal["pause", "resume", "record-now"]
    number: int  # rises; an order heard twice has the same number


class PolicyChanged(_Message, frozen=True, kw_only=True, tag="policy-changed"):
    """policy.json or identity.json is new: read it."""


class Uploads(_Message, frozen=True, kw_only=True, tag="uploads"):
    """How uploading is; sent at each change and to each new client."""

    waiting: int
    quarantined: int
    problem: str  # code, or ""
    connected_to_central: bool


class Masked(_Message, frozen=True, kw_only=True, tag="masked"):
    """The mask is on disk and will reach central: the client may forget it."""

    call_id: str
    silent: bool
    at: datetime


FromClient = Hello | State | MaskVoice | Spooled | UploadNow | Goodbye
FromUploader = Ordered | PolicyChanged | Uploads | Masked

_from_client: msgspec.json.Decoder[FromClient] = msgspec.json.Decoder(FromClient)
_from_uploader: msgspec.json.Decoder[FromUploader] = msgspec.json.Decoder(FromUploader)


class MessageRefusedError(ValueError):
    """A line that is no message. Its text is not in the error: it could be anything."""


def line(message: FromClient | FromUploader) -> bytes:
    """The message as it goes over the socket, newline included."""
    return msgspec.json.encode(message) + b"\n"


def read_from_client(text: bytes) -> FromClient:
    """Undo `line` in the uploader; MessageRefusedError on anything else."""
    try:
        return _from_client.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MessageRefusedError(type(error).__name__) from error


def read_from_uploader(text: bytes) -> FromUploader:
    """Undo `line` in the client; MessageRefusedError on anything else."""
    try:
        return _from_uploader.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MessageRefusedError(type(error).__name__) from error
