"""The local API's operations: one table, for its routes and its OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from agent_client.workspace.api_shapes import AgentNews, CallNews, Heartbeat, SignIn

PREFIX = "/api/twinreel/v1/"
DOCUMENT = "openapi.json"
LONGEST_WAIT = 60.0  # seconds
USUAL_WAIT = 25.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked. What is answered is a State, or a Problem."""

    name: str
    method: str
    path: str  # below the prefix
    summary: str
    says: str = ""  # what is to be known beyond that
    body: type[msgspec.Struct] | None = None
    optional: bool = False  # the body may be left out
    refusals: tuple[int, ...] = ()  # beyond those that any request may get


_WISH = (403, 409)
_OF_CALL = (404, 409)

OPERATIONS = (
    Operation(
        "state",
        "GET",
        "state",
        "What is true now",
        "With `after`, the answer comes when the number is another one, or when the wait is over.",
    ),
    Operation(
        "signIn",
        "PUT",
        "agent",
        "The agent signs in at this desk",
        "Saying it again changes nothing. Another agent in place of the one that this API named "
        "ends that agent's calls; one that Workspace signed in stays (409).",
        body=SignIn,
        refusals=(409,),
    ),
    Operation(
        "signOut",
        "DELETE",
        "agent",
        "The agent signs out: recording ends at once",
        "An agent whom Workspace signed in stays, while Workspace is heard (409).",
        refusals=(409,),
    ),
    Operation(
        "agentState",
        "PUT",
        "agent/state",
        "What the agent is doing",
        "After the last call was stopped the recording goes on for the few seconds that policy "
        "gives `wrap-up` to come, and then until `ready`, `not-ready` or the next call.",
        body=AgentNews,
        refusals=(409,),
    ),
    Operation(
        "call",
        "PUT",
        "calls/{call_id}",
        "A call begins, or is as told here",
        "Saying it again changes nothing, so it is the way to tell again after Twinreel was "
        "started anew. Nothing is forgotten by being left out.",
        body=CallNews,
        optional=True,
        refusals=(409,),
    ),
    Operation(
        "hold",
        "POST",
        "calls/{call_id}/hold",
        "The call is on hold; recording goes on",
        refusals=_OF_CALL,
    ),
    Operation(
        "retrieve",
        "POST",
        "calls/{call_id}/retrieve",
        "The call is back from hold",
        refusals=_OF_CALL,
    ),
    Operation(
        "stop",
        "DELETE",
        "calls/{call_id}",
        "The call ended",
        "One that has ended already stays so (200).",
        refusals=_OF_CALL,
    ),
    Operation(
        "pause",
        "POST",
        "pause",
        "Pause voice and screen",
        "As the tray's Pause: for every call that is active now, and for none that comes later.",
        refusals=_WISH,
    ),
    Operation("resume", "POST", "resume", "Resume voice and screen", refusals=_WISH),
    Operation(
        "recordNow",
        "POST",
        "record-now",
        "Record the screen of the present call, though it was not selected",
        refusals=_WISH,
    ),
    Operation(
        "pauseCall",
        "POST",
        "calls/{call_id}/pause",
        "Pause voice and screen, if this call is active",
        "All active calls are paused with it: the screen shows them all. Of a call that is over "
        "by then nothing is paused, and so nothing of the next one.",
        refusals=(403, *_OF_CALL),
    ),
    Operation(
        "resumeCall",
        "POST",
        "calls/{call_id}/resume",
        "Resume voice and screen, if this call is paused",
        refusals=(403, *_OF_CALL),
    ),
    Operation(
        "recordCallNow",
        "POST",
        "calls/{call_id}/record-now",
        "Record the screen of this call, though it was not selected",
        "Also of one on hold. While another call's screen is recorded, this one's is from that "
        "call's end on.",
        refusals=(403, *_OF_CALL),
    ),
    Operation(
        "heartbeat",
        "PUT",
        "heartbeat",
        "The custom desktop is there",
        "Optional. Who never sends one is believed to be there.",
        body=Heartbeat,
    ),
    Operation("noHeartbeat", "DELETE", "heartbeat", "Expect no further heartbeat"),
)
