"""The uploader itself, with a keyring in a file that outlives it: each order is a command line.

uploading.py CHANNEL KEYRING
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import keyring.backend
import keyring.errors
import requests.utils  # noqa: F401 - all that a request loads late, so that no fork must
from keyring.backend import KeyringBackend

from tests.faults.programs.forking import Order, Say, serve
from uploader.__main__ import main as command
from uploader.credentials import ALLOWED


class KeptKeyring(KeyringBackend):
    """By its name one of those that the uploader takes."""

    priority = 9.0
    place = Path()

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.place.write_text(json.dumps({**self._all(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        kept = self._all()
        if kept.pop(f"{service} {username}", None) is None:
            raise keyring.errors.PasswordDeleteError
        self.place.write_text(json.dumps(kept))

    def _all(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(self.place.read_text()) if self.place.exists() else {}
        return kept


def work(order: Order, say: Say) -> None:
    say(said="rc", rc=command(order["do"]))


if __name__ == "__main__":
    KeptKeyring.place = Path(sys.argv[2])
    KeptKeyring.__module__, _, KeptKeyring.__qualname__ = ALLOWED[1].rpartition(".")
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    keyring.backend.get_all_keyring()
    serve(work)
