"""The page of decisions: whether each call's screen was to be recorded, and the sum redone."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from central.core.audit import AuditTag
from central.services import audit
from central.services import decisions as decided
from central.web.page import menu, page
from central.web.viewing import Viewer

_PAGE = 100
_ONLY = {
    "differs": "Recomputed: differs",
    "asked": "By choice",
    "missing": "Selected, no recording",
}


@page
def decisions(request: HttpRequest, one: Viewer) -> HttpResponse:
    """Newest first; by call id, and by what is wrong."""
    call_id = request.GET.get("call", "").strip()[:100]
    only = request.GET.get("only", "")
    only = only if only in _ONLY else ""
    fits = decided.found(one.who, call_id=call_id, only=only)
    shown = Paginator(fits, _PAGE).get_page(request.GET.get("page"))
    asked = {name: value for name, value in (("call", call_id), ("only", only)) if value}
    audit.act(AuditTag.DECISIONS_SEEN, one.actor, "decisions", {**asked, "page": shown.number})
    context = {
        "rows": shown.object_list,
        "page": shown,
        "asked": {"call": call_id, "only": only},
        "query": urlencode(asked),
        "kinds": _ONLY.items(),
        "here": "decisions",
        **menu(one),
    }
    return render(request, "web/decisions.html", context)
