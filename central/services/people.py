"""People: who signs in, with which roles, and which agents belong to which unit."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from django.db import transaction

from central.core.access import Role
from central.core.audit import Actor, AuditTag
from central.services import audit
from central.services.errors import Conflict, NotFound, Unusable
from central.store.models import Agent, Grant, Membership, Person, Unit

_PATH = re.compile(r"(/[^/]+)+")
_GROUP = 100  # characters, as the column
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike


def new_password() -> str:
    """Twenty characters in groups of five, for reading aloud: about 115 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def is_unit(path: str) -> bool:
    """Whether this is a unit's path, there or not."""
    return path == "/" or _PATH.fullmatch(path) is not None


def unit(path: str, name: str = "") -> Unit:
    """The unit at this path; it and those above it are made if they are not there.

    Unusable if it is no path.
    """
    if not is_unit(path):
        raise Unusable(f"not a unit's path, as /sales/north: {path}")
    made, _ = Unit.objects.get_or_create(
        path=path, defaults={"name": name or path.rsplit("/", 1)[-1] or "Everyone"}
    )
    if path != "/":
        unit(path.rsplit("/", 1)[0] or "/")
    return made


def create(  # noqa: PLR0913 - a person is all of these
    actor: Actor,
    name: str,
    full_name: str,
    password: str,
    grants: Iterable[tuple[Role, str]],
    *,
    agent_id: str = "",
) -> Person:
    """A person who may sign in; Conflict if the name is taken."""
    with transaction.atomic():
        if Person.objects.filter(name=name).exists():
            raise Conflict(f"there is a person {name} already")
        person = Person.objects.create_person(name, full_name, password, agent_id)
        held = [Grant(person=person, role=role.value, unit=unit(path)) for role, path in grants]
        Grant.objects.bulk_create(held)
        audit.record(
            AuditTag.PERSON_CREATED, actor, name, {"grants": [str(grant) for grant in held]}
        )
    return person


def reset_password(actor: Actor, name: str) -> str:
    """A new password, shown once; NotFound if there is no such person."""
    password = new_password()
    with transaction.atomic():
        person = Person.objects.filter(name=name).first()
        if person is None:
            raise NotFound(f"no person {name}")
        person.set_password(password)
        person.save(update_fields=["password"])
        audit.record(AuditTag.PERSON_PASSWORD_SET, actor, name)
    return password


def place_agent(actor: Actor, agent_id: str, path: str, name: str = "") -> Agent:
    """Say which unit an agent belongs to; their next recordings are filed there."""
    with transaction.atomic():
        agent, _ = Agent.objects.update_or_create(
            agent_id=agent_id, defaults={"unit": unit(path), "name": name}
        )
        audit.record(AuditTag.AGENT_PLACED, actor, agent_id, {"unit": path})
    return agent


def group_agent(actor: Actor, agent_id: str, groups: Iterable[str]) -> Agent:
    """Say which groups an agent belongs to, all of them; Unusable if one has no name.

    An agent that nobody has placed belongs to the unit of all.
    """
    wanted = sorted({one.strip() for one in groups})
    if any(not one or len(one) > _GROUP or not one.isprintable() for one in wanted):
        raise Unusable(f"a group's name is 1 to {_GROUP} printable characters")
    with transaction.atomic():
        agent, _ = Agent.objects.get_or_create(agent_id=agent_id, defaults={"unit": unit("/")})
        agent.memberships.exclude(group__in=wanted).delete()
        held = set(agent.memberships.values_list("group", flat=True))
        Membership.objects.bulk_create(
            Membership(agent=agent, group=one) for one in wanted if one not in held
        )
        audit.record(AuditTag.AGENT_GROUPED, actor, agent_id, {"groups": wanted})
    return agent


def agent_groups() -> dict[str, tuple[str, ...]]:
    """Every agent's groups, for the policy."""
    found: dict[str, list[str]] = {}
    rows = Membership.objects.order_by("agent_id", "group").values_list("agent_id", "group")
    for agent_id, group in rows:
        found.setdefault(agent_id, []).append(group)
    return {agent_id: tuple(groups) for agent_id, groups in found.items()}


def unit_of(agent_id: str) -> str:
    """The unit's path; "/" for an agent that nobody has placed."""
    agent = Agent.objects.filter(agent_id=agent_id).first()
    return agent.unit_id if agent else "/"


def agent_units() -> dict[str, str]:
    """Every placed agent's unit, for the policy."""
    return dict(Agent.objects.values_list("agent_id", "unit_id"))
