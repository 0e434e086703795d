"""What came out of a play: the calls as they were played, their films, and the check list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.stage.film import Seen
from bench.stage.office import Central, Desk
from contract.voice import VoiceMetadata

_STEREO = 2
_MOST_SKEW = 0.25  # seconds; a picture every 0.2 s
_MOST_SLIP = 0.5  # seconds, of a film's length


@dataclass(frozen=True, slots=True)
class Played:
    """A call as Workspace and the desktop know it; times aware."""

    call_id: str
    selected: bool
    bucket: int
    answered: datetime
    released: datetime
    wrapped_up: datetime
    voice: VoiceMetadata
    voice_ended: datetime
    flashes: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Film:
    """A finished film, as fetched from central and watched."""

    played: Played
    path: Path
    sha256: str
    timeline: dict[str, Any]
    seen: Seen


def checks(central: Central, desk: Desk, films: Sequence[Film]) -> list[tuple[bool, str]]:
    """Whether each of them holds, in words."""
    one, two = films
    lengths = [
        (one.played.wrapped_up - one.played.answered).total_seconds(),
        (two.played.voice_ended - two.played.voice.started_at).total_seconds(),
    ]
    found = [
        (
            abs(film.seen.seconds - length) <= _MOST_SLIP,
            f"film {i} is as long as the call: {film.seen.seconds:.2f} s of {length:.2f} s",
        )
        for i, (film, length) in enumerate(zip(films, lengths, strict=True), start=1)
    ]
    skew = one.seen.skew
    pause = one.played.voice.pauses[0]
    since = (pause.since - one.played.answered).total_seconds()
    until = (pause.until - one.played.answered).total_seconds()
    faults = json.loads(central.command("check", "--json", "--depth", "hash"))["faults"]
    chain = json.loads(central.command("audit", "verify", "--json"))["faults"]
    return [
        *found,
        (
            set(one.seen.codecs) >= {"h264", "aac"} and one.seen.channels == _STEREO,
            "H.264 and stereo AAC",
        ),
        (one.seen.card_frames == 0, f"the card number is in none of {one.seen.frames} pictures"),
        (
            any(a <= since + 0.2 and b >= until - 0.2 for a, b in one.seen.quiet),
            f"voice is silent from {since:.1f} s to {until:.1f} s",
        ),
        (len(one.seen.flashes) == len(one.played.flashes), "every flash is in the film"),
        (skew is not None and abs(skew) <= _MOST_SKEW, "picture and sound fit"),
        (not two.seen.width, "call 2 has no picture"),
        (not desk.recordings(), "the desk's spool is empty: central gave its receipts"),
        (not faults, "central's files are what its rows say (central check, by hash)"),
        (not chain, "the audit's chain holds"),
    ]


def table(films: Sequence[Film]) -> str:
    """The two calls side by side."""
    rows = [
        ("call", "selected", "duration", "pause", "screen offset", "A/V skew", "size", "sha256")
    ]
    for film in films:
        played = film.played
        paused = sum((one.until - one.since for one in played.voice.pauses), timedelta())
        skew = film.seen.skew
        facts = film.timeline["facts"]
        offset = facts["screen_at_us"] - facts["voice_at_us"] if played.selected else None
        rows.append(
            (
                played.call_id[:12],
                f"{'yes' if played.selected else 'no'} ({played.bucket})",
                f"{film.seen.seconds:.2f} s",
                f"{paused.total_seconds():.2f} s",
                "-" if offset is None else f"{offset / 1000:+.0f} ms",
                "-" if skew is None else f"{skew * 1000:+.0f} ms",
                f"{film.path.stat().st_size / 1000:,.0f} kB",
                film.sha256[:16],
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
