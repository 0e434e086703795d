"""The pages behind the sign-in: recordings, player, refused files, audit."""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central.core.access import Action, may_anywhere
from central.core.audit import AuditTag
from central.services import audit, calls, notices
from central.services import desks as known
from central.services import recordings as received
from central.services.errors import NotAllowed
from central.web import listing
from central.web.listing import PAGE, Screen, Wanted
from central.web.openings import Key
from central.web.page import menu, page
from central.web.playback import openings
from central.web.viewing import Viewer, call_for

_AUDIT_PAGE = 100


@page
def recordings(request: HttpRequest, one: Viewer) -> HttpResponse:
    """The list."""
    if not may_anywhere(one.who, Action.SEARCH):
        if may_anywhere(one.who, Action.SEE_AUDIT):
            return audit_page(request)
        raise NotAllowed("your roles show no recordings")
    wanted = Wanted.read(request.GET)
    fits = listing.found(calls.visible(one.who), wanted)
    shown = Paginator(fits, PAGE).get_page(request.GET.get("page"))
    asked = {"filters": wanted.query(), "found": shown.paginator.count, "page": shown.number}
    audit.act(AuditTag.CALLS_SEARCHED, one.actor, "recordings", asked)
    context = {
        "rows": listing.rows(fits[shown.start_index() - 1 : shown.end_index()]) if shown else [],
        "page": shown,
        "wanted": wanted,
        "screens": list(Screen),
        "here": "recordings",
        **menu(one),
    }
    return render(request, "web/recordings.html", context)


@page
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
        **menu(one),
    }
    return render(request, "web/player.html", context)


@page
def refused(request: HttpRequest, one: Viewer) -> HttpResponse:
    """What central would not take."""
    files = received.refused(one.who, one.actor)
    return render(request, "web/refused.html", {"files": files, "here": "refused", **menu(one)})


@page
def desks(request: HttpRequest, one: Viewer) -> HttpResponse:
    """How every desk is, by its own word."""
    found = known.seen(one.who, one.actor)
    read = notices.of_agents({desk.agent_id for desk in found})
    rows = [(desk, read.get(desk.agent_id)) for desk in found]
    return render(request, "web/desks.html", {"desks": rows, "here": "desks", **menu(one)})


@page
def audit_page(request: HttpRequest, one: Viewer) -> HttpResponse:
    """Who did what to which, newest first."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("tag", "subject", "actor")}
    fits = audit.found(one.who, **asked)
    shown = Paginator(fits, _AUDIT_PAGE).get_page(request.GET.get("page"))
    seen = {name: value for name, value in asked.items() if value}
    audit.act(AuditTag.AUDIT_SEEN, one.actor, "audit", {**seen, "page": shown.number})
    entries = [
        {"row": entry, "said": json.loads(entry.entry), "short": entry.hash[:12]}
        for entry in shown.object_list
    ]
    context = {
        "entries": entries,
        "page": shown,
        "asked": asked,
        "query": urlencode(seen),
        "tags": sorted(tag.value for tag in AuditTag),
        "here": "audit",
        **menu(one),
    }
    return render(request, "web/audit.html", context)
