"""How desks speak to central: paths, headers, limits, receipt, orders.

All bodies are JSON (UTF-8) unless they are bytes of a file. A desk signs in with
`Authorization: Bearer <device id>.<device secret>`. Errors are
`{"error": <code>, "detail": <sentence>}`. Every request may be repeated without harm.

| request | answer |
|---|---|
| POST /desk/enrol `Enrolment` | 201 `Enrolled` |
| GET /desk/policy (If-None-Match) | 200 signed policy + ETag, or 304 |
| POST /desk/clock `{}` | 200 `{"received_us", "sent_us"}`, central's UTC in microseconds |
| GET /desk/orders?after=N | 200 `{"orders": [Order...], "last": N}`, held up to 25 s; 204 if none |
| POST /desk/masks `Mask` | 204 |
| POST /desk/decisions `Decision` | 204 |
| POST /desk/notices `NoticeRead` | 204 |
| POST /desk/answers `OrderAnswer` | 204 |
| POST /desk/state `DeskState` | 204 |
| POST /desk/health `Health` | 204 |
| POST /desk/secret `NewSecret` | 204: from now on both secrets are let in, until the new one came |
| /desk/bridge/... | `contract.bridge` |
| OPTIONS, POST /uploads; HEAD, PATCH, DELETE /uploads/ID | tus 1.0.0 |
| POST /recordings/ID manifest | 200 signed receipt; 409 `{"missing": [name...]}`; 422 refused |
| GET /recordings/ID/receipt | 200 signed receipt, or 404 |

Uploads: `POST /uploads` carries `Idempotency-Key: <recording id>/<file name>` (file names are
`000.seg`, `001.seg`, ... and `details`), `Upload-Length`, `Repr-Digest: sha-256=:<base64>:`
(RFC 9530) and may carry the first bytes (creation-with-upload). The same key again answers with
the same Location and the present Upload-Offset; with another length or digest, 409.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

import msgspec

from contract.canonical import b64, unb64
from contract.signing import SignatureRefusedError, signed, verified

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TUS_VERSION = "1.0.0"
TUS_EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
MAX_UPLOAD = 64 * 1024**3  # bytes
UPLOAD_DAYS = 30  # an open upload is kept this long
ORDERS_HELD_SECONDS = 25
ENROL, POLICY, CLOCK, ORDERS, ANSWERS, MASKS, DECISIONS, NOTICES, STATE, HEALTH, SECRET = (
    "/desk/enrol",
    "/desk/policy",
    "/desk/clock",
    "/desk/orders",
    "/desk/answers",
    "/desk/masks",
    "/desk/decisions",
    "/desk/notices",
    "/desk/state",
    "/desk/health",
    "/desk/secret",
)
UPLOADS = "/uploads"
RECORDINGS = "/recordings"
RECEIPT_PURPOSE = "twinreel/receipt/1"
DETAILS = "details"  # the sealed file of attached data


def segment_name(index: int) -> str:
    """The file's name in the spool and in the Idempotency-Key."""
    return f"{index:03d}.seg"


def repr_digest(sha256_hex: str) -> str:
    """The value of Repr-Digest and Content-Digest (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256_hex)).decode()}:"


def parse_digest(value: str) -> str:
    """The hex SHA-256 in a Repr-Digest or Content-Digest; ValueError if it names none."""
    for part in value.split(","):
        name, _, coded = part.strip().partition("=")
        if name == "sha-256" and coded.startswith(":") and coded.endswith(":"):
            digest = base64.b64decode(coded[1:-1], validate=True)
            if len(digest) == sha256().digest_size:
                return digest.hex()
    raise ValueError(f"no sha-256 in {value!r}")


class Enrolment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A desk asks to belong to central."""

    token: str  # the secret part of the enrolment token
    device_name: str
    client_version: str


class Enrolled(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """It does now. The root key must hash to what the enrolment token says."""

    device_id: str
    device_secret: str
    root_key: str  # base64url, Ed25519


class Order(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """Central tells a desk to do something, in order of `number`."""

    number: int
    order: Literal["pause", "resume", "record-now", "upload-now", "policy-changed", "bridge"]
    issued_at: datetime
    call_id: str = ""  # it counts for this call alone; "": for whatever call there is


class OrderAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What became of a pause, resume or record-now that central ordered."""

    number: int
    granted: bool
    reason: str = ""  # a word for programs
    text: str = ""  # a sentence for people


class DeskState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What goes on at a desk now; told at each change, once a second at most.

    In a call it is told again each minute.
    """

    agent_id: str = ""
    call_id: str = ""
    doing: Literal["idle", "not-recorded", "recording", "paused", "wrap-up"] = "idle"
    since: datetime | None = None  # by central's clock


class Mask(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A span of a call in which voice must be silent; `until` is absent while it lasts.

    Sent as soon as a pause begins and again when it ends, so that central knows before the
    manifest comes, and for calls whose screen is not selected.
    """

    call_id: str
    agent_id: str
    since: datetime  # by central's clock (the desk adds its measured offset)
    until: datetime | None = None
    reason: str


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether a call's screen is recorded, with all that an auditor needs to redo the sum."""

    call_id: str
    agent_id: str
    at: datetime  # by central's clock
    selected: bool
    bucket: int
    percentage: Decimal
    salt: str
    policy_version: int  # of the policy that percentage and salt are from; 0: not known
    asked: bool = False  # a person asked for it, whatever the bucket says
    asked_by: str = ""  # by what way: tray, hotkey, bridge, api, central


class NoticeRead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An agent has read and confirmed the notice of this version."""

    version: str
    agent_id: str
    at: datetime  # by central's clock


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a desk is."""

    client_version: str
    agent_id: str
    spooled: int  # recordings not yet confirmed
    spooled_bytes: int
    quarantined: int
    problem: str  # code of the last problem, or ""
    clock_offset_us: int


class NewSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The desk made itself a new secret; the first request signed in with it ends the old one."""

    sha256: str  # of the new secret, hex


@dataclass(frozen=True, slots=True)
class Receipt:
    """Central's word that a recording is safe: each frame was opened, all survives a power cut."""

    recording_id: str
    sha256: str  # of the manifest as sent, hex
    size: int  # bytes of all its files
    stored_at: str  # UTC


def issue(receipt: Receipt, key: Ed25519PrivateKey) -> bytes:
    """The signed receipt."""
    return signed(
        RECEIPT_PURPOSE,
        {
            "recording_id": receipt.recording_id,
            "sha256": receipt.sha256,
            "size": receipt.size,
            "stored_at": receipt.stored_at,
            "durable": True,
        },
        key,
    )


def read_receipt(document: bytes, trusted: dict[str, bytes]) -> Receipt:
    """Check the signature and read; SignatureRefusedError otherwise."""
    body = verified(RECEIPT_PURPOSE, document, trusted)
    if body.pop("durable", False) is not True:
        raise SignatureRefusedError("a receipt that does not say durable")
    try:
        return msgspec.convert(body, Receipt)
    except msgspec.ValidationError as error:
        raise SignatureRefusedError(f"the receipt cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class EnrolmentToken:
    """What IT installs with: where central's root of trust is, and a secret to enrol once."""

    root_sha256: str  # hex
    secret: str

    def __str__(self) -> str:
        """TR1.<root hash>.<secret>."""
        return f"TR1.{b64(bytes.fromhex(self.root_sha256))}.{self.secret}"

    @classmethod
    def parse(cls, text: str) -> EnrolmentToken:
        """Undo `str`; ValueError says what is wrong with it."""
        parts = text.strip().split(".")
        match parts:
            case ["TR1", root, secret] if secret:
                root_sha256 = unb64(root)
                if len(root_sha256) == sha256().digest_size:
                    return cls(root_sha256.hex(), secret)
        raise ValueError("an enrolment token looks like TR1.<43 characters>.<secret>")

    def fits(self, root_key: bytes) -> bool:
        """Whether this is the root key that the token was made for."""
        return sha256(root_key).hexdigest() == self.root_sha256
