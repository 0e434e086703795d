"""Films: when there is enough of a call, make one; when something comes late, make the next.

A film waits for what is expected: voice, and the screen if the call was selected. When the grace
time is over it is made of what is here. The inputs' digest tells whether there is anything new.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
from django.db import transaction

from central.core.audit import AuditTag
from central.core.marks import Span
from central.core.recording import CallState, RecordingState
from central.media import film as media
from central.media.film import FilmInputs, FilmMade
from central.services import audit, removal
from central.services.site import FILMS, Site, now
from central.store.models import Call, Film, FilmFile, Mask, Recording, Voice
from contract.canonical import microseconds
from contract.manifest import from_json
from contract.protocol import segment_name
from contract.voice import VoiceMetadata

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is here of a call."""

    recordings: Sequence[Recording]
    inputs: FilmInputs

    @property
    def has_voice(self) -> bool:
        return bool(self.inputs.voices)

    @property
    def has_screen(self) -> bool:
        return any(screen.segments for screen in self.inputs.screens)


def make(site: Site, call_id: str) -> datetime | None:
    """Make the call's film if it is due and new; the time to look again, if it is too early.

    FilmError or OSError if it cannot be made; nothing is changed then.
    """
    call = Call.objects.get(pk=call_id)
    parts = _gathered(site, call)
    if not (parts.has_voice or parts.has_screen):
        return None
    whole = parts.has_voice and (parts.has_screen or call.screen_expected is False)
    ready = call.first_seen_at + timedelta(seconds=site.config.film_grace_seconds)
    if not whole and now() < ready:
        return ready
    last = call.films.order_by("-version").first()
    if last is not None and last.inputs_sha256 == media.inputs_digest(parts.inputs):
        return None
    version = (last.version if last else 0) + 1
    name = sha256(call_id.encode()).hexdigest()[:32]
    folder = site.path(f"{FILMS}/{name[:2]}/{name}/{version}")
    made = media.make_film(parts.inputs, site.keys.opening, site.keys.recipients, folder)
    _keep(site, call, parts, made, version, whole=whole)
    removal.carry_out(site)
    return None


def give_up(call_id: str) -> None:
    """Its film could not be made, however often it was tried."""
    Call.objects.filter(pk=call_id, state=CallState.WAITING.value).update(
        state=CallState.FAILED.value
    )


def _keep(  # noqa: PLR0913 - one transaction takes all that was made
    site: Site, call: Call, parts: _Parts, made: FilmMade, version: int, *, whole: bool
) -> None:
    with transaction.atomic():
        row = Film.objects.create(
            call=call,
            version=version,
            inputs_sha256=made.inputs_sha256,
            has_voice=made.has_voice,
            has_screen=made.has_screen,
            started_at=made.started_at,
            duration_us=microseconds(made.length),
            facts={**made.facts, "pauses_confirmed": bool(parts.recordings)},
            made_at=now(),
        )
        FilmFile.objects.bulk_create(
            FilmFile(
                film=row,
                kind=file.kind,
                path=file.path.relative_to(site.folder).as_posix(),
                media_type=file.media_type,
                content_bytes=file.content_bytes,
                content_sha256=file.content_sha256,
                size_bytes=file.size_bytes,
                sha256=file.sha256,
            )
            for file in made.files
        )
        # What a newer version masks must not stay in an older one.
        older = FilmFile.objects.filter(film__call=call, film__version__lt=version)
        removal.mark(list(older.values_list("path", flat=True)))
        older.delete()
        Recording.objects.filter(
            pk__in=[one.pk for one in parts.recordings], state=RecordingState.RECEIVED.value
        ).update(state=RecordingState.PLAYABLE.value)
        state = CallState.PLAYABLE if whole else CallState.PARTIAL
        Call.objects.filter(pk=call.pk).update(state=state.value)
        audit.record(
            AuditTag.FILM_MADE,
            audit.CENTRAL,
            call.pk,
            {
                "version": version,
                "inputs_sha256": made.inputs_sha256,
                "files": {file.kind: file.content_sha256 for file in made.files},
            },
        )
    logger.info("film of call %s made, version %d", call.pk, version)


def _gathered(site: Site, call: Call) -> _Parts:
    recordings = list(
        call.recordings.filter(
            state__in=[RecordingState.RECEIVED.value, RecordingState.PLAYABLE.value]
        ).order_by("started_at", "recording_id")
    )
    voices = [_voice(site, row) for row in call.voices.order_by("started_at", "voice_id")]
    ends = [voice.started_at + voice.length for voice in voices]
    ends += [row.started_at + timedelta(microseconds=row.duration_us) for row in recordings]
    inputs = FilmInputs(
        call_id=call.pk,
        screens=tuple(_screen(site, row) for row in recordings),
        voices=tuple(voices),
        masks=_masks(call, max(ends)) if ends else (),
    )
    return _Parts(recordings, inputs)


def _screen(site: Site, row: Recording) -> media.Screen:
    manifest = from_json(bytes(row.manifest))
    paths = dict(row.files.values_list("name", "path"))
    return media.Screen(
        manifest,
        tuple(site.path(paths[segment_name(one.index)]) for one in manifest.segments),
    )


def _voice(site: Site, row: Voice) -> media.Voice:
    metadata = msgspec.json.decode(bytes(row.metadata), type=VoiceMetadata)
    return media.Voice(
        path=Path(site.path(row.path)),
        sha256=row.sha256,
        content_sha256=row.audio_sha256,
        started_at=row.started_at,
        length=timedelta(microseconds=row.duration_us),
        channels=metadata.channels,
        pauses=tuple(Span(pause.since, pause.until) for pause in metadata.pauses),
    )


def _masks(call: Call, end: datetime) -> tuple[Span, ...]:
    """What the desk reported; one that has no end lasts to the end of all that is here."""
    return tuple(
        Span(mask.since, mask.until or max(mask.since, end))
        for mask in Mask.objects.filter(call_id=call.pk).order_by("since")
    )
