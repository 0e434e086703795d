"""What the policy asks of the core, checked once so that nothing later can stumble over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from agent_client.core.events import PolicyChanged, Source
from contract.selection import RecordingDecision, decide

_THE_AGENT = frozenset(Source) - {
    Source.WORKSPACE,
    Source.CENTRAL,
}  # others have rights of their own


@dataclass(frozen=True, slots=True)
class Rules:
    """Central's policy, in the core's own types."""

    percentage: Decimal
    salt: str
    tail: timedelta  # after-call work is recorded this long at most
    provisional: timedelta  # how long after a release AfterCallWork may still come
    length: timedelta  # of a recording, at most
    agent_may_pause: bool
    agent_may_record_now: bool
    notice: str
    agent_id: str | None  # whose percentage it is; None: anyone's
    version: int

    def decide(self, call_id: str) -> RecordingDecision:
        """Whether this call's screen is recorded."""
        decision = decide(call_id, self.percentage, self.salt)
        return replace(decision, policy_version=self.version)


def rules(event: PolicyChanged) -> Rules:
    """ValueError (or ArithmeticError, of which decimal and timedelta have several) if unusable."""
    checked = Rules(
        percentage=Decimal(event.percentage),
        salt=event.salt,
        tail=timedelta(seconds=event.tail_seconds),
        provisional=timedelta(seconds=event.provisional_wrap_up_seconds),
        length=timedelta(seconds=event.recording_seconds),
        agent_may_pause=event.agent_may_pause,
        agent_may_record_now=event.agent_may_record_now,
        notice=event.notice,
        agent_id=event.agent_id,
        version=event.version,
    )
    checked.decide("")
    return checked


def may_pause(rules: Rules | None, source: Source) -> bool:
    """Whether a pause or resume asked by this source is granted. Without a policy it is."""
    return rules is None or rules.agent_may_pause or source not in _THE_AGENT


def may_record_now(rules: Rules | None, source: Source) -> bool:
    """Whether this source may have an unselected call's screen recorded."""
    return rules is not None and (rules.agent_may_record_now or source not in _THE_AGENT)
