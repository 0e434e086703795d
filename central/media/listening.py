"""What an audio file is: decoded from end to end, so that a bad one is refused when it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, cast

import av
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.media.vault import Vault, VaultStream

_MPEG_SYNC = 0xFFE0


class BadAudioError(ValueError):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Audio:
    """What was found in a file whose every packet could be decoded."""

    codec: str  # as FFmpeg names it
    sample_rate_hz: int
    channel_count: int
    length: timedelta


def probe(path: Path, keys: Mapping[str, X25519PrivateKey]) -> Audio:
    """Decode a sealed WAV or MP3 file; BadAudioError if it is none, or broken, or empty."""
    with Vault(path, keys) as vault:
        stream = VaultStream(vault)
        form = _format(stream.read(12))
        stream.seek(0)
        try:
            with av.open(cast("BinaryIO", stream), "r", format=form) as container:
                return _decoded(container)
        except av.error.FFmpegError as error:
            raise BadAudioError(f"the audio cannot be decoded: {error.strerror}") from error


def _format(head: bytes) -> str:
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return "wav"
    if head[:3] == b"ID3" or (int.from_bytes(head[:2]) & _MPEG_SYNC) == _MPEG_SYNC:
        return "mp3"
    raise BadAudioError("neither WAV nor MP3")


def _decoded(container: av.container.InputContainer) -> Audio:
    if not container.streams.audio:
        raise BadAudioError("there is no audio in the file")
    audio = container.streams.audio[0]
    samples = sum(frame.samples for frame in container.decode(audio))
    context = audio.codec_context
    if not samples or not context.sample_rate:
        raise BadAudioError("there is not one sample in the file")
    channels = context.layout.nb_channels
    if channels not in {1, 2}:
        raise BadAudioError(f"{channels} channels; one or two are taken")
    return Audio(
        codec=context.name,
        sample_rate_hz=context.sample_rate,
        channel_count=channels,
        length=timedelta(seconds=samples / context.sample_rate),
    )
