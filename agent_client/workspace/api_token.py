"""The token of the local API: made at each start of the client, and readable by its user alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

TOKEN_FILE = "api-token"  # noqa: S105 -- a file's name, in the state folder
_BYTES = 32
_LONGEST = 200  # characters


def new_token(folder: Path) -> str:
    """A token that was never used, written down in place of the last one. OSError if it cannot."""
    token = secrets.token_urlsafe(_BYTES)
    draft = folder / f"{TOKEN_FILE}.new"
    with suppress(FileNotFoundError):
        draft.unlink()  # left from a crash, perhaps with other rights
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(token)
    os.replace(draft, folder / TOKEN_FILE)
    return token


def read_token(folder: Path) -> str | None:
    """The token of the client that runs, or ran last; None if there is none. OSError."""
    try:
        text = (folder / TOKEN_FILE).read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return text if 0 < len(text) <= _LONGEST else None


def forget_token(folder: Path) -> None:
    """The client ended: its token opens nothing any more."""
    with suppress(OSError):
        (folder / TOKEN_FILE).unlink()
