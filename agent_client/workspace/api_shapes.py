"""The local API's shapes: what a custom desktop says, and what it is told. JSON, both ways.

Declared once. Requests are read by them, answers are written by them, the command line uses them,
and the OpenAPI document is made from them. Unknown fields are refused in requests; answers of later
versions may tell more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from agent_client.core.call import AgentPresence, AgentState, CallState, WorkMode
from agent_client.core.events import Source
from agent_client.core.status import Mood

_FIRST_YEAR, _LAST_YEAR = 1970, 9999
_END = r"(?![\s\S])"  # not `$`, which Python lets match before a line break
_ID = rf"^[A-Za-z0-9][A-Za-z0-9._:@~-]*{_END}"
_PRINTABLE = rf"^[^\x00-\x1f\x7f]+{_END}"

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=_ID)]
AgentId = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=_PRINTABLE)]
Number = Annotated[str, msgspec.Meta(max_length=256)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Text = Annotated[str, msgspec.Meta(max_length=4096)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Seconds = Annotated[float, msgspec.Meta(ge=1, le=3600)]

LiveState = Literal["ringing", "dialing", "established", "held"]
AnyState = Literal["ringing", "dialing", "established", "held", "released"]
AgentWord = Literal["ready", "not-ready", "wrap-up"]
CallKind = Literal["inbound", "outbound", "internal", "consult"]

CALL_STATES: dict[LiveState, CallState] = {
    "ringing": CallState.RINGING,
    "dialing": CallState.DIALING,
    "established": CallState.ESTABLISHED,
    "held": CallState.HELD,
}
AGENT_STATES: dict[AgentWord, AgentState] = {
    "ready": AgentState(AgentPresence.READY, WorkMode.UNKNOWN),
    "not-ready": AgentState(AgentPresence.NOT_READY, WorkMode.UNKNOWN),
    "wrap-up": AgentState(AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK),
}


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The agent at this desk."""

    agent: Annotated[
        AgentId, msgspec.Meta(description="As Genesys names the agent: the employee id.")
    ]

    def __post_init__(self) -> None:
        """It is written to logs and shown to people."""
        _check_printable(self.agent)


class AgentNews(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the agent is doing."""

    state: Annotated[
        AgentWord,
        msgspec.Meta(
            description="`wrap-up` is after-call work: the recording goes on until another word."
        ),
    ]


class CallNews(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A call as it is now. Everything may be left out: then the call is simply established."""

    agent: Annotated[
        AgentId | None,
        msgspec.Meta(description="Signs this agent in first, if nobody is signed in."),
    ] = None
    state: Annotated[
        LiveState,
        msgspec.Meta(description="A call is recorded once it was `established` (or `held`)."),
    ] = "established"
    connection: Annotated[
        Id | None,
        msgspec.Meta(
            description="Genesys' connection id of this leg. Left out: the call's id. With it, a "
            "leg that Workspace tells of too is known as the same."
        ),
    ] = None
    parent: Annotated[
        Id | None,
        msgspec.Meta(
            description="The call (or connection) that this one belongs to, a consultation's "
            "for instance: both become one recording."
        ),
    ] = None
    previous: Annotated[
        Id | None,
        msgspec.Meta(description="The connection id that this leg had before a transfer."),
    ] = None
    kind: CallKind | None = None
    ani: Annotated[Number, msgspec.Meta(description="The caller's number. Kept sealed.")] = ""
    dnis: Annotated[Number, msgspec.Meta(description="The number dialled. Kept sealed.")] = ""
    data: Annotated[
        dict[Key, Text],
        msgspec.Meta(
            max_length=200,
            description="Attached data. Kept sealed, as far as policy names the key.",
        ),
    ] = {}
    started_at: Annotated[
        Moment | None,
        msgspec.Meta(
            description="When the call began. An id that ended may begin again only with a later "
            "time."
        ),
    ] = None

    def __post_init__(self) -> None:
        """As SignIn; and the time must be one that UTC can tell."""
        if self.agent is not None:
            _check_printable(self.agent)
        if self.started_at is not None and not _FIRST_YEAR <= self.started_at.year < _LAST_YEAR:
            raise ValueError(f"a call begins between {_FIRST_YEAR} and {_LAST_YEAR}")


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A promise to be heard again. The first one begins it; deleting it ends it."""

    within_seconds: Annotated[
        Seconds,
        msgspec.Meta(
            description="Without another one in this time the desktop counts as gone: no new "
            "recording begins until it is heard again, and what is recorded goes on."
        ),
    ]


class AgentNow(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    id: str
    state: Annotated[
        Literal["ready", "not-ready", "wrap-up", "logged-in", "logged-out"] | None,
        msgspec.Meta(description="null: nobody has said."),
    ]
    in_touch: Annotated[
        bool, msgspec.Meta(description="Who tells of calls speaks. Else nothing new begins.")
    ]


class CallNow(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of a call."""

    id: str
    connection: str
    call: Annotated[str, msgspec.Meta(description="The first id of the whole call, with all legs.")]
    told_by: Annotated[
        Source, msgspec.Meta(description="Who told of it; there is one entry for each that does.")
    ]
    state: AnyState
    selected: Annotated[
        bool | None,
        msgspec.Meta(description="Whether its screen is to be recorded; null: not yet decided."),
    ]
    recorded: Annotated[bool, msgspec.Meta(description="The open recording is of this call.")]
    paused: Annotated[bool, msgspec.Meta(description="A pause that was asked for covers it.")]


class RecordingNow(msgspec.Struct, frozen=True, kw_only=True):
    """The open recording of the screen."""

    id: str
    call: str
    capturing: Annotated[bool, msgspec.Meta(description="Pictures are taken at this moment.")]
    paused_for: Annotated[
        list[str],
        msgspec.Meta(description="Why not: `asked`, `locked`, `capture-failed`."),
    ]
    wrapping_up: Annotated[bool, msgspec.Meta(description="The call ended; after-call work.")]


class ProblemNow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should know."""

    code: str
    happened: str
    remedy: str
    urgent: bool


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a custom desktop may want to show. Each answer to a request is one."""

    number: Annotated[int, msgspec.Meta(ge=0, description="Greater with every change.")]
    run: Annotated[str, msgspec.Meta(description="Another one after each start of Twinreel.")]
    version: str
    mood: Mood
    headline: Annotated[str, msgspec.Meta(description="One line for people.")]
    agent: AgentNow | None
    calls: list[CallNow]
    recording: RecordingNow | None
    may_pause: bool
    may_resume: bool
    why_not: Annotated[str, msgspec.Meta(description='Why neither is possible, or "".')]
    may_record_now: bool
    uploads_waiting: int
    problems: list[ProblemNow]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal (RFC 9457). `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str


def _check_printable(agent: str) -> None:
    if not agent.isprintable():
        raise ValueError("an agent's id has characters that cannot be printed")
