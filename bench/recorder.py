"""The capture engine alone, in a process of its own: `python -m bench.recorder SPOOL`.

The first line of its standard input are the settings, as `words` makes them; from then on it
records its display (DISPLAY) until the input ends. It says one JSON object a line:

    {"said": "ready"}                                          it waits for the settings
    {"said": "began", "recording_id": ..., "at": seconds since 1970}
    {"said": "event", "event": ...}                            whatever the recorder posts
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_client.capture.adapter import open_screen
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.settings import CaptureSettings
from agent_client.core.commands import OpenRecording, ResumeCapture
from agent_client.core.events import Event
from agent_client.meaning import capture_settings
from agent_client.ports import Post
from contract.canonical import b64, unb64
from contract.envelope import Recipient
from contract.selection import decide
from uploader.spool import Spool

KEY_ID = "bench"


def words(key: X25519PrivateKey, **screen: object) -> str:
    """The settings, as the line that the program reads: a policy's defaults but for `screen`."""
    public = b64(key.public_key().public_bytes_raw())
    return json.dumps({"public": public, "screen": screen}) + "\n"


def settings(line: str) -> CaptureSettings:
    """Undo `words`."""
    told: Mapping[str, Any] = json.loads(line)
    usual = capture_settings(None, "bench", datetime.now(UTC))
    return replace(
        usual,
        screen=replace(usual.screen, **told["screen"]),
        flush_length=timedelta(seconds=1),
        recipients=(Recipient(KEY_ID, unb64(told["public"])),),
    )


def opening() -> OpenRecording:
    """Of a call that is recorded."""
    decision = decide("bench", Decimal(100), "bench")
    return OpenRecording(str(uuid4()), "bench", "bench", decision, frozenset())


def say(what: str, **more: object) -> None:
    """One line for whoever started this."""
    sys.stdout.write(json.dumps({"said": what, **more}) + "\n")
    sys.stdout.flush()


def _event(event: Event) -> None:
    say("event", event=repr(event))


def waiting(folder: Path, post: Post) -> CaptureThread:
    """A capture thread without anything to do, as a client has one that has been up for a while."""
    usual = capture_settings(None, "bench", datetime.now(UTC))
    open_screen(usual.screen).close()  # what that needs is loaded from now on
    thread = CaptureThread(Spool(folder, ballast_bytes=0, reserve_bytes=0), usual, post)
    thread.start()
    return thread


def begin(thread: CaptureThread, line: str) -> str:
    """Have it record by these settings (`words`); the recording's id."""
    thread.configure(settings(line))
    order = opening()
    thread.order(order)
    thread.order(ResumeCapture(order.recording_id))
    return order.recording_id


def main(folder: str) -> None:
    """Record until the input ends."""
    thread = waiting(Path(folder), _event)
    say("ready")
    recording_id = begin(thread, sys.stdin.readline())
    say("began", recording_id=recording_id, at=time.time())
    sys.stdin.read()
    thread.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
