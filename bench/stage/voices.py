"""Two people on the phone: what a voice recorder would deliver for a call.

Speech comes from espeak-ng, agent on the left and customer on the right, over the hiss of a line:
nothing but a pause is exactly silent. A short high beep on both sides marks each flash of the
desktop, so that picture and sound can be compared. Pauses are
silence, as Genesys' recorder leaves them.
"""

from __future__ import annotations

import math
import subprocess
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import cycle
from pathlib import Path
from random import Random

from bench.stage.display import need

RATE = 8000  # Hz, as on the telephone
BEEP_HZ = 3000
BEEP = timedelta(milliseconds=300)
_BEEP_LEVEL = 14_000
_HISS = 60  # of 32,768
_AGENT = (
    "Good morning, you are speaking with John. How can I help you?",
    "I have your record here. One moment please.",
    "I have changed the tariff for you, and you get a confirmation by mail.",
    "Is there anything else I can do for you today?",
)
_CUSTOMER = (
    "Good morning. My invoice is wrong, it is from October.",
    "Yes, that is right. I live in Springfield.",
    "Thank you very much, that was quick.",
    "No, that was all. Good bye.",
)


@dataclass(frozen=True, slots=True)
class Call:
    """When a call was talked, silenced and marked; all times aware."""

    start: datetime
    end: datetime
    pauses: Sequence[tuple[datetime, datetime]]
    beeps: Sequence[datetime]


def write_wav(call: Call, path: Path) -> None:
    """A stereo WAV, 16 bits, of exactly the call's length."""
    need("espeak-ng")
    length = _samples(call.end - call.start)
    hiss = Random(0)  # noqa: S311 (the same hiss each time; nothing secret)
    sides = [array("h", (hiss.randint(-_HISS, _HISS) for _ in range(length))) for _ in range(2)]
    _talk(sides, length)
    for beep in call.beeps:
        _beep(sides, _samples(beep - call.start))
    for since, until in call.pauses:
        first = max(0, _samples(since - call.start))
        last = min(length, _samples(until - call.start))
        for side in sides:
            side[first:last] = array("h", bytes(2 * max(0, last - first)))
    stereo = array("h", bytes(4 * length))
    stereo[0::2], stereo[1::2] = sides
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(stereo.tobytes())


def _samples(length: timedelta) -> int:
    return round(length.total_seconds() * RATE)


def _talk(sides: Sequence[array[int]], length: int) -> None:
    """Let them speak in turn, with a short breath in between, until the call ends."""
    lines = [line for pair in zip(_AGENT, _CUSTOMER, strict=True) for line in pair]
    spoken = [_speech(text, "en-us" if i % 2 == 0 else "en-gb") for i, text in enumerate(lines)]
    at = 0
    for turn, sentence in cycle(enumerate(spoken)):
        if at >= length:
            return
        for i, sample in enumerate(sentence[: length - at], start=at):
            sides[turn % 2][i] = max(-32_768, min(32_767, sides[turn % 2][i] + sample))
        at += len(sentence) + RATE // 3


def _speech(text: str, voice: str) -> array[int]:
    said = subprocess.run(
        ["espeak-ng", "--stdout", "-v", voice, text], capture_output=True, check=True
    )
    with wave.open(BytesIO(said.stdout), "rb") as file:
        samples = array("h", file.readframes(file.getnframes()))
        step = file.getframerate() / RATE
    return array("h", (samples[int(i * step)] for i in range(int(len(samples) / step))))


def _beep(sides: Sequence[array[int]], first: int) -> None:
    turn = 2 * math.pi * BEEP_HZ / RATE
    for i in range(_samples(BEEP)):
        if 0 <= first + i < len(sides[0]):
            for side in sides:
                side[first + i] = round(_BEEP_LEVEL * math.sin(turn * i))
