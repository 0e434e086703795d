"""Makes the film of a call: one MP4, and beside it peaks, time line and contact sheet, all sealed.

Same inputs, same film: `inputs_digest` names what it is made of, and the bytes of the film follow
from it alone. Nothing clear is written to the disk on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.core import timeline as core
from central.core.marks import MarkKind, Span
from central.core.timeline import Show, Timeline, VoiceSpan
from central.media import disk, faststart, sheet, vault
from central.media.audio import Channel, Peaks, VoiceSource
from central.media.mux import Muxed, mux
from central.media.pictures import FilmError, OpenSegment
from central.media.scratch import Scratch
from central.media.unsealed import Unsealed
from central.media.vault import Vault, VaultStream
from contract import manifest as manifests
from contract.canonical import canonical, microseconds, utc_text
from contract.envelope import EnvelopeError, Recipient
from contract.manifest import Manifest

MAKER = "twinreel/film/1"  # goes up when the same inputs would give another film

Keys = Mapping[str, X25519PrivateKey]


@dataclass(frozen=True, slots=True)
class Screen:
    """A desk's recording; `segments` are its sealed files, in order."""

    manifest: Manifest
    segments: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice recording, sealed at `path`."""

    path: Path
    sha256: str  # of the sealed file
    content_sha256: str  # of the audio as it was sent
    started_at: datetime
    length: timedelta
    channels: tuple[Channel, ...]
    pauses: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FilmInputs:
    """All that central holds of a call."""

    call_id: str
    screens: tuple[Screen, ...]
    voices: tuple[Voice, ...]
    masks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One sealed file of a film."""

    kind: str  # "film", "contact-sheet", "peaks", "timeline"
    path: Path
    media_type: str
    content_bytes: int
    content_sha256: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FilmMade:
    """A film, durable on disk."""

    inputs_sha256: str
    started_at: datetime
    length: timedelta
    has_voice: bool
    has_screen: bool
    files: tuple[MadeFile, ...]  # the film first
    facts: dict[str, Any]
    timeline: Timeline


def inputs_digest(inputs: FilmInputs) -> str:
    """What a film is made of, hex: equal inputs, in whatever order, make an equal film."""
    screens = sorted(
        manifests.digest(manifests.to_json(screen.manifest)) for screen in inputs.screens
    )
    voices = sorted(
        canonical(
            {
                "content": voice.content_sha256,
                "started_at": utc_text(voice.started_at),
                "channels": list(voice.channels),
                "pauses": _spans(voice.pauses),
            }
        ).decode()
        for voice in inputs.voices
    )
    whole = {
        "maker": MAKER,
        "call_id": inputs.call_id,
        "screens": screens,
        "voices": voices,
        "masks": _spans(inputs.masks),
    }
    return sha256(canonical(whole)).hexdigest()


def lay_out(inputs: FilmInputs) -> Timeline:
    """Where everything stands; ValueError if there is neither voice nor screen."""
    return core.lay_out(
        [screen.manifest for screen in inputs.screens],
        [VoiceSpan(voice.started_at, voice.length, voice.pauses) for voice in inputs.voices],
        inputs.masks,
    )


def make_film(
    inputs: FilmInputs, keys: Keys, recipients: Sequence[Recipient], out_dir: Path
) -> FilmMade:
    """Make it into the folder, durably; what an earlier try left there is replaced.

    FilmError if an input cannot be used or there is nothing to make a film of; OSError if the
    disk fails.
    """
    try:
        timeline = lay_out(inputs)
        disk.make_folder(out_dir)
        with Scratch(out_dir) as scratch:
            muxed = mux(timeline, _segments(inputs, keys), _voices(inputs, keys), scratch)
            about = {"call_id": inputs.call_id, "inputs_sha256": inputs_digest(inputs)}
            store = _Store(out_dir, about, recipients)
            mp4 = "video/mp4" if timeline.has_screen else "audio/mp4"
            film = store.keep("film", mp4, faststart.rearranged(scratch))
        with Vault(film.path, keys) as opened:
            facts = _facts(inputs, timeline, muxed, film)
            files = [film]
            if timeline.has_screen:
                stream = cast("BinaryIO", VaultStream(opened))
                picture = sheet.contact_sheet(stream, timeline)
                files.append(store.keep("contact-sheet", "image/png", [picture]))
        files.append(store.keep("peaks", "application/json", [_peaks(muxed.peaks)]))
        described = {**core.document(timeline), "call_id": inputs.call_id, "facts": facts}
        files.append(store.keep("timeline", "application/json", [canonical(described)]))
    except EnvelopeError as error:
        raise FilmError(f"an input is not what was received: {error}") from error
    except FilmError:
        raise
    except ValueError as error:
        raise FilmError(str(error)) from error
    return FilmMade(
        inputs_sha256=inputs_digest(inputs),
        started_at=timeline.start,
        length=timeline.length,
        has_voice=bool(timeline.voices),
        has_screen=timeline.has_screen,
        files=tuple(files),
        facts=facts,
        timeline=timeline,
    )


@dataclass(frozen=True, slots=True)
class _Store:
    """Seals what was made into its folder."""

    folder: Path
    about: Mapping[str, str]
    recipients: Sequence[Recipient]

    def keep(self, kind: str, media_type: str, content: Iterable[bytes]) -> MadeFile:
        meta = {**self.about, "kind": kind, "media_type": media_type}
        made = vault.seal(self.folder / f"{kind}.sealed", content, meta, self.recipients)
        return MadeFile(
            kind=kind,
            path=made.path,
            media_type=media_type,
            content_bytes=made.content_bytes,
            content_sha256=made.content_sha256,
            size_bytes=made.size_bytes,
            sha256=made.sha256,
        )


def _segments(inputs: FilmInputs, keys: Keys) -> OpenSegment:
    held = {screen.manifest.recording_id: screen for screen in inputs.screens}

    def open_segment(recording_id: str, index: int) -> BinaryIO:
        screen = held[recording_id]
        expected = screen.manifest.segments[index].sha256
        return cast("BinaryIO", Unsealed(screen.segments[index], keys, expected))

    return open_segment


def _voices(inputs: FilmInputs, keys: Keys) -> list[VoiceSource]:
    def opened(voice: Voice) -> BinaryIO:
        return cast("BinaryIO", Unsealed(voice.path, keys, voice.sha256))

    return [VoiceSource(partial(opened, voice), voice.channels) for voice in inputs.voices]


def _peaks(peaks: Peaks) -> bytes:
    return canonical(
        {
            "format": "twinreel/peaks/1",
            "step_ms": 50,
            "agent": list(peaks.agent),
            "customer": list(peaks.customer),
        }
    )


def _facts(inputs: FilmInputs, timeline: Timeline, muxed: Muxed, film: MadeFile) -> dict[str, Any]:
    shows = [clip for clip in timeline.clips if isinstance(clip, Show)]
    return {
        "film_sha256": film.content_sha256,
        "film_bytes": film.content_bytes,
        "video": f"h264 {muxed.codec_tag} {muxed.width}x{muxed.height}" if shows else "none",
        "audio": "aac 48000 Hz, agent left, customer right",
        "screen_at_us": microseconds(shows[0].at) if shows else None,
        "voice_at_us": microseconds(timeline.voices[0].at) if timeline.voices else None,
        "pauses": sum(1 for mark in timeline.marks if mark.kind is MarkKind.PAUSED),
        "silence_us": sum(microseconds(one.length) for one in timeline.silence),
        "clock_error_us": max(
            (microseconds(one.manifest.clock_round_trip) // 2 for one in inputs.screens), default=0
        ),
        "recordings": [one.manifest.recording_id for one in inputs.screens],
    }


def _spans(spans: Iterable[Span]) -> list[list[str]]:
    return sorted([utc_text(span.since), utc_text(span.until)] for span in spans)
