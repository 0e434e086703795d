"""Central's keys, one file each, open to central alone.

`root` (Ed25519) signs policies; desks pin it when they enrol. `receipt` (Ed25519) signs receipts.
`seal` (X25519) is what desks seal to and central opens with. `escrow` (X25519) is a second
recipient of every file: its private half (`escrow-*.offline.json`) is for a safe, and central
never reads it.

Of each role but the root there may be several: the newest is in use. Older seal keys open what was
sealed to them, until they are retired. A new receipt key is published before it signs, and the one
before it stays published for a while, because desks believe only the keys that the policy which
they hold names. A retired key's file stays without its private half, so that its name is known.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.media import disk
from contract.canonical import b64, unb64
from contract.envelope import Recipient
from contract.policy import PublicKey
from contract.signing import key_id

Role = Literal["seal", "receipt", "escrow"]
ROLES: tuple[Role, ...] = ("seal", "receipt", "escrow")
_YEARS = timedelta(days=3653)  # ten; desks refuse a key outside its span
_CLOCKS_DIFFER = timedelta(days=1)  # a key counts from so long before it was made
_SUFFIX = ".key.json"


class KeysError(RuntimeError):
    """The keys are missing or cannot be used; the message says which."""


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One key, as its file says."""

    role: str
    kid: str
    public: str
    private: str | None = None
    not_before: datetime
    not_after: datetime
    signs_from: datetime | None = None  # of a receipt key; until then the one before it signs
    before_until: datetime | None = None  # the receipt key before this one is published until then
    retired_at: datetime | None = None  # its private half is gone

    @property
    def made_at(self) -> datetime:
        """When it took the place of the one before."""
        return self.not_before + _CLOCKS_DIFFER

    def published(self) -> PublicKey:
        """As desks are told of it."""
        return PublicKey(
            kid=self.kid,
            public=self.public,
            not_before=self.not_before,
            not_after=self.not_after,
            escrow=self.role == "escrow",
        )

    def __repr__(self) -> str:
        return f"Key({self.role} {self.kid})"


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Every key that central works with."""

    root: Ed25519PrivateKey
    held: tuple[Key, ...]  # by age, the oldest first
    opening: Mapping[str, X25519PrivateKey]  # kid -> key

    @property
    def root_public(self) -> bytes:
        """What enrolment tokens carry the hash of."""
        return self.root.public_key().public_bytes_raw()

    @property
    def seal_to(self) -> tuple[PublicKey, ...]:
        """The seal key in use, and the escrow key."""
        return (self.newest("seal").published(), self.newest("escrow").published())

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """To whom central itself seals."""
        return tuple(key.recipient() for key in self.seal_to)

    @property
    def kids(self) -> frozenset[str]:
        """The names of all, those of retired keys among them."""
        return frozenset(one.kid for one in self.held)

    def newest(self, role: str) -> Key:
        """The key in use, or the receipt key that will be."""
        return self._of(role)[-1]

    def successor(self, key: Key) -> Key | None:
        """The key that took its place; None if none did."""
        younger = [one for one in self._of(key.role) if one.not_before > key.not_before]
        return younger[0] if younger else None

    def receipt_keys(self, now: datetime) -> tuple[PublicKey, ...]:
        """Whose receipts desks are to believe: the newest first."""
        found = []
        for key in reversed(self._of("receipt")):
            after = self.successor(key)
            until = now if after is None else after.before_until or after.made_at
            if key.retired_at is None and (after is None or now < until):
                found.append(key.published())
        return tuple(found)

    def receipt(self, now: datetime) -> Ed25519PrivateKey:
        """What signs receipts at this time."""
        able = [key for key in self._of("receipt") if key.private is not None]
        begun = [key for key in able if key.signs_from is None or key.signs_from <= now]
        return Ed25519PrivateKey.from_private_bytes(_private((begun or able)[-1]))

    def _of(self, role: str) -> tuple[Key, ...]:
        return tuple(one for one in self.held if one.role == role)


def exist(folder: Path) -> bool:
    """Whether there are keys already."""
    return any(folder.glob(f"root-*{_SUFFIX}"))


def ensure(folder: Path, now: datetime) -> None:
    """Make every key, unless they are there. The root comes last: when it is there, all are."""
    if exist(folder):
        return
    disk.write_whole(folder / "sessions.key", secrets.token_urlsafe(48).encode())
    for role in ("seal", "escrow", "receipt", "root"):
        _make(folder, role, now)


def load(folder: Path) -> Keys:
    """Read the keys; KeysError if one is missing."""
    held = sorted(
        (_read(path) for path in folder.glob(f"*{_SUFFIX}")),
        key=lambda one: (one.not_before, one.kid),
    )
    roots = [one for one in held if one.role == "root"]
    for role in ("root", *ROLES):
        usable = role == "escrow" or any(one.private for one in held if one.role == role)
        if not usable or all(one.role != role for one in held):
            raise KeysError(f"no {role} key in {folder}: was `twinreel-central init` run?")
    return Keys(
        root=Ed25519PrivateKey.from_private_bytes(_private(roots[0])),
        held=tuple(held),
        opening={
            one.kid: X25519PrivateKey.from_private_bytes(_private(one))
            for one in held
            if one.role == "seal" and one.private is not None
        },
    )


class Ring:
    """The keys as they are now: read again when one was added or changed, by whatever process."""

    def __init__(self, folder: Path) -> None:
        """KeysError if one is missing."""
        self.folder = folder
        self._seen = _prints(folder)
        self._keys = load(folder)

    @property
    def keys(self) -> Keys:
        """All of them; KeysError if one is missing now."""
        seen = _prints(self.folder)
        if seen != self._seen:
            self._keys = load(self.folder)
            self._seen = seen
        return self._keys


def rotate(
    folder: Path, role: Role, now: datetime, *, signs_after: timedelta, overlap: timedelta
) -> Key:
    """Make a new key, which takes the place of the newest of its role.

    A receipt key signs only after `signs_after`; the one before is published until `overlap`
    after that. Nothing else is changed, so that there is no half of it.
    """
    if role != "receipt":
        return _make(folder, role, now)
    begins = now + signs_after
    return _make(folder, role, now, signs_from=begins, before_until=begins + overlap)


def retire(folder: Path, kid: str, now: datetime) -> None:
    """Destroy the private half of a key that another took the place of. KeysError if it is not."""
    keys = load(folder)
    key = next((one for one in keys.held if one.kid == kid), None)
    if key is None or key.role == "root":
        raise KeysError(f"there is no key {kid} that can be retired")
    if keys.successor(key) is None:
        raise KeysError(f"{key.role} key {kid} is in use: run `keys rotate {key.role}` first")
    retired = msgspec.structs.replace(key, private=None, retired_at=key.retired_at or now)
    disk.write_whole(folder / f"{key.role}-{kid}{_SUFFIX}", msgspec.json.encode(retired))


def _make(
    folder: Path,
    role: str,
    now: datetime,
    *,
    signs_from: datetime | None = None,
    before_until: datetime | None = None,
) -> Key:
    made = X25519PrivateKey if role in {"seal", "escrow"} else Ed25519PrivateKey
    private = made.generate()
    public = private.public_key().public_bytes_raw()
    whole = Key(
        role=role,
        kid=key_id(public),
        public=b64(public),
        private=b64(private.private_bytes_raw()),
        not_before=now - _CLOCKS_DIFFER,
        not_after=now + _YEARS,
        signs_from=signs_from,
        before_until=before_until,
    )
    if role == "escrow":
        disk.write_whole(offline_half(folder, whole.kid), msgspec.json.encode(whole))
        whole = msgspec.structs.replace(whole, private=None)
    disk.write_whole(folder / f"{role}-{whole.kid}{_SUFFIX}", msgspec.json.encode(whole))
    return whole


def offline_half(folder: Path, kid: str) -> Path:
    """Where an escrow key's private half lies until somebody puts it into a safe."""
    return folder / f"escrow-{kid}.offline.json"


def _read(path: Path) -> Key:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Key)
    except (OSError, msgspec.DecodeError) as error:
        raise KeysError(f"{path} cannot be read: {error}") from error


def _private(key: Key) -> bytes:
    if key.private is None:
        raise KeysError(f"{key.role} key {key.kid} has no private half here")
    return unb64(key.private)


def _prints(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What differs when a key was added or written anew."""
    return tuple(
        sorted(
            (path.name, (found := path.stat()).st_ino, found.st_mtime_ns)
            for path in folder.glob(f"*{_SUFFIX}")
        )
    )
