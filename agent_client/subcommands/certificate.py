"""`twinreel-agent certificate`: makes, renews, shows and removes the certificate for localhost."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent_client.certificate import (
    AUTHORITY,
    Fresh,
    Made,
    is_admin,
    is_ours,
    keep,
    make,
    prepare,
    read,
    remove,
)
from agent_client.certificate_folders import PEM, machine_folder, user_folder
from agent_client.command_table import program
from agent_client.config import Settings
from agent_client.trust import BROWSER_POLICY, CannotTrust, TrustStore, this_store

GOOD = 0
NOT_GOOD = 1
UNTRUSTED = 3  # there is a good one, and the system's store does not take its authority

_RENEW_DAYS = 60  # before its end; the client warns from 30 days on


def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int:
    """Make, renew, show or remove it; 0 if there is a good one afterwards, and trusted if asked."""
    asked = _asked(arguments)
    folder = Path(asked.folder) if asked.folder else _usual_folder(find)
    store = this_store(machine=is_admin()) if asked.trust else None
    try:
        if asked.order == "remove":
            return _remove(folder, store)
        if store is not None:
            return _trusted(asked, folder, store)
        made = read(folder)
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


def _trusted(asked: _Asked, folder: Path, store: TrustStore) -> int:
    """Trust first, then put it there: what is refused leaves browsers with the former one.

    One that somebody else put there is never trusted; it is made anew.
    """
    former = read(folder)
    known = former if former and former.is_for_localhost_alone and is_ours(folder) else None
    made, refusal = known, ""
    try:
        if known is None or asked.is_due(known):
            fresh = prepare()
            made, refusal = _exchange(folder, store, fresh, known, asked.readers)
        elif not store.trusts(known.authority):
            store.add(known.authority)
    except CannotTrust as error:
        refusal = str(error)
    if made is None:  # pragma: no cover -- it was made, or stayed
        return NOT_GOOD
    print(_shown(folder, made))
    if refusal:
        print(f"Its authority is not trusted here: {refusal}", file=sys.stderr)
        return UNTRUSTED
    print("trusted       yes")
    if advice := store.advice(folder, made.authority):
        print(advice)
    return GOOD


def _exchange(
    folder: Path, store: TrustStore, fresh: Fresh, known: Made | None, readers: str | None
) -> tuple[Made, str]:
    """What lies there afterwards, and why it is not trusted, or ""."""
    refusal = ""
    try:
        store.add(fresh.made.authority)
    except CannotTrust as error:
        refusal = str(error)
        if known is not None and known.days_left >= 0 and store.trusts(known.authority):
            return known, f"a new one was refused, so the former one stays: {refusal}"
    keep(folder, fresh, readers)
    if known is not None:
        _no_longer(store, known)
    return fresh.made, refusal


def _no_longer(store: TrustStore, former: Made) -> None:
    """That it is still trusted does no harm: nothing is left that could sign for it."""
    try:
        store.remove(former.authority)
    except CannotTrust as error:
        print(f"The former authority is still in the store: {error}", file=sys.stderr)


def _remove(folder: Path, store: TrustStore | None) -> int:
    made = read(folder)
    if made is not None and store is not None:
        try:
            store.remove(made.authority)
        except CannotTrust as error:
            print(f"Its authority is still trusted: {error}", file=sys.stderr)
            return UNTRUSTED
    remove(folder, BROWSER_POLICY)
    print(f"There is no certificate in {folder} any more.")
    return GOOD


def _usual_folder(find: Callable[[], Settings]) -> Path:
    """The computer's for its administrator, the user's own for others."""
    return machine_folder() if is_admin() else user_folder(find().state_dir)


def _say_made(folder: Path, made: Made) -> Made:
    print(
        "A new certificate for localhost was made. Have its authority trusted (or say --trust):\n"
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
    trust: bool

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
        description="Makes, renews, shows or removes this computer's own certificate for https://localhost.",
        epilog="How to have it trusted: docs/it/client.md.",
    )
    parser.add_argument(
        "order",
        choices=("make", "renew", "show", "remove"),
        help=f"make: if there is none; renew: if it ends within {_RENEW_DAYS} days; show: only "
        "say; remove: take it away",
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
    parser.add_argument(
        "--trust",
        action="store_true",
        help="have its authority trusted, too: by this computer for administrators, by yourself "
        "for others; the former one no longer is",
    )
    found = parser.parse_args(arguments)
    return _Asked(found.order, found.folder, found.readers, found.now, found.trust)
