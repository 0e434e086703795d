"""`secret`: keep a password in the keyring that no file may hold."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from uploader.commands.adding import Commands, command
from uploader.commands.exits import FAILED, MISTAKEN, OK
from uploader.config import Settings
from uploader.credentials import CLIENT_KEY, PROXY, KeyringUnavailableError, Secrets, Vault
from uploader.service.carrying import own_secrets, own_state

_WHAT = {
    PROXY: "the proxy's password, for network.proxy_user",
    CLIENT_KEY: "the password of network.client_key",
}
_LONGEST = 1024  # characters; Windows' keyring takes little more


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(
        commands,
        "secret",
        "Keep a password in the keyring. It is asked for, or read from standard input.",
    )
    parser.add_argument(
        "name",
        choices=tuple(_WHAT),
        help="; ".join(f"{name}: {what}" for name, what in _WHAT.items()),
    )
    parser.add_argument("--forget", action="store_true", help="remove it from the keyring")
    parser.add_argument(
        "--service",
        dest="for_machine",
        action="store_true",
        help="for the machine's uploader: among its own secrets, not in a keyring; as root",
    )
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace, secrets: Secrets | None = None) -> int:
    """Keep it, or forget it. `secrets`: other than this user's keyring."""
    if asked.for_machine:
        kept: Secrets = own_secrets(own_state(settings, os.environ))
    else:
        kept = secrets or Vault(f"Twinreel {settings.desk.central.url}")
    try:
        if asked.forget:
            kept.remove(asked.name)
            print("forgotten")
            return OK
        password = _read(_WHAT[asked.name])
        if not password or len(password) > _LONGEST or not password.isprintable():
            print("that is no password: nothing is changed", file=sys.stderr)
            return MISTAKEN
        kept.write(asked.name, password)
    except KeyringUnavailableError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return FAILED
    where = "for the machine's service" if asked.for_machine else "in the keyring"
    print(f"kept {where}; the uploader uses it from the next connection on")
    return OK


def _read(what: str) -> str:
    """Typed without being shown; else the first line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}: ")
    return sys.stdin.readline().rstrip("\r\n")
