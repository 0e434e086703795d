"""Many desks at once: each holds a connection, and an order wakes the one that it is for."""

from __future__ import annotations

import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.central.serving import Central, Desk, Prepared

if sys.platform == "win32":
    pytest.skip("Windows sets no such limit", allow_module_level=True)

import resource

_DESKS = 300


def _listening(desk: Desk) -> socket.socket:
    parts = urlsplit(desk.central.url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=20)
    head = (
        f"GET /desk/orders?after=0 HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Authorization: Bearer {desk.device_id}.{desk.secret}\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection


def test_more_desks_are_served_than_a_shell_allows_files(
    tmp_path: Path, prepared: Prepared
) -> None:
    central = Central(tmp_path / "data", "worker_inline = false\n", prepared)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))  # as a login shell might
    try:
        central.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 1024)), hard))
    with ExitStack() as stack:
        stack.callback(central.kill)
        desk, other = central.enrol(), central.enrol()
        for _ in range(_DESKS):
            stack.enter_context(_listening(other))
        mine = stack.enter_context(_listening(desk))
        began = time.monotonic()
        central.run("order", "pause", "--device", desk.device_id, "--json")
        assert mine.recv(100).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 20  # seconds; it is held for 25
