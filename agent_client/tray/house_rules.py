"""What the policy asks of the tray, in the tray's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.policy import Policy


@dataclass(frozen=True, slots=True)
class HouseRules:
    """How this company wants its agents told."""

    remind_after: timedelta | None = None  # of a pause; None: never
    consent_version: str = ""  # of the text below
    consent_text: str = ""  # each agent reads and confirms it once; "": there is none
    pill: bool = False  # a small window while a screen is recorded

    @classmethod
    def of(cls, policy: Policy) -> HouseRules:
        """What this policy says of them."""
        remind = policy.pausing.remind_seconds
        return cls(
            remind_after=timedelta(seconds=remind) if remind else None,
            consent_version=policy.desk.consent_version,
            consent_text=policy.desk.consent_text,
            pill=policy.desk.pill,
        )

    @property
    def asks_consent(self) -> bool:
        """Whether there is something to be read and confirmed."""
        return bool(self.consent_version and self.consent_text.strip())
