"""Redoing a desk's decision whether a call's screen is recorded, from the policy in force then."""

from __future__ import annotations

from contract.policy import Policy
from contract.protocol import Decision
from contract.selection import decide

_BY_THE_AGENT = frozenset({"tray", "hotkey", "bridge", "api"})


def fault(said: Decision, policy: Policy | None) -> str:
    """What differs from the sum redone, in a sentence; "" if nothing does.

    `policy` is the version that the desk names; None if there is no such version.
    """
    if policy is None:
        return f"policy version {said.policy_version} was never issued here"
    percentage = policy.percentage_for(said.agent_id)
    if said.percentage != percentage:
        return f"the policy said {percentage} % for this agent, the desk {said.percentage} %"
    if said.salt != policy.selection.salt:
        return "the policy had another salt"
    redone = decide(said.call_id, percentage, policy.selection.salt)
    if said.bucket != redone.bucket:
        return f"the bucket is {redone.bucket}, the desk says {said.bucket}"
    if said.asked:
        if said.asked_by in _BY_THE_AGENT and not policy.pausing.agent_may_record_now:
            return f"asked for by {said.asked_by}, which the policy does not allow"
        return "" if said.selected else "asked for, and not selected"
    if said.selected != redone.selected:
        words = "selects this call, the desk did not"
        return f"the sum {words}" if redone.selected else "the desk selected what the sum does not"
    return ""
