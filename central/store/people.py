"""Rows about people: the organisation, who signs in, and whose calls are recorded."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from central.core import access
from central.core.access import Role


class Unit(models.Model):
    """A part of the organisation. The path holds its ancestors: "/sales/north"; "/" is all."""

    path = models.CharField(max_length=250, primary_key=True)
    name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(path="/") | (Q(path__startswith="/") & ~Q(path__endswith="/")),
                name="unit_path_is_a_path",
            )
        ]

    def __str__(self) -> str:
        return self.path


class PersonManager(BaseUserManager["Person"]):
    """Creates people."""

    def create_person(self, name: str, full_name: str, password: str, agent_id: str = "") -> Person:
        person = self.model(name=name, full_name=full_name, agent_id=agent_id)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Someone who signs in at central. What they may do: their grants."""

    name = models.CharField(max_length=64, unique=True)  # what they sign in with
    full_name = models.CharField(max_length=200)
    agent_id = models.CharField(max_length=100, blank=True)  # whose calls are their own
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar = ["full_name"]

    def __str__(self) -> str:
        return self.name

    @property
    def who(self) -> access.Who:
        """As `central.core.access` asks for it."""
        if not self.is_active:
            return access.Who(self.name, ())
        grants = tuple(
            access.Grant(Role(grant.role), grant.unit_id)
            for grant in self.grants.order_by("role", "unit")
        )
        return access.Who(self.name, grants, self.agent_id)


class Grant(models.Model):
    """A role that a person holds within a unit and all below it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["person", "role", "unit"], name="grant_once"),
            CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="grant_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.unit_id}"


class Agent(models.Model):
    """Someone whose calls are recorded, and the unit that they belong to now."""

    agent_id = models.CharField(max_length=100, primary_key=True)  # Genesys' employee id
    name = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="agents")

    def __str__(self) -> str:
        return self.agent_id


class Membership(models.Model):
    """An agent belongs to a group, for which a percentage may hold."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="memberships")
    group = models.CharField(max_length=100, db_index=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["agent", "group"], name="membership_once"),
            CheckConstraint(condition=~Q(group=""), name="membership_of_a_group"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} in {self.group}"
