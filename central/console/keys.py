"""`keys`: list, rotate, retire."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import timedelta

from central.console.saying import say
from central.media import keys
from central.services import audit, key_changes
from central.services.key_changes import Listed
from central.services.site import site
from contract.canonical import utc_text


def run(asked: Namespace) -> int:
    """`keys`."""
    match asked.what, asked.name:
        case "list", None:
            return _list(asked)
        case "rotate", "seal" | "receipt" | "escrow":
            return _rotate(asked)
        case "retire", str():
            key_changes.retire(
                site(), audit.OPERATOR, asked.name, although_desks=asked.although_desks
            )
            say(asked, {"retired": asked.name}, f"Key {asked.name} is retired.")
            return 0
        case _:
            print(
                "say `keys list`, `keys rotate seal|receipt|escrow` or `keys retire KEY`. "
                "The root is not rotated: docs/admin.md, Keys",
                file=sys.stderr,
            )
            return 2


def _list(asked: Namespace) -> int:
    found = key_changes.listed(site())
    rows = [
        {
            "role": one.key.role,
            "key": one.key.kid,
            "standing": one.standing,
            "made_at": utc_text(one.key.made_at),
            "not_after": utc_text(one.key.not_after),
            "files": one.files,
        }
        for one in found
    ]
    say(asked, {"keys": rows}, "\n".join(_line(one) for one in found))
    return 0


def _line(one: Listed) -> str:
    key, files = one.key, "" if one.files is None else f"  {one.files} files"
    span = f"{key.made_at:%Y-%m-%d} to {key.not_after:%Y-%m-%d}"
    return f"{key.role:8} {key.kid}  {one.standing:9} {span}{files}"


def _rotate(asked: Namespace) -> int:
    made = key_changes.rotate(
        site(),
        audit.OPERATOR,
        asked.name,
        signs_after=timedelta(minutes=asked.signs_after),
        overlap=timedelta(days=asked.overlap),
    )
    text = f"{made.role} key {made.kid} is in use, and desks are told."
    document = {"role": made.role, "key": made.kid, "signs_from": None, "offline_half": None}
    if made.signs_from is not None:
        document["signs_from"] = utc_text(made.signs_from)
        text = f"receipt key {made.kid} signs from {document['signs_from']} on; desks are told."
    if made.role == "escrow":
        document["offline_half"] = str(keys.offline_half(site().ring.folder, made.kid))
        text += (
            f"\nPut {document['offline_half']} into the safe, beside the old one, and remove it "
            "from here."
        )
    say(asked, document, text)
    return 0
