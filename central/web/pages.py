"""The pages behind the sign-in: recordings, player, refused files, audit."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from central.core.access import Action, may, may_anywhere
from central.core.audit import AuditTag
from central.services import audit, calls
from central.services import desks as known
from central.services import recordings as received
from central.services.errors import NotAllowed, NotFound
from central.web import listing
from central.web.listing import PAGE, Screen, Wanted
from central.web.openings import Key
from central.web.playback import openings
from central.web.viewing import Viewer, call_for, viewer

_P = ParamSpec("_P")
_AUDIT_PAGE = 100


def _page(
    view: Callable[Concatenate[HttpRequest, Viewer, _P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    """A page for people who are signed in; a refusal becomes 403 or 404, in words."""

    def answer(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        try:
            return view(request, viewer(request), *args, **kwargs)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal

    answer.__doc__ = view.__doc__
    return require_safe(login_required(answer))


@_page
def recordings(request: HttpRequest, one: Viewer) -> HttpResponse:
    """The list."""
    if not may_anywhere(one.who, Action.SEARCH):
        if may_anywhere(one.who, Action.SEE_AUDIT):
            return audit_page(request)
        raise NotAllowed("your roles show no recordings")
    wanted = Wanted.read(request.GET)
    fits = listing.found(calls.visible(one.who), wanted)
    page = Paginator(fits, PAGE).get_page(request.GET.get("page"))
    asked = {"filters": wanted.query(), "found": page.paginator.count, "page": page.number}
    audit.act(AuditTag.CALLS_SEARCHED, one.actor, "recordings", asked)
    context = {
        "rows": listing.rows(fits[page.start_index() - 1 : page.end_index()]) if page else [],
        "page": page,
        "wanted": wanted,
        "screens": list(Screen),
        "here": "recordings",
        **_menu(one),
    }
    return render(request, "web/recordings.html", context)


@_page
def player(request: HttpRequest, one: Viewer, call_id: str) -> HttpResponse:
    """One call: its film, its time line, and all that is known of it."""
    call = call_for(one, Action.PLAY, call_id, AuditTag.FILM_OPENED, "page")
    row = listing.row(call)
    version = row.film.version if row.film else 0
    audit.act(AuditTag.FILM_OPENED, one.actor, call_id, {"what": "page", "version": version})
    openings.begin(Key(one.session, call_id, version, "page"), one.actor, time.monotonic())
    context = {
        "row": row,
        "call": call,
        "film": row.film,
        "file": row.film.files.filter(kind="film").first() if row.film else None,
        "received": call.recordings.order_by("started_at"),
        "voices": call.voices.order_by("started_at").defer("metadata"),
        "may_export": row.film is not None
        and calls.visible(one.who, Action.EXPORT).filter(pk=call_id).exists(),
        "here": "recordings",
        **_menu(one),
    }
    return render(request, "web/player.html", context)


@_page
def refused(request: HttpRequest, one: Viewer) -> HttpResponse:
    """What central would not take."""
    files = received.refused(one.who, one.actor)
    return render(request, "web/refused.html", {"files": files, "here": "refused", **_menu(one)})


@_page
def desks(request: HttpRequest, one: Viewer) -> HttpResponse:
    """How every desk is, by its own word."""
    found = known.seen(one.who, one.actor)
    return render(request, "web/desks.html", {"desks": found, "here": "desks", **_menu(one)})


@_page
def audit_page(request: HttpRequest, one: Viewer) -> HttpResponse:
    """Who did what to which, newest first."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("tag", "subject", "actor")}
    fits = audit.found(one.who, **asked)
    page = Paginator(fits, _AUDIT_PAGE).get_page(request.GET.get("page"))
    seen = {name: value for name, value in asked.items() if value}
    audit.act(AuditTag.AUDIT_SEEN, one.actor, "audit", {**seen, "page": page.number})
    entries = [
        {"row": entry, "said": json.loads(entry.entry), "short": entry.hash[:12]}
        for entry in page.object_list
    ]
    context = {
        "entries": entries,
        "page": page,
        "asked": asked,
        "query": urlencode(seen),
        "tags": sorted(tag.value for tag in AuditTag),
        "here": "audit",
        **_menu(one),
    }
    return render(request, "web/audit.html", context)


def _menu(one: Viewer) -> dict[str, object]:
    """Which pages this person may go to."""
    return {
        "who": one.who,
        "may_search": may_anywhere(one.who, Action.SEARCH),
        "may_see_refused": may_anywhere(one.who, Action.SEE_REFUSED),
        "may_see_desks": may(one.who, Action.MANAGE_DESKS),
        "may_see_audit": may_anywhere(one.who, Action.SEE_AUDIT),
    }
