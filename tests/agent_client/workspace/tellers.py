"""Event sources as they speak: the JSON of each, read by the parser that reads it in the client."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from agent_client.core.call import CallState
from agent_client.core.events import (
    AgentSignedOut,
    AgentStateChanged,
    CallChanged,
    Event,
    Source,
)
from agent_client.workspace import messages, messages_v2
from agent_client.workspace.api_news import leg
from agent_client.workspace.api_shapes import AGENT_STATES, AgentWord, CallNews
from agent_client.workspace.bridge_calls import BridgeCalls
from agent_client.workspace.bridge_messages import agent_state, interaction
from bench.stage import workspace_shapes as v3
from bench.stage import workspace_shapes_v2 as v2

_PERSON = v3.Person()
_NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_URL = "https://gws.example"
_DN = {
    "ready": ("Ready", "Unknown"),
    "break": ("NotReady", "AuxWork"),
    "wrap-up": ("NotReady", "AfterCallWork"),
    "logged-out": ("LoggedOut", "Unknown"),
}
_PAGE_STATES = {
    "Ringing": "RINGING",
    "Dialing": "DIALING",
    "Established": "TALKING",
    "Held": "HELD",
    "Released": "IDLE",
}
_PAGE_WORDS = {
    "ready": "READY",
    "break": "NOT_READY",
    "wrap-up": "NOT_READY_AFTER_CALLWORK",
    "logged-out": "LOGOUT",
}
_API_WORDS: dict[str, AgentWord] = {"ready": "ready", "break": "not-ready", "wrap-up": "wrap-up"}


class Teller(Protocol):
    """One event source. Calls are named by a letter, whose small form names the leg."""

    source: Source
    voice: bool  # it tells of Workspace's recording, and can be asked to pause it

    def call(
        self, name: str, state: CallState, recording: str | None = None, *, parent: str = ""
    ) -> Event:
        """A leg as it is now. `parent`: the call's name of which it is a consultation."""

    def agent(self, word: str) -> Event:
        """What the agent does: ready, break, wrap-up, logged-out."""


class V3:
    """Workspace API v3."""

    source, voice = Source.WORKSPACE, True

    def call(
        self, name: str, state: CallState, recording: str | None = None, *, parent: str = ""
    ) -> Event:
        (event,) = messages.read(
            {"channel": v3.VOICE, "data": _told(name, state, recording, parent)}
        )
        return event

    def agent(self, word: str) -> Event:
        (event,) = messages.read({"channel": v3.VOICE, "data": _dn(word)})
        return event


class V2:
    """Web Services API v2."""

    source, voice = Source.WORKSPACE, True

    def call(
        self, name: str, state: CallState, recording: str | None = None, *, parent: str = ""
    ) -> Event:
        told = v2.message(
            _told(name, state, recording, parent), _PERSON, _URL, {parent.lower(): parent}
        )
        assert told is not None
        (event,) = messages_v2.calls({"channel": told[0], "data": told[1]})
        return event

    def agent(self, word: str) -> Event:
        told = v2.message(_dn(word), _PERSON, _URL, {})
        assert told is not None
        states = messages_v2.devices({"channel": told[0], "data": told[1]})
        state = messages_v2.agent_state(states.values())
        assert state is not None
        return AgentStateChanged(state)


class Page:
    """The page inside Workspace Web Edition."""

    source, voice = Source.BRIDGE, True

    def __init__(self) -> None:
        self._calls = BridgeCalls()

    def call(
        self, name: str, state: CallState, recording: str | None = None, *, parent: str = ""
    ) -> Event:
        told = interaction(
            {
                "interactionId": name.lower(),
                "callUuid": name,
                "state": _PAGE_STATES[state],
                "recordingState": (recording or "").upper(),
                "parentInteractionId": parent.lower(),
                "isConsultation": bool(parent),
                "userData": {},
            }
        )
        assert told is not None
        return CallChanged(self._calls.heard(told), Source.BRIDGE)

    def agent(self, word: str) -> Event:
        return AgentStateChanged(agent_state({"type": _PAGE_WORDS[word]}), Source.BRIDGE)


class Api:
    """A custom desktop. It has no recording of Workspace's to tell of, and signs out by itself."""

    source, voice = Source.API, False

    def call(
        self, name: str, state: CallState, recording: str | None = None, *, parent: str = ""
    ) -> Event:
        assert recording is None
        told = leg(name, CallNews(connection=name.lower(), parent=parent.lower() or None))
        return CallChanged(replace(told, state=state), Source.API)

    def agent(self, word: str) -> Event:
        if word == "logged-out":
            return AgentSignedOut(Source.API)
        return AgentStateChanged(AGENT_STATES[_API_WORDS[word]], Source.API)


def _told(name: str, state: CallState, recording: str | None, parent: str) -> v3.Json:
    return {
        "messageType": "CallStateChanged",
        "notificationType": "StateChange",
        "call": v3.call(
            number="+15551234567",
            dnis=_PERSON.dn,
            state=state,
            connection_id=name.lower(),
            call_id=name,
            call_type="Consult" if parent else "Inbound",
            user_data={"Segment": "Gold"},
            recording=recording,
            first_recording=None,
            started_at=_NOW,
            seconds=0,
            links={"parentConnId": parent.lower()} if parent else {},
        ),
    }


def _dn(word: str) -> v3.Json:
    state, mode = _DN[word]
    return {"messageType": "DnStateChanged", "dn": v3.dn(_PERSON, state, mode, _NOW, {})}
