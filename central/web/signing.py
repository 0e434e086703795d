"""Signing in and out, both in the audit; guessing passwords is slowed down."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_POST

from central.core.audit import Actor, AuditTag
from central.services import audit
from central.services.site import now
from central.store.models import AuditEntry, Person
from central.web.viewing import viewer

_TRIES = 10  # refused sign-ins of one name, whether or not there is such a person
_TRIES_FROM = 100  # refused sign-ins from one address: a site may share one
_SPAN = timedelta(minutes=15)
_NOBODY = "unknown person"  # the name that was typed may be a password by mistake: never kept


class SignIn(LoginView):
    """The sign-in page."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self._too_often():
            context = self.get_context_data(too_often=True)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        one = viewer(self.request)
        audit.act(AuditTag.PERSON_SIGNED_IN, one.actor, one.who.name)
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        actor = Actor("person", self._name(), address=self._address())
        typed = {"typed": self._typed()}
        audit.act(AuditTag.PERSON_SIGN_IN_REFUSED, actor, self._name(), typed, allowed=False)
        answer = super().form_invalid(form)
        answer.status_code = 403
        return answer

    def _too_often(self) -> bool:
        refused = AuditEntry.objects.filter(
            tag=AuditTag.PERSON_SIGN_IN_REFUSED.value, at__gt=now() - _SPAN
        )
        of_name = refused.filter(entry__contains=f'"typed":"{self._typed()}"')
        from_here = refused.filter(entry__contains=f'"address":"{self._address()}"')
        return of_name.count() >= _TRIES or from_here.count() >= _TRIES_FROM

    def _name(self) -> str:
        typed = self.request.POST.get("username", "")[:64]
        return typed if Person.objects.filter(name=typed).exists() else _NOBODY

    def _typed(self) -> str:
        """Tells typed names apart, and says of none what it was."""
        return salted_hmac("central.sign-in", self.request.POST.get("username", "")).hexdigest()[:8]

    def _address(self) -> str:
        return cast("str", self.request.META.get("REMOTE_ADDR", ""))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        one = viewer(request)
        audit.act(AuditTag.PERSON_SIGNED_OUT, one.actor, one.who.name)
        logout(request)
    return HttpResponseRedirect("/sign-in")
