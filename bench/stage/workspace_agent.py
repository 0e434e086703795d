"""One agent on stage: the calls that a script plays, and the voice recording of each."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.stage import workspace_shapes as shapes
from bench.stage.workspace_shapes import Json, Person

Publish = Callable[[str, Json], None]
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class OutOfTurnError(ValueError):
    """The script asks for what the call cannot do now."""


@dataclass(slots=True)
class VoiceRecording:
    """What Workspace's own recorder has of one call: the time line for the voice on stage."""

    state: str | None = None  # Stopped, Recording, Paused; None: never spoken of
    started_at: datetime | None = None
    ended_at: datetime | None = None
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def change(self, state: str, now: datetime) -> None:
        if self.state == "Paused" and self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1] = (self.pauses[-1][0], now)
        if state == "Recording" and self.started_at is None:
            self.started_at = now
        if state == "Paused":
            self.pauses.append((now, None))
        if state == "Stopped" and self.started_at is not None:
            self.ended_at = now
        self.state = state

    def document(self) -> Json:
        return {
            "state": self.state,
            "started_at": _text(self.started_at),
            "ended_at": _text(self.ended_at),
            "pauses": [
                {"since": _text(since), "until": _text(until)} for since, until in self.pauses
            ],
        }


@dataclass(slots=True)
class StageCall:
    """One leg of one call at this agent."""

    call_id: str
    connection_id: str
    number: str  # of the other party
    dnis: str
    call_type: str
    rang_at: datetime
    state: str = "Ringing"
    user_data: dict[str, object] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)  # parentConnId, previousConnId
    voice: VoiceRecording = field(default_factory=VoiceRecording)
    first_recording: str | None = None
    answered_at: datetime | None = None
    released_at: datetime | None = None
    wrap_up_ended_at: datetime | None = None
    seconds: int = 0  # it lags: it is renewed only with a change of state

    def document(self) -> Json:
        return shapes.call(
            number=self.number,
            dnis=self.dnis,
            state=self.state,
            connection_id=self.connection_id,
            call_id=self.call_id,
            call_type=self.call_type,
            user_data=self.user_data,
            recording=self.voice.state,
            first_recording=self.first_recording,
            started_at=self.rang_at,
            seconds=self.seconds,
            links=self.links,
        )


class StageAgent:
    """Plays one agent's part. Each verb changes what is true and publishes it, as Workspace does.

    `publish` takes a channel and the data of one message.
    """

    def __init__(self, person: Person, publish: Publish, now: Clock = utc_now) -> None:
        self.person = person
        self.calls: dict[str, StageCall] = {}  # by connection id
        self.state = "Ready"
        self.mode = "Unknown"
        self._aftermath: Json = {}
        self._publish = publish
        self._now = now

    # The script

    def ring(  # noqa: PLR0913 -- a call has that much to say
        self,
        number: str = "+15551234567",
        *,
        call_id: str = "",
        connection_id: str = "",
        call_type: str = "Inbound",
        user_data: Mapping[str, object] | None = None,
        voice: str | None = "Stopped",
        parent: StageCall | None = None,
    ) -> StageCall:
        """A call comes in, or goes out if `call_type` is Outbound or Consult."""
        dialled = call_type in {"Outbound", "Consult"}
        call = StageCall(
            call_id=call_id or secrets.token_hex(8),
            connection_id=connection_id or secrets.token_hex(8),
            number=number,
            dnis=number if dialled else self.person.dn,
            call_type=call_type,
            rang_at=self._now(),
            state="Dialing" if dialled else "Ringing",
            user_data=dict(user_data or {}),
            links={"parentConnId": parent.connection_id} if parent is not None else {},
            voice=VoiceRecording(state=voice),
            first_recording=voice,
        )
        self.calls[call.connection_id] = call
        self._say(call)
        return call

    def answer(self, call: StageCall, *, record: bool = True) -> None:
        """Established; and Workspace records the voice, unless told not to."""
        self._move(call, "Established", {"Ringing", "Dialing"})
        if record:
            self.start_recording(call)

    def attach(self, call: StageCall, key: str, value: object) -> None:
        call.user_data[key] = value
        self._say(call, "AttachedDataChanged")

    def hold(self, call: StageCall) -> None:
        self._move(call, "Held", {"Established"})

    def retrieve(self, call: StageCall) -> None:
        self._move(call, "Established", {"Held"})

    def rename(self, call: StageCall, connection_id: str) -> None:
        """The connection id changes, as it does on a transfer."""
        del self.calls[call.connection_id]
        call.links["previousConnId"] = call.connection_id
        call.connection_id = connection_id
        self.calls[connection_id] = call
        self._say(call)

    def release(self, call: StageCall) -> None:
        """The end of the talk, and of its voice recording."""
        now = self._now()
        if call.voice.started_at is not None and call.voice.ended_at is None:
            call.voice.change("Stopped", now)
        self._move(call, "Released", {"Ringing", "Dialing", "Established", "Held"})
        call.released_at = now

    def wrap_up(self, reason: str = "Wrap") -> None:
        """After-call work."""
        self._aftermath = {
            "activity": "HandlingInboundCall",
            "reasons": shapes.entries({"ReasonCode": reason}),
        }
        self._become("NotReady", "AfterCallWork")

    def complete(self, call: StageCall) -> None:
        self._move(call, "Completed", {"Released"})

    def ready(self) -> None:
        """The work mode and the reasons stay what they were, as captured."""
        if self._aftermath:
            self._aftermath = self._aftermath | {"activity": "Idle"}
        self._become("Ready", self.mode)

    def not_ready(self, mode: str = "AuxWork") -> None:
        self._become("NotReady", mode)

    def log_out(self) -> None:
        self._become("LoggedOut", "Unknown")

    def log_in(self) -> None:
        self._become("NotReady", "Unknown")

    # Workspace's own voice recording

    def start_recording(self, call: StageCall) -> None:
        self._record(call, "Recording", {None, "Stopped"})

    def pause_recording(self, call: StageCall) -> None:
        self._record(call, "Paused", {"Recording"})

    def resume_recording(self, call: StageCall) -> None:
        self._record(call, "Recording", {"Paused"})

    def stop_recording(self, call: StageCall) -> None:
        self._record(call, "Stopped", {"Recording", "Paused"})

    # What is true now

    def listed(self) -> list[Json]:
        """Every call that is not completed."""
        return [call.document() for call in self.calls.values() if call.state != "Completed"]

    def dn(self) -> Json:
        return shapes.dn(self.person, self.state, self.mode, self._now(), self._aftermath)

    def timeline(self, call: StageCall) -> Json:
        """One call for the voice on stage: who, when, and what must be silent. Times are UTC."""
        return {
            "call_id": call.call_id,
            "connection_id": call.connection_id,
            "agent_id": self.person.user_name,
            "state": call.state,
            "ani": self.person.dn if call.call_type == "Outbound" else call.number,
            "dnis": call.dnis,
            "call_type": call.call_type,
            "user_data": {key: str(value) for key, value in call.user_data.items()},
            "rang_at": _text(call.rang_at),
            "answered_at": _text(call.answered_at),
            "released_at": _text(call.released_at),
            "wrap_up_ended_at": _text(call.wrap_up_ended_at),
            "voice": call.voice.document(),
        }

    def _move(self, call: StageCall, state: str, when: set[str]) -> None:
        if call.state not in when:
            raise OutOfTurnError(f"a call that is {call.state} cannot become {state}")
        now = self._now()
        if state == "Established" and call.answered_at is None:
            call.answered_at = now
        call.state = state
        call.seconds = round((now - call.rang_at).total_seconds())
        self._say(call)

    def _record(self, call: StageCall, state: str, when: set[str | None]) -> None:
        if call.voice.state not in when or call.state not in {"Established", "Held"}:
            raise OutOfTurnError(f"voice that is {call.voice.state} cannot become {state}")
        call.voice.change(state, self._now())
        self._say(call, "CallRecordingStateChange")

    def _say(self, call: StageCall, kind: str = "StateChange") -> None:
        data = {"notificationType": kind, "call": call.document()}
        self._publish(shapes.VOICE, data | {"messageType": "CallStateChanged"})

    def _become(self, state: str, mode: str) -> None:
        wrapping_up = (self.state, self.mode) == ("NotReady", "AfterCallWork")
        self.state, self.mode = state, mode
        if wrapping_up and (state, mode) != ("NotReady", "AfterCallWork"):
            for call in self.calls.values():
                if call.released_at is not None and call.wrap_up_ended_at is None:
                    call.wrap_up_ended_at = self._now()
        self._publish(shapes.VOICE, {"dn": self.dn(), "messageType": "DnStateChanged"})


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
