"""What the engine needs of the world outside. Each has one adapter, and one in the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from agent_client.core.commands import (
    CloseRecording,
    MaskVoice,
    OpenRecording,
    PauseCapture,
    ResumeCapture,
    TellDecision,
)
from agent_client.core.events import Event, Source

Post = Callable[[Event], None]
"""Hand an event to the engine, from any thread; never waits."""

CaptureOrder = OpenRecording | ResumeCapture | PauseCapture | CloseRecording


class Recorder(Protocol):
    """Captures the screen. Never waits: orders are queued for the capture thread."""

    def order(self, order: CaptureOrder) -> None:
        """Take an order; failures come back as CaptureFailed or RecordingEnded events."""

    def alive(self) -> None:
        """What was ordered last still holds. Said every 4 seconds: unheard, nothing is captured."""


class Voice(Protocol):
    """Workspace's own voice recording. Never waits; failures come back as VoiceOrderFailed."""

    def pause(self, connection_id: str, source: Source) -> None:
        """Have this source pause the recording of one leg, which it knows by this id."""

    def resume(self, connection_id: str, source: Source) -> None:
        """Resume it."""


class Masks(Protocol):
    """The way to central for spans in which voice must be silent."""

    def mask(self, order: MaskVoice) -> None:
        """Pass it on; kept until central has it."""


class Decisions(Protocol):
    """The way to central for which calls are recorded and why."""

    def decided(self, order: TellDecision) -> None:
        """Pass it on; kept until central has it."""


class Memory(Protocol):
    """What survives a restart of the client: a small text of ids and sums."""

    def load(self) -> bytes | None:
        """What was saved last, or None. OSError if it cannot be read."""

    def save(self, text: bytes) -> None:
        """Replace it, durably. OSError if the disk does not take it."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A TCP connection that was accepted on this computer: each end's address and port."""

    theirs: tuple[str, int]
    ours: tuple[str, int]


class Caller(Enum):
    """Whose program is at the other end of a connection within this computer."""

    OURS = auto()  # our user's and, where the system tells sessions apart, in our session
    OTHERS = auto()
    GONE = auto()  # nobody's any more
    UNKNOWN = auto()  # the system does not tell


class CallersUnknownError(OSError):
    """The system does not tell who calls."""


WhoCalls = Callable[[Sequence[Connection]], list[Caller]]
"""One answer for each connection, in order; takes milliseconds. Raises CallersUnknownError."""
