"""The port `Voice`: each order goes to the source that knows the leg by that id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from agent_client.core.events import Source, VoiceOrderFailed
from agent_client.ports import Post

NO_WAY = "voice-order-failed"


class OneVoice(Protocol):
    """One source's way to pause the voice of a leg. Never waits."""

    def pause(self, connection_id: str) -> None:
        """Pause the recording of one leg; failures come back as VoiceOrderFailed."""

    def resume(self, connection_id: str) -> None:
        """Resume it."""


class VoiceBySource:
    """Whom to ask for what."""

    def __init__(self, voices: Mapping[Source, OneVoice], post: Post) -> None:
        self._voices = voices
        self._post = post

    def pause(self, connection_id: str, source: Source) -> None:
        """Have this source pause the recording of one leg."""
        if (voice := self._of(connection_id, source)) is not None:
            voice.pause(connection_id)

    def resume(self, connection_id: str, source: Source) -> None:
        """Resume it."""
        if (voice := self._of(connection_id, source)) is not None:
            voice.resume(connection_id)

    def _of(self, connection_id: str, source: Source) -> OneVoice | None:
        voice = self._voices.get(source)
        if voice is None:
            self._post(VoiceOrderFailed(connection_id, NO_WAY))
        return voice
