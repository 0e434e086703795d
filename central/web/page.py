"""What all pages behind the sign-in share: who may come in, refusals in words, the menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from central.core.access import Action, may, may_anywhere
from central.services.errors import NotAllowed, NotFound
from central.web.viewing import Viewer, viewer

_P = ParamSpec("_P")


def page(
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


def menu(one: Viewer) -> dict[str, object]:
    """Which pages this person may go to."""
    return {
        "who": one.who,
        "may_search": may_anywhere(one.who, Action.SEARCH),
        "may_see_live": may_anywhere(one.who, Action.SEE_LIVE),
        "may_see_decisions": may_anywhere(one.who, Action.SEE_DECISIONS),
        "may_see_refused": may_anywhere(one.who, Action.SEE_REFUSED),
        "may_see_desks": may(one.who, Action.MANAGE_DESKS),
        "may_see_audit": may_anywhere(one.who, Action.SEE_AUDIT),
    }
