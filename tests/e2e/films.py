"""What a voice recorder brings to central of a call, and the film that a person fetches there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.stage import voices
from bench.stage.display import wait_for
from bench.stage.film import Seen, watch
from bench.stage.office import Central
from contract.voice import VoiceMetadata
from tests.e2e.filmed import PATIENCE


@dataclass(frozen=True, slots=True)
class Film:
    """A film as a person fetched it from central and watched it."""

    path: Path
    seen: Seen
    timeline: dict[str, Any]


def deliver(
    central: Central, folder: Path, told: dict[str, Any], beeps: Sequence[datetime]
) -> None:
    """The voice of a call, of which Workspace has told, with sound throughout."""
    start, end = (datetime.fromisoformat(told["voice"][key]) for key in ("started_at", "ended_at"))
    audio = folder / f"{told['call_id']}.wav"
    audio.parent.mkdir(exist_ok=True)
    voices.write_wav(voices.Call(start, end, pauses=[], beeps=beeps), audio)
    metadata = VoiceMetadata(
        voice_id=f"{told['call_id']}-1",
        call_id=told["call_id"],
        agent_id=told["agent_id"],
        started_at=start,
        ani=told["ani"],
        dnis=told["dnis"],
        call_type=told["call_type"],
        channels=("agent", "customer"),
        user_data=told["user_data"],
    )
    central.import_voice(metadata, audio)


def fetched(
    central: Central, folder: Path, call_id: str, enough: Callable[[dict[str, Any]], bool]
) -> Film:
    """Wait for the film, fetch it as a person does, and watch it; `enough` of its time line."""
    session = central.visit("casey.compliance")
    address = f"{central.url}/calls/{call_id}"
    timeline: dict[str, Any] = {}

    def made() -> bool:
        answer = session.get(f"{address}/timeline.json", timeout=PATIENCE)
        if not answer.ok:
            return False
        timeline.clear()
        timeline.update(answer.json())
        return enough(timeline)

    with session:
        wait_for("the film", made, PATIENCE)
        download = session.get(f"{address}/download", timeout=PATIENCE)
        download.raise_for_status()
    path = folder / f"{call_id}.mp4"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(download.content)
    return Film(path, watch(path), timeline)
