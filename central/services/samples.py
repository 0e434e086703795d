"""People and agents to try central with. Not for a central that keeps real calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from central.core.access import Role
from central.core.audit import Actor
from central.services import people

_NORTH, _SOUTH = "/sales/north", "/sales/south"
_PEOPLE: tuple[tuple[str, str, tuple[tuple[Role, str], ...]], ...] = (
    ("ada.admin", "Ada Adler", ((Role.ADMIN, "/"), (Role.SECURITY_ADMIN, "/"))),
    ("sam.supervisor", "Sam Sørensen", ((Role.SUPERVISOR, _NORTH),)),
    ("quinn.quality", "Quinn Quiroga", ((Role.QUALITY_MANAGER, "/sales"),)),
    ("casey.compliance", "Casey Castellanos", ((Role.COMPLIANCE_OFFICER, "/"),)),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A person, with the password that is shown once."""

    name: str
    full_name: str
    roles: tuple[str, ...]
    password: str


def people_and_agents(actor: Actor, agents: Sequence[str]) -> list[Sample]:
    """Make them: all agents in the north but the last, who is in the south, if there are several.

    Conflict if they were made before.
    """
    made = []
    with transaction.atomic():
        for place, agent_id in enumerate(agents):
            last_of_several = place and place == len(agents) - 1
            people.place_agent(actor, agent_id, _SOUTH if last_of_several else _NORTH)
        for name, full_name, grants in _PEOPLE:
            password = people.new_password()
            people.create(actor, name, full_name, password, grants)
            roles = tuple(f"{role.value} of {unit}" for role, unit in grants)
            made.append(Sample(name, full_name, roles, password))
    return made
