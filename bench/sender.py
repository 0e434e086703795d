"""Sends one file to central, in a process of its own so that what it costs can be told apart.

Reads one JSON object from standard input, prints one: `seconds` until central had every byte and
said so, `receipt_seconds` until it had proved them (the uploader alone), `cpu` and `memory_mb`.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from typing import Any

from tusclient.client import TusClient

from bench.capture import meter
from bench.stage.sealed import Known
from uploader.core import FileToSend
from uploader.transport import Transport


def by_uploader(asked: dict[str, Any]) -> dict[str, float]:
    """As the uploader does it."""
    keys = {kid: base64.b64decode(key) for kid, key in asked["receipt_keys"].items()}
    link = Known(asked["url"], "", asked["credential"], (), keys).link()
    file = FileToSend(**asked["file"])
    began = time.monotonic()
    there = [began, time.process_time()]

    def progress(sent: int, total: int) -> None:
        if sent == total:
            there[:] = time.monotonic(), time.process_time()

    transport = Transport(link, receipt_keys=lambda: keys, progress=progress)
    cpu = time.process_time()
    transport.send(asked["recording_id"], asked["manifest"].encode(), [file])
    ended = time.monotonic()
    return {
        "seconds": there[0] - began,
        "receipt_seconds": ended - began,
        "cpu": there[1] - cpu,
        "memory_mb": meter.memory_mb([os.getpid()]),
    }


def by_tuspy(asked: dict[str, Any]) -> dict[str, float]:
    """As tuspy does it, to an upload that was created."""
    client = TusClient(
        asked["url"] + "/uploads", headers={"Authorization": f"Bearer {asked['credential']}"}
    )
    upload = client.uploader(
        asked["file"]["path"], url=asked["location"], chunk_size=asked["chunk"]
    )
    began, cpu = time.monotonic(), time.process_time()
    upload.upload()
    return {
        "seconds": time.monotonic() - began,
        "cpu": time.process_time() - cpu,
        "memory_mb": meter.memory_mb([os.getpid()]),
    }


def main() -> int:
    """One file."""
    asked = json.loads(sys.stdin.read())
    ways = {"uploader": by_uploader, "tuspy": by_tuspy}
    print(json.dumps(ways[asked["way"]](asked)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
