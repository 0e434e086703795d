"""`twinreel-agent certificate`: makes, renews and shows the certificate for localhost."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent_client.certificate import (
    AUTHORITY,
    PEM,
    Made,
    is_admin,
    machine_folder,
    make,
    read,
    user_folder,
)
from agent_client.command_table import program
from agent_client.config import Settings

GOOD = 0
NOT_GOOD = 1

_RENEW_DAYS = 60  # before its end; the client warns from 30 days on


def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int:
    """Make, renew or show it; 0 if there is a good one afterwards."""
    asked = _asked(arguments)
    folder = Path(asked.folder) if asked.folder else _usual_folder(find)
    made = read(folder)
    try:
        if asked.is_due(made):
            made = _say_made(folder, make(folder, asked.readers))
    except (OSError, LookupError, subprocess.SubprocessError) as error:
        print(f"The certificate cannot be written: {error}", file=sys.stderr)
        return NOT_GOOD
    if made is None:
        print(f"There is no certificate in {folder}; `certificate make` makes one.")
        return NOT_GOOD
    print(_shown(folder, made))
    return GOOD if made.days_left >= 0 else NOT_GOOD


def _usual_folder(find: Callable[[], Settings]) -> Path:
    """The computer's for its administrator, the user's own for others."""
    return machine_folder() if is_admin() else user_folder(find().state_dir)


def _say_made(folder: Path, made: Made) -> Made:
    print(
        "A new certificate for localhost was made. Have its authority trusted:\n"
        f"  {_how_to_trust(folder)}"
    )
    return made


def _shown(folder: Path, made: Made) -> str:
    until = made.authority.not_valid_after_utc
    left = f"{made.days_left} days" if made.days_left >= 0 else "expired"
    return "\n".join(
        (
            f"to be trusted {folder / AUTHORITY}",
            f"with its key  {folder / PEM}",
            "names         localhost, 127.0.0.1, ::1",
            f"good until    {until:%Y-%m-%d %H:%M} UTC ({left})",
            f"SHA-256       {made.fingerprint}",
        )
    )


def _how_to_trust(folder: Path) -> str:
    path = folder / AUTHORITY
    if sys.platform == "win32":
        return f'certutil -f -addstore Root "{path}"'
    if sys.platform == "darwin":
        keychain = "/Library/Keychains/System.keychain"
        return f'security add-trusted-cert -d -r trustRoot -p ssl -k {keychain} "{path}"'
    return f'certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n twinreel -i "{path}"'


@dataclass(frozen=True, slots=True)
class _Asked:
    order: str
    folder: str | None
    readers: str | None
    now: bool

    def is_due(self, made: Made | None) -> bool:
        match self.order:
            case "make":
                return made is None
            case "renew":
                return made is None or self.now or made.days_left < _RENEW_DAYS
            case _:
                return False


def _asked(arguments: Sequence[str]) -> _Asked:
    parser = argparse.ArgumentParser(
        prog=program("certificate"),
        description="Makes, renews or shows this computer's own certificate for https://localhost.",
        epilog="How to have it trusted: docs/it/client.md.",
    )
    parser.add_argument(
        "order",
        choices=("make", "renew", "show"),
        help=f"make: if there is none; renew: if it ends within {_RENEW_DAYS} days; show: only say",
    )
    parser.add_argument(
        "--folder",
        help="where it lies; else this computer's folder for administrators, "
        "and the state folder for others",
    )
    parser.add_argument(
        "--readers",
        metavar="GROUP",
        help="a group whose members' clients may read the key; else only its owner may",
    )
    parser.add_argument("--now", action="store_true", help="renew, however long it is still good")
    found = parser.parse_args(arguments)
    return _Asked(found.order, found.folder, found.readers, found.now)
