"""The audit: what an entry says, and the chain that shows when one was changed or lost.

    h_0 = 32 zero bytes
    h_i = SHA-256(0x00 | u64 i, big-endian | h_(i-1) | SHA-256(entry i))

An entry is canonical JSON. The chain proves nothing to those who do not trust its keeper unless the
newest hash leaves the host from time to time, because a chain that lost its tail is a whole one:
central writes it to its log, each hour and at every start, and `audit export` prints it last.
`audit verify --head` tells whether what was once the newest entry still stands.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from contract.canonical import canonical, utc_text

START = bytes(32).hex()
_HEAD = struct.Struct(">BQ")


class AuditTag(StrEnum):
    """What was done, as <subject>:<act>. A tag that is no longer used stays, for old entries."""

    CENTRAL_FIRST_RUN = "central:first-run"
    CENTRAL_STARTED = "central:started"
    PERSON_SIGNED_IN = "person:signed-in"
    PERSON_SIGNED_OUT = "person:signed-out"
    PERSON_SIGN_IN_REFUSED = "person:sign-in-refused"
    PERSON_CREATED = "person:created"
    PERSON_PASSWORD_SET = "person:password-set"  # noqa: S105 - a tag
    AGENT_PLACED = "agent:placed"
    AGENT_GROUPED = "agent:grouped"
    TOKEN_CREATED = "desk:token-created"  # noqa: S105 - a tag
    TOKEN_REVOKED = "desk:token-revoked"  # noqa: S105 - a tag
    DESK_ENROLLED = "desk:enrolled"
    DESK_REFUSED = "desk:refused"
    DESK_REVOKED = "desk:revoked"
    DESK_SECRET_OFFERED = "desk:secret-offered"  # noqa: S105 - a tag
    DESK_SECRET_CHANGED = "desk:secret-changed"  # noqa: S105 - a tag
    DESK_COPY_REFUSED = "desk:copy-refused"  # it came with a secret that the desk had before
    DESK_ORDERED = "desk:ordered"
    ORDER_ANSWERED = "desk:order-answered"
    PAGE_PAIRED = "desk:page-paired"  # a page inside Workspace, by a code typed at the desk
    NOTICE_READ = "agent:notice-read"
    NOTICES_SEEN = "agent:notices-seen"
    DESKS_SEEN = "desk:seen"
    IMPORT_KEY_CREATED = "voice:import-key-created"
    IMPORT_KEY_REVOKED = "voice:import-key-revoked"
    POLICY_CHANGED = "policy:changed"
    KEY_ROTATED = "key:rotated"
    KEY_RETIRED = "key:retired"
    RECORDING_RECEIVED = "recording:received"
    RECORDING_REFUSED = "recording:refused"
    RECORDING_DAMAGED = "recording:damaged"  # a file came whole and was not the one promised
    VOICE_RECEIVED = "voice:received"
    CALL_MASKED = "call:masked"
    CALL_DECIDED = "call:decided"  # whether its screen is recorded
    CALL_DIRECTED = "call:directed"  # a supervisor paused it, resumed it, had it recorded
    CALLS_WATCHED = "call:watched"  # which calls go on now
    DECISIONS_SEEN = "call:decisions-seen"
    FILM_MADE = "film:made"
    CALLS_SEARCHED = "call:searched"
    FILM_OPENED = "film:opened"  # the player's page, with all that stands on it
    FILM_PLAYED = "film:played"  # written before its first byte is sent
    FILM_STREAMED = "film:streamed"  # which bytes, once the viewing is over
    FILM_EXPORTED = "film:exported"
    REFUSED_SEEN = "recording:refused-seen"
    AUDIT_SEEN = "audit:seen"
    AUDIT_EXPORTED = "audit:exported"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, and from where."""

    kind: str  # "person", "desk", "importer", "central", "operator" (at central's command line)
    name: str
    roles: str = ""  # in force at that time
    address: str = ""
    session: str = ""  # a hash that tells sessions apart and opens none


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in the chain."""

    seq: int
    entry: str
    hash: str


def entry_text(  # noqa: PLR0913 - an entry is who, what, which, when, how it ended, and details
    at: datetime,
    tag: AuditTag,
    actor: Actor,
    subject: str,
    details: Mapping[str, Any],
    *,
    allowed: bool,
) -> str:
    """An entry, as it is kept and hashed."""
    return canonical(
        {
            "at": utc_text(at),
            "tag": tag.value,
            "actor": {
                "kind": actor.kind,
                "name": actor.name,
                "roles": actor.roles,
                "address": actor.address,
                "session": actor.session,
            },
            "subject": subject,
            "allowed": allowed,
            "details": dict(details),
        }
    ).decode()


def chained(previous: Link | None, entry: str) -> Link:
    """The entry as the next one after `previous`."""
    seq = previous.seq + 1 if previous else 1
    before = bytes.fromhex(previous.hash if previous else START)
    return Link(seq, entry, _hash(seq, before, entry))


def faults(links: Iterable[Link]) -> Iterable[str]:
    """What is wrong with a chain read from its start, in sentences; nothing if it holds.

    After a broken entry the sum goes on from the hash that is kept there, so that each fault is
    named once.
    """
    expected, before = 1, bytes.fromhex(START)
    for link in links:
        if link.seq != expected:
            yield f"entry {link.seq} follows {expected - 1}: something is missing between"
        if _hash(link.seq, before, link.entry) != link.hash:
            yield f"entry {link.seq} is not what was chained"
        try:
            json.loads(link.entry)
        except ValueError:
            yield f"entry {link.seq} is not JSON"
        expected, before = link.seq + 1, _kept(link.hash)


def _kept(text: str) -> bytes:
    """The hash that is kept; whatever else stands there was not chained, and nothing follows it."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _hash(seq: int, before: bytes, entry: str) -> str:
    return sha256(_HEAD.pack(0, seq) + before + sha256(entry.encode()).digest()).hexdigest()
