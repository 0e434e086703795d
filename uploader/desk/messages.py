"""What client and uploader say to each other: one JSON object a line, told apart by `kind`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

MOST_BYTES = 256 * 1024  # of one line: what a page said, as a string within JSON


Doing = Literal["idle", "not-recorded", "recording", "paused", "wrap-up"]  # what a desk does
Held = Literal["", "schedule", "shift", "call", "metered", "battery"]  # what uploads wait for


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
    call_id: str | None = None  # of the call that goes on, or is wrapped up
    doing: Doing = "idle"
    since: datetime | None = None  # UTC by the desk's clock: since when it does that


class MaskVoice(_Message, frozen=True, kw_only=True, tag="mask"):
    """Voice of this call is to be silent from `at` on, or no longer; answered by `Masked`."""

    call_id: str
    agent_id: str
    silent: bool
    at: datetime  # UTC, by the desk's clock


class Decided(_Message, frozen=True, kw_only=True, tag="decided"):
    """Whether a call's screen is recorded, with all that it was computed from.

    Answered by `Kept`; kept until central has it. The same decision again changes nothing.
    """

    call_id: str
    agent_id: str
    at: datetime  # UTC, by the desk's clock
    selected: bool
    bucket: int
    percentage: Decimal
    salt: str
    policy_version: int
    asked: bool = False
    asked_by: str = ""  # tray, hotkey, bridge, api, central

    @property
    def key(self) -> str:
        """What tells it from other messages that are answered by `Kept`."""
        return f"decided/{self.call_id}/{self.agent_id}/{int(self.asked)}"


class NoticeRead(_Message, frozen=True, kw_only=True, tag="notice-read"):
    """An agent has read and confirmed the notice of this version; answered by `Kept`."""

    version: str
    agent_id: str
    at: datetime  # UTC, by the desk's clock

    @property
    def key(self) -> str:
        """What tells it from other messages that are answered by `Kept`."""
        return f"notice/{self.version}/{self.agent_id}"


class Answered(_Message, frozen=True, kw_only=True, tag="answered"):
    """What became of central's order of this number."""

    number: int
    granted: bool
    reason: str = ""  # a word for programs
    text: str = ""  # a sentence for people


class PairPage(_Message, frozen=True, kw_only=True, tag="pair-page"):
    """The agent typed the code that a page of Workspace shows; answered by `PagePaired`."""

    code: str


class ToBridge(_Message, frozen=True, kw_only=True, tag="to-bridge"):
    """For the page that central paired with this desk: `body` is JSON of contract.bridge."""

    page: str
    body: str


class Spooled(_Message, frozen=True, kw_only=True, tag="spooled"):
    """A manifest is written: look at once."""

    recording_id: str


class UploadNow(_Message, frozen=True, kw_only=True, tag="upload-now"):
    """A person asked: do not wait any longer."""


class SessionEnds(_Message, frozen=True, kw_only=True, tag="session-ends"):
    """The user signs off from the computer: send what waits, as long as the policy allows."""


class Look(_Message, frozen=True, kw_only=True, tag="look"):
    """I am no client, and want only to be told `Uploads`, now and at each change."""


class Goodbye(_Message, frozen=True, kw_only=True, tag="goodbye"):
    """The user quit the client: do not start it again."""

    returns: bool = False  # it makes way for an upgrade, and is started again after that


class Ordered(_Message, frozen=True, kw_only=True, tag="order"):
    """Central orders something of the client."""

    order: Literal["pause", "resume", "record-now"]
    number: int  # rises; an order heard twice has the same number
    call_id: str = ""  # it counts for this call alone; "": for whatever call there is


class PolicyChanged(_Message, frozen=True, kw_only=True, tag="policy-changed"):
    """policy.json or identity.json is new: read it."""


class Uploads(_Message, frozen=True, kw_only=True, tag="uploads"):
    """How uploading is; sent at each change and to each new client."""

    waiting: int
    quarantined: int
    problem: str  # code, or ""
    connected_to_central: bool
    sent: int = 0  # bytes of the recording that is being sent now
    total: int = 0  # bytes that it has; 0: none is being sent
    held: Held = ""  # why nothing is sent just now, though all is well
    until: datetime | None = None  # and until when, UTC, if the clock will end it


class Masked(_Message, frozen=True, kw_only=True, tag="masked"):
    """The mask is on disk and will reach central: the client may forget it."""

    call_id: str
    silent: bool
    at: datetime


class Kept(_Message, frozen=True, kw_only=True, tag="kept"):
    """The message with this `key` is on disk and will reach central: the client may forget it."""

    key: str


class PagePaired(_Message, frozen=True, kw_only=True, tag="page-paired"):
    """What became of `PairPage`."""

    paired: bool
    reason: str = ""  # "wrong-code", "locked", "central-unreachable", "refused"
    page: str = ""  # the page's name, if paired


class FromBridge(_Message, frozen=True, kw_only=True, tag="from-bridge"):
    """A page that central paired with this desk says this: `body` is JSON of contract.bridge."""

    page: str
    body: str


class BridgeHere(_Message, frozen=True, kw_only=True, tag="bridge-here"):
    """There is this page, and what it said so far may have been said to somebody else."""

    page: str


class BridgeGone(_Message, frozen=True, kw_only=True, tag="bridge-gone"):
    """The page is closed or its pairing ended: nothing comes from it any more."""

    page: str


FromClient = (
    Hello
    | State
    | MaskVoice
    | Decided
    | NoticeRead
    | Answered
    | PairPage
    | ToBridge
    | Spooled
    | UploadNow
    | SessionEnds
    | Look
    | Goodbye
)
FromUploader = (
    Ordered
    | PolicyChanged
    | Uploads
    | Masked
    | Kept
    | PagePaired
    | FromBridge
    | BridgeHere
    | BridgeGone
)

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
