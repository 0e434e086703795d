"""The sidecar of an imported voice recording: what the audio file itself cannot say.

`POST /voice` at central, multipart/form-data with two parts: `metadata` (this, as JSON) and
`audio` (WAV or MP3; two channels are agent, customer; one channel is mixed). Signed in with an
import key: `Authorization: Bearer <import key>`. The same `voice_id` again changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec


class VoicePause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A span that the voice recorder was told not to keep; the audio has silence there."""

    since: datetime
    until: datetime


class VoiceMetadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One voice recording of one call, after Genesys' recording resource."""

    voice_id: str
    call_id: str  # callUuid
    agent_id: str
    started_at: datetime  # of the first sample, aware
    ani: str = ""
    dnis: str = ""
    call_type: str = ""
    channels: tuple[Literal["agent", "customer", "mixed"], ...]
    pauses: tuple[VoicePause, ...] = ()
    user_data: dict[str, str] = {}
