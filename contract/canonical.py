"""One way to write JSON, so that a digest or a signature means the same everywhere."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta


def canonical(document: object) -> bytes:
    """UTF-8 JSON, keys sorted, no blanks, non-ASCII kept, NaN refused (after RFC 8785)."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def b64(data: bytes) -> str:
    """Base64url without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Undo `b64`; ValueError on anything that `b64` would not have written."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise ValueError("not canonical base64url")
    return data


def utc_text(moment: datetime) -> str:
    """2026-11-22T06:17:15.183000Z: aware UTC, always six digits."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc(text: str) -> datetime:
    """Undo `utc_text`; also takes any RFC 3339 time with an offset. ValueError without one."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a time without an offset: {text}")
    return moment.astimezone(UTC)


def microseconds(length: timedelta) -> int:
    """The unit of every length in our JSON."""
    return length // timedelta(microseconds=1)
