"""Who asks, as the audit and the rights need it; and the newest film of a call."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from types import SimpleNamespace
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, parse_cookie

from central.core.access import Action, Who
from central.core.audit import Actor, AuditTag
from central.services import audit, calls
from central.services.errors import NotAllowed, NotFound
from central.store.models import Call, Film, Person


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is signed in, in one session."""

    who: Who
    actor: Actor

    @property
    def session(self) -> str:
        """A hash that tells sessions apart."""
        return self.actor.session


def viewer(request: HttpRequest) -> Viewer:
    """Who sent this request to a page; only for those that ask for a sign-in first."""
    person = cast("Person", request.user)
    key = request.session.session_key or ""
    return _viewer(person, request.META.get("REMOTE_ADDR", ""), key)


def viewer_of_cookie(header: str, address: str) -> Viewer | None:
    """Who sent this Cookie header; None if nobody is signed in with it."""
    held = parse_cookie(header).get(settings.SESSION_COOKIE_NAME)
    if held is None:
        return None
    session = SessionStore(held)
    person = get_user(cast("HttpRequest", SimpleNamespace(session=session)))
    if not isinstance(person, Person) or not person.is_active:
        return None
    return _viewer(person, address, held)


def _viewer(person: Person, address: str, session_key: str) -> Viewer:
    who = person.who
    session = sha256(session_key.encode()).hexdigest()[:16]
    return Viewer(who, audit.person(who, address, session))


def call_for(one: Viewer, action: Action, call_id: str, tag: AuditTag, what: str) -> Call:
    """The call. NotFound if this person may not know of it, NotAllowed if they may but not do this.

    Knowing of it means to find it in the list. Either refusal of a call that is there is audited.
    """
    try:
        return calls.one(one.who, action, call_id)
    except NotFound:
        if Call.objects.filter(pk=call_id).exists():
            audit.act(tag, one.actor, call_id, {"what": what}, allowed=False)
        if not calls.visible(one.who, Action.SEARCH).filter(pk=call_id).exists():
            raise
    raise NotAllowed("your roles do not allow this with this recording")


def film_of(call: Call, version: int | None = None) -> Film | None:
    """The newest film, or the version asked for."""
    films = call.films.order_by("-version")
    return films.filter(version=version).first() if version is not None else films.first()
