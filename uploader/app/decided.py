"""A desk's decision, from the client's words into central's."""

from __future__ import annotations

from contract.protocol import Decision
from uploader.desk import Decided


def decision_of(message: Decided) -> Decision:
    """As central is told."""
    return Decision(
        call_id=message.call_id,
        agent_id=message.agent_id,
        at=message.at,
        selected=message.selected,
        bucket=message.bucket,
        percentage=message.percentage,
        salt=message.salt,
        policy_version=message.policy_version,
        asked=message.asked,
        asked_by=message.asked_by,
    )
