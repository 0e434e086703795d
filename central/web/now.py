"""The page of calls that go on, and what a supervisor orders there."""

from __future__ import annotations

import time

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from central.core.audit import AuditTag
from central.services import audit, live
from central.services.errors import Conflict, NotAllowed, NotFound
from central.web.page import menu, page
from central.web.viewing import Viewer, viewer

_WATCHED_SECONDS = 3600.0  # the audit has an entry for each hour of watching, not for each look
_LONGEST = 128  # characters of a name in the form, as the longest column
_watching: dict[str, float] = {}  # session -> when it was last written down, monotonic


@page
def now(request: HttpRequest, one: Viewer) -> HttpResponse:
    """Which calls go on."""
    calls = live.going(one.who)
    _written_down(one)
    context = {"calls": calls, "here": "now", **menu(one)}
    return render(request, "web/now.html", context)


@page
def calls(request: HttpRequest, one: Viewer) -> HttpResponse:
    """The same, for the page's script, which asks each second."""
    going = live.going(one.who)
    _written_down(one)
    return render(request, "web/now_rows.html", {"calls": going})


@require_POST
@login_required
def direct(request: HttpRequest) -> HttpResponse:
    """Pause, resume or record one call: the form has `device`, `call` and `order`."""
    one = viewer(request)
    asked = {name: request.POST.get(name, "")[:_LONGEST] for name in ("device", "call", "order")}
    try:
        number = live.direct(one.who, one.actor, asked["device"], asked["call"], asked["order"])
    except NotAllowed:
        return JsonResponse({"problem": "Your roles do not allow this."}, status=403)
    except NotFound:
        return JsonResponse({"problem": "This call is over."}, status=404)
    except Conflict as refusal:
        return JsonResponse({"problem": str(refusal)}, status=409)
    return JsonResponse({"number": number})


def _written_down(one: Viewer) -> None:
    """That somebody watches is in the audit, once an hour for each session."""
    moment = time.monotonic()
    for session in [key for key, at in _watching.items() if moment - at > _WATCHED_SECONDS]:
        _watching.pop(session, None)
    if one.session not in _watching:
        _watching[one.session] = moment
        audit.act(AuditTag.CALLS_WATCHED, one.actor, "calls that go on")
