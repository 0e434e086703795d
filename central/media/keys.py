"""Central's keys, one file each, open to central alone.

`root` (Ed25519) signs policies; desks pin it when they enrol. `receipt` (Ed25519) signs receipts.
`seal` (X25519) is what desks seal to and central opens with; there may be several, old ones stay
until the last file sealed to them is gone. `escrow` (X25519) is a second recipient of every file:
its private half (`escrow-*.offline.json`) is for a safe, and central never reads it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.media import disk
from contract.canonical import b64, unb64
from contract.envelope import Recipient
from contract.policy import PublicKey
from contract.signing import key_id

_YEARS = timedelta(days=3653)  # ten; desks refuse a key outside its span
_SUFFIX = ".key.json"


class KeysError(RuntimeError):
    """The keys are missing or cannot be used; the message says which."""


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    role: str
    kid: str
    public: str
    private: str | None = None
    not_before: datetime
    not_after: datetime

    def published(self) -> PublicKey:
        return PublicKey(
            kid=self.kid,
            public=self.public,
            not_before=self.not_before,
            not_after=self.not_after,
        )


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Every key that central works with."""

    root: Ed25519PrivateKey
    receipt: Ed25519PrivateKey
    opening: Mapping[str, X25519PrivateKey]  # kid -> key
    seal_to: tuple[PublicKey, ...]  # active and escrow
    receipt_keys: tuple[PublicKey, ...]

    @property
    def root_public(self) -> bytes:
        """What enrolment tokens carry the hash of."""
        return self.root.public_key().public_bytes_raw()

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """To whom central itself seals."""
        return tuple(key.recipient() for key in self.seal_to)


def exist(folder: Path) -> bool:
    """Whether there are keys already."""
    return any(folder.glob(f"root-*{_SUFFIX}"))


def ensure(folder: Path, now: datetime) -> None:
    """Make every key, unless they are there. The root comes last: when it is there, all are."""
    if exist(folder):
        return
    disk.write_whole(folder / "sessions.key", secrets.token_urlsafe(48).encode())
    for role in ("seal", "escrow"):
        exchange = X25519PrivateKey.generate()
        public = exchange.public_key().public_bytes_raw()
        _write(folder, role, public, exchange.private_bytes_raw(), now)
    for role in ("receipt", "root"):
        signing = Ed25519PrivateKey.generate()
        public = signing.public_key().public_bytes_raw()
        _write(folder, role, public, signing.private_bytes_raw(), now)


def load(folder: Path) -> Keys:
    """Read the keys; KeysError if one is missing."""
    files = sorted(_read(path) for path in folder.glob(f"*{_SUFFIX}"))
    held = [one for _, one in files]
    return Keys(
        root=Ed25519PrivateKey.from_private_bytes(_private(held, "root", folder)),
        receipt=Ed25519PrivateKey.from_private_bytes(_private(held, "receipt", folder)),
        opening={
            one.kid: X25519PrivateKey.from_private_bytes(unb64(one.private))
            for one in held
            if one.role == "seal" and one.private is not None
        },
        seal_to=tuple(
            one.published()
            for role in ("seal", "escrow")  # the key in use first
            for one in held
            if one.role == role
        ),
        receipt_keys=tuple(one.published() for one in held if one.role == "receipt"),
    )


def _write(folder: Path, role: str, public: bytes, private: bytes, now: datetime) -> None:
    kid = key_id(public)
    span = {"not_before": now - timedelta(days=1), "not_after": now + _YEARS}  # clocks differ
    whole = _KeyFile(role=role, kid=kid, public=b64(public), private=b64(private), **span)
    if role == "escrow":
        disk.write_whole(folder / f"{role}-{kid}.offline.json", msgspec.json.encode(whole))
        whole = msgspec.structs.replace(whole, private=None)
    disk.write_whole(folder / f"{role}-{kid}{_SUFFIX}", msgspec.json.encode(whole))


def _read(path: Path) -> tuple[str, _KeyFile]:
    try:
        return path.name, msgspec.json.decode(path.read_bytes(), type=_KeyFile)
    except (OSError, msgspec.DecodeError) as error:
        raise KeysError(f"{path} cannot be read: {error}") from error


def _private(held: list[_KeyFile], role: str, folder: Path) -> bytes:
    for one in held:
        if one.role == role and one.private is not None:
            return unb64(one.private)
    raise KeysError(f"no {role} key in {folder}: was `twinreel-central init` run?")
