"""Who may do what to which recordings: roles, actions, and the part of the organisation they cover.

A person holds grants: a role within a unit, which covers all units below it ("/sales" covers
"/sales/north"). The table is the whole truth; nothing else in central asks about roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What someone is here for. Duties are kept apart: who keeps the keys plays nothing."""

    AGENT = "agent"  # own recordings only
    SUPERVISOR = "supervisor"
    QUALITY_MANAGER = "quality-manager"
    COMPLIANCE_OFFICER = "compliance-officer"
    RETENTION_ADMIN = "retention-admin"
    SECURITY_ADMIN = "security-admin"
    AUDITOR = "auditor"
    ADMIN = "admin"  # runs central


class Action(StrEnum):
    """What may be done."""

    SEARCH = "search"
    PLAY = "play"
    EXPORT = "export"
    LEGAL_HOLD = "legal-hold"
    SEE_REFUSED = "see-refused"  # files that central would not take
    SEE_AUDIT = "see-audit"
    SEE_DECISIONS = "see-decisions"  # whether each call's screen was to be recorded, and why
    SEE_LIVE = "see-live"  # which calls go on now
    DIRECT = "direct"  # pause a call that goes on, resume it, have its screen recorded
    MANAGE_PEOPLE = "manage-people"
    MANAGE_DESKS = "manage-desks"
    MANAGE_POLICY = "manage-policy"


_GRANTED: dict[Role, frozenset[Action]] = {
    Role.AGENT: frozenset({Action.SEARCH, Action.PLAY}),
    Role.SUPERVISOR: frozenset({Action.SEARCH, Action.PLAY, Action.SEE_LIVE, Action.DIRECT}),
    Role.QUALITY_MANAGER: frozenset({Action.SEARCH, Action.PLAY}),
    Role.COMPLIANCE_OFFICER: frozenset(
        {
            Action.SEARCH,
            Action.PLAY,
            Action.EXPORT,
            Action.LEGAL_HOLD,
            Action.SEE_AUDIT,
            Action.SEE_DECISIONS,
            Action.SEE_LIVE,
            Action.DIRECT,
        }
    ),
    Role.RETENTION_ADMIN: frozenset({Action.SEARCH, Action.MANAGE_POLICY}),
    Role.SECURITY_ADMIN: frozenset({Action.MANAGE_PEOPLE, Action.MANAGE_DESKS}),
    Role.AUDITOR: frozenset({Action.SEE_AUDIT}),
    Role.ADMIN: frozenset(
        {
            Action.SEARCH,
            Action.SEE_REFUSED,
            Action.SEE_AUDIT,
            Action.SEE_DECISIONS,
            Action.SEE_LIVE,
            Action.MANAGE_PEOPLE,
            Action.MANAGE_DESKS,
            Action.MANAGE_POLICY,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a unit."""

    role: Role
    unit: str  # path, "/" is all


@dataclass(frozen=True, slots=True)
class Who:
    """A person, as far as rights go."""

    name: str
    grants: tuple[Grant, ...]
    agent_id: str = ""  # whose calls are this person's own; "" if none


@dataclass(frozen=True, slots=True)
class Scope:
    """Which recordings: those of these units and below, and those of this agent."""

    units: tuple[str, ...]
    agent_id: str = ""

    def covers(self, unit: str, agent_id: str) -> bool:
        """Whether a recording of this unit and agent is among them."""
        if self.agent_id and agent_id == self.agent_id:
            return True
        return any(within(unit, one) for one in self.units)


def within(unit: str, of: str) -> bool:
    """Whether a unit is another, or below it."""
    return unit == of or unit.startswith(of.rstrip("/") + "/")


def scope(who: Who, action: Action) -> Scope:
    """Where a person may do this; for lists and searches."""
    granted = [grant for grant in who.grants if action in _GRANTED[grant.role]]
    units = {grant.unit for grant in granted if grant.role is not Role.AGENT}
    own = any(grant.role is Role.AGENT for grant in granted)
    return Scope(tuple(sorted(units)), who.agent_id if own else "")


def may(who: Who, action: Action, unit: str = "/", agent_id: str = "") -> bool:
    """Whether a person may do this to a recording of this unit and agent."""
    return scope(who, action).covers(unit, agent_id)


def may_anywhere(who: Who, action: Action) -> bool:
    """Whether there is anything at all to which a person may do this."""
    found = scope(who, action)
    return bool(found.units or found.agent_id)


def roles_of(grants: Iterable[Grant]) -> str:
    """For the audit: the roles in force, in words."""
    return ", ".join(f"{grant.role.value} of {grant.unit}" for grant in grants)
