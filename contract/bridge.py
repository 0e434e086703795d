"""The bridge: what our page inside Workspace Web Edition and the client tell each other.

The page speaks Workspace's Service Client API to the window around it; what it hears there it says
to the client, and the client tells it what to show and which voice recordings to pause. There are
two ways between them with the same messages, all JSON:

*Loopback*, tried first. The page's origin is central's; the client lets no other in.

| request at http(s)://127.0.0.1:<port> | answer |
|---|---|
| GET /bridge/v1/hello | 200 `Hello` |
| POST /bridge/v1/pair `Pair` | 200 `Paired`; the page that was connected is so no longer |
| POST /bridge/v1/said `Said` | 200 `Taken` |
| GET /bridge/v1/state?after=N | 200 `ToPage` whose number is not N, held up to 25 s; else 204 |

*Through central*, where the browser or its administrator bars pages from loopback. Same origin as
the page itself. The page shows a code, the agent types it at the tray, once per browser.

| request at central | answer |
|---|---|
| POST /bridge/relay/v1/pair `Pair` | 200 `Paired` with a code, to be typed at a desk |
| POST /bridge/relay/v1/said `Said` | 200 `Taken` |
| GET /bridge/relay/v1/state?after=N | as above; 202 `Waiting`, held too, until a code is typed |
| POST /desk/bridge/pair `DeskPair` | 204; 404 no such code, or too old; 429 too many wrong ones |
| GET /desk/bridge/said?after=N&page=P | 200 `ForDesk`, held up to 25 s; 204 if nothing is new |
| POST /desk/bridge/state `ToPage` | 204: kept, and given to this desk's page; the latest counts |

Requests after pairing carry `Authorization: Bearer <token>`. Answers to the page: 401 pair again
(with a new `page` and numbering from 1); 409 another page of this desk took over, do not pair again
unasked; 413 and 422 wrong, say it no more; 429 and 5xx try again later. `/desk/` is signed in as
every desk request. Nothing that is said is stored: central keeps it in memory, for minutes. The
page keeps the relay's token and offers it again (`Pair.token`); central may keep its hash for as
long as it likes, so that the code is typed once per browser.

On the desk: the uploader hands each `Said` to the client as it came, with its page
(`uploader.desk.FromBridge`, whose body is the JSON of a `Said`), and the client's `ToPage` to
central (`ToBridge`, likewise); the code typed at the tray goes the same way (`PairPage`).

Any of them may be started anew while a page is silent. The uploader asks with the page that it
knows of (P; empty: of none), and is answered at once if another one speaks to this desk, even if
nothing waits. It names its page to each client that comes (`BridgeHere`), which then raises
`ToPage.listing`; that and the numbers of voice orders are never those of the client before.

Numbers: the page numbers what it says from 1, without gaps, and sends again what was not taken.
Doubles are passed over. Who misses a number takes the rest all the same and raises
`ToPage.listing`: the page then says agent, state and all calls again. `ToPage.number` rises with
every change; the whole state is told each time, so what was missed is of no matter.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

BRIDGE = "/bridge/v1"
RELAY = "/bridge/relay/v1"
DESK_PAIR, DESK_SAID, DESK_STATE = "/desk/bridge/pair", "/desk/bridge/said", "/desk/bridge/state"
HELD_SECONDS = 25
SAID_AT_ONCE = 64  # messages in one request
BODY_BYTES = 24 * 1024  # of a `Said`; within a line between client and uploader it has room
CODE_SECONDS = 300  # a code that nobody typed is void after this
CODE_DIGITS = 8

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # JavaScript counts no further
Token = Annotated[str, msgspec.Meta(min_length=16, max_length=128)]
Want = Literal["pause", "resume"]


class _Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One thing the page says. Unknown fields are passed over."""


class AgentSaid(_Message, frozen=True, kw_only=True, tag="agent"):
    """The agent as `agent.get` gives it: employeeId, username."""

    agent: dict[str, Any]


class StateSaid(_Message, frozen=True, kw_only=True, tag="agent-state"):
    """What the agent is doing, as `agent.getState` and the `agent` event give it: `type` counts."""

    state: dict[str, Any]


class CallSaid(_Message, frozen=True, kw_only=True, tag="call"):
    """One voice interaction, as the `interaction` event gives it."""

    interaction: dict[str, Any]


class CallsSaid(_Message, frozen=True, kw_only=True, tag="calls"):
    """All voice interactions there are, as `interaction.getInteractions` gives them."""

    interactions: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=256)]


class Asked(_Message, frozen=True, kw_only=True, tag="ask"):
    """The agent pressed the page's button. `ToPage.answers` says what became of it."""

    ask: Number  # the page's own number for this wish, rising
    want: Want


class VoiceDone(_Message, frozen=True, kw_only=True, tag="voice"):
    """What Workspace made of a voice order. No problem: it took it."""

    order: Number
    problem: Annotated[str, msgspec.Meta(max_length=256)] = ""  # a word: timeout, refused


class WorkspaceTouch(_Message, frozen=True, kw_only=True, tag="touch"):
    """Whether Workspace answers the page. When it does again, agent, state and calls follow."""

    here: bool


class Bye(_Message, frozen=True, kw_only=True, tag="bye"):
    """The page is being closed or loaded anew."""


FromPage = AgentSaid | StateSaid | CallSaid | CallsSaid | Asked | VoiceDone | WorkspaceTouch | Bye


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """Who listens here."""

    program: str = "twinreel-agent"
    bridge: int = 1


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A page asks to be the one that is connected."""

    page: Id  # a UUID that the page made up when it was loaded
    token: Annotated[str, msgspec.Meta(max_length=128)] = ""  # the relay's, from an earlier day


class Paired(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """It may speak. By central: once somebody at a desk has typed the code."""

    token: Token
    code: str = ""  # digits, through central only; "" if the token offered is good for a desk
    seconds: int = 0  # the code is good for this long


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody has typed the code yet."""

    code: str
    seconds: int


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says, in order."""

    first: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]  # the number of the first message
    said: Annotated[list[FromPage], msgspec.Meta(min_length=1, max_length=SAID_AT_ONCE)]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Everything below this number arrived, or will never be missed."""

    next: Number


class DeskPair(msgspec.Struct, frozen=True, kw_only=True):
    """The code that an agent typed at the tray."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}$")]


class ForDesk(msgspec.Struct, frozen=True, kw_only=True):
    """What this desk's page said since the desk asked last; `Said` as the page sent them."""

    page: Id  # another page than before: numbering begins anew
    last: Number  # to be asked with next: counts the requests, not the messages
    said: list[Said]  # empty: the page is another one than the desk knew of
    silent: bool = False  # the page has not been heard of for `HELD_SECONDS` and some


class VoiceOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Have Workspace pause or resume its recording of one interaction; done once per number."""

    order: Number
    interaction: Id
    want: Want


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a wish; if it was not granted, why."""

    ask: Number
    granted: bool
    reason: str = ""  # a word for programs: no-call, not-allowed
    text: str = ""  # a sentence


class ToPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page is to show and to do. Numbers rise over a restart of the client as well.

    Sentences are English; the page has them in its own language, and shows what it does not know.
    """

    number: Number
    page: str = ""  # whom it is for: another page passes it over
    over: bool = False  # another page took over: as the answer 409
    # as the tray's icon: signed-out, ready, recording, paused, wrap-up, uploading, attention
    mood: Annotated[str, msgspec.Meta(max_length=32)]
    headline: str = ""  # a sentence: what the client is doing
    recorded_ms: int | None = None  # how long the screen has been recorded; None: it is not
    may_pause: bool = False
    may_resume: bool = False
    why_not: str = ""  # a sentence: why neither is possible
    listing: Number = 0  # raised: say agent, state and all calls again
    orders: tuple[VoiceOrder, ...] = ()  # not answered yet
    answers: tuple[Answer, ...] = ()  # the latest few


def read_said(body: bytes) -> Said:
    """What a page sent. ValueError, whose text holds nothing of it, if it is not that."""
    if len(body) > BODY_BYTES:
        raise ValueError("more than a page may say at once")
    try:
        return msgspec.json.decode(body, type=Said)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise ValueError("not what a page says") from None
