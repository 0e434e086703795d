"""Voice that another recorder kept: imported, checked, sealed at rest."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from django.db import transaction

from central.core.audit import Actor, AuditTag
from central.media import disk, listening, vault
from central.media.listening import Audio, BadAudioError
from central.media.vault import Sealed
from central.services import audit, calls, jobs
from central.services.errors import Conflict, NoRoom, NotAllowed, NotFound, Unusable
from central.services.site import INCOMING, VOICE, Site, now
from central.store.models import ImportKey, Voice
from contract.canonical import canonical, microseconds
from contract.voice import VoiceMetadata


@dataclass(frozen=True, slots=True)
class Staged:
    """Audio that came, sealed, not yet anybody's; at start what lies here is thrown away."""

    sealed: Sealed


def new_import_key(actor: Actor, label: str) -> str:
    """What a voice recorder signs in with; shown once, kept as a hash."""
    key = "TRV1." + secrets.token_urlsafe(32)
    with transaction.atomic():
        ImportKey.objects.create(
            sha256=sha256(key.encode()).hexdigest(), label=label, created_at=now()
        )
        audit.record(AuditTag.IMPORT_KEY_CREATED, actor, label)
    return key


def revoke_import_key(actor: Actor, label: str) -> None:
    """Let the recorder with this label in no more; NotFound if there is none."""
    with transaction.atomic():
        if not ImportKey.objects.filter(label=label, revoked_at=None).update(revoked_at=now()):
            raise NotFound(f"no import key {label}")
        audit.record(AuditTag.IMPORT_KEY_REVOKED, actor, label)


def authenticated(key: str, address: str = "") -> Actor:
    """The importer with this key; NotAllowed otherwise."""
    row = ImportKey.objects.filter(sha256=sha256(key.encode()).hexdigest(), revoked_at=None).first()
    if row is None:
        raise NotAllowed("unknown import key")
    return Actor("importer", row.label, address=address)


def stage(site: Site, audio: Iterable[bytes]) -> Staged:
    """Seal audio as it comes in; nothing clear touches the disk."""
    path = site.path(f"{INCOMING}/{secrets.token_hex(16)}")
    try:
        return Staged(vault.seal(path, audio, {"kind": "voice"}, site.keys.recipients))
    except BaseException as error:
        disk.remove(path.with_name(path.name + ".draft"))
        if isinstance(error, OSError):
            raise NoRoom("central's disk takes no more") from error
        raise


def discard(staged: Staged) -> None:
    """It is not wanted."""
    disk.remove(staged.sealed.path)


def keep(site: Site, actor: Actor, metadata: VoiceMetadata, staged: Staged) -> bool:
    """Take staged audio as the voice of a call; whether it was new. It is staged no more.

    Unusable says what is wrong with audio or metadata; Conflict that other audio was taken under
    this id.
    """
    try:
        _check(metadata)
        audio = None if _known(metadata, staged) else _heard(site, metadata, staged)
    except (Unusable, Conflict):
        discard(staged)
        raise
    if audio is None:
        discard(staged)
        return False
    name = sha256(metadata.voice_id.encode()).hexdigest()[:32]
    path = f"{VOICE}/{name[:2]}/{name}-{secrets.token_hex(4)}"
    disk.move(staged.sealed.path, site.path(path))
    with transaction.atomic():
        if _known(metadata, staged):  # the same import was faster on another connection
            disk.remove(site.path(path))
            return False
        _row(metadata, staged, audio, path)
        jobs.wish(calls.FILM, metadata.call_id)
        audit.record(
            AuditTag.VOICE_RECEIVED,
            actor,
            metadata.voice_id,
            {
                "call_id": metadata.call_id,
                "agent_id": metadata.agent_id,
                "audio_sha256": staged.sealed.content_sha256,
                "bytes": staged.sealed.content_bytes,
            },
        )
    return True


def _check(metadata: VoiceMetadata) -> None:
    moments = [metadata.started_at]
    for pause in metadata.pauses:
        moments += [pause.since, pause.until]
        if pause.until < pause.since:
            raise Unusable("a pause ended before it began")
    if any(moment.tzinfo is None for moment in moments):
        raise Unusable("a time without an offset")
    calls.check_moments(*moments)
    calls.check_ids(metadata.call_id, metadata.voice_id, metadata.agent_id)
    if not metadata.voice_id or not metadata.agent_id:
        raise Unusable("voice_id or agent_id is empty")
    if sorted(metadata.channels) not in (["agent", "customer"], ["mixed"]):
        raise Unusable(f"channels are {metadata.channels}")


def _known(metadata: VoiceMetadata, staged: Staged) -> bool:
    row = Voice.objects.filter(pk=metadata.voice_id).first()
    if row is None:
        return False
    same = (staged.sealed.content_sha256, _text(metadata))
    if (row.audio_sha256, bytes(row.metadata)) != same:
        raise Conflict("another recording was taken under this voice_id")
    return True


def _heard(site: Site, metadata: VoiceMetadata, staged: Staged) -> Audio:
    try:
        audio = listening.probe(staged.sealed.path, site.keys.opening)
    except BadAudioError as error:
        raise Unusable(str(error)) from error
    if audio.channel_count != len(metadata.channels):
        named = ", ".join(metadata.channels)
        raise Unusable(f"the file has {audio.channel_count} channels, the metadata: {named}")
    return audio


def _row(metadata: VoiceMetadata, staged: Staged, audio: Audio, path: str) -> None:
    call = calls.seen(metadata.call_id, metadata.agent_id, metadata.started_at)
    call.ani, call.dnis = metadata.ani[:64], metadata.dnis[:64]
    call.call_type = metadata.call_type[:32]
    call.save(update_fields=["ani", "dnis", "call_type"])
    Voice.objects.create(
        voice_id=metadata.voice_id,
        call=call,
        agent_id=metadata.agent_id,
        started_at=metadata.started_at,
        duration_us=microseconds(audio.length),
        codec=audio.codec,
        sample_rate_hz=audio.sample_rate_hz,
        channel_count=audio.channel_count,
        metadata=_text(metadata),
        audio_sha256=staged.sealed.content_sha256,
        path=path,
        size_bytes=staged.sealed.size_bytes,
        sha256=staged.sealed.sha256,
        received_at=now(),
    )


def _text(metadata: VoiceMetadata) -> bytes:
    return canonical(msgspec.to_builtins(metadata))
