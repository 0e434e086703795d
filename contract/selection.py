"""Whether a call's screen is recorded: a sum that anyone can redo.

    bucket   = the first 8 bytes of SHA-256(salt 0x00 call_id), as a fraction of 10,000
    selected = bucket < percentage * 100

The same call gives the same answer at every desk and after every restart, and raising the
percentage never drops a call that was selected before.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

BUCKETS = 10_000  # two decimals of a percent


@dataclass(frozen=True, slots=True)
class RecordingDecision:
    """The outcome and what it was computed from, kept so that an auditor can redo the sum."""

    selected: bool
    bucket: int  # 0..9999
    percentage: Decimal  # 0.00..100.00
    salt: str
    asked: bool = False  # a person asked for it (dynamic selection), whatever the bucket says
    asked_by: str = ""  # by what way: tray, hotkey, bridge, api, central; "" if nobody did
    policy_version: int = 0  # of the policy that percentage and salt are from; 0: not said


def bucket_of(call_id: str, salt: str) -> int:
    """0..9999, evenly spread over call ids."""
    digest = sha256(salt.encode() + b"\x00" + call_id.encode()).digest()
    return int.from_bytes(digest[:8]) * BUCKETS >> 64


def decide(call_id: str, percentage: Decimal, salt: str) -> RecordingDecision:
    """ValueError if the percentage is outside 0..100 or finer than two decimals."""
    threshold = percentage * 100
    if (
        not threshold.is_finite()
        or not 0 <= threshold <= BUCKETS
        or threshold != threshold.to_integral_value()
    ):
        raise ValueError(f"not a percentage with two decimals: {percentage}")
    bucket = bucket_of(call_id, salt)
    return RecordingDecision(bucket < threshold, bucket, percentage, salt)
