"""Central's pages. Films and what belongs to them are sent by `central.web.playback`."""

from __future__ import annotations

from django.urls import path

from central.web import assets, bridge_page, deciding, now, pages, signing

urlpatterns = [
    path("", pages.recordings, name="recordings"),
    path("sign-in", signing.SignIn.as_view(), name="sign-in"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("calls/<str:call_id>", pages.player, name="player"),
    path("now", now.now, name="now"),
    path("now/calls", now.calls, name="now-rows"),
    path("now/order", now.direct, name="now-order"),
    path("decisions", deciding.decisions, name="decisions"),
    path("refused", pages.refused, name="refused"),
    path("desks", pages.desks, name="desks"),
    path("audit", pages.audit_page, name="audit"),
    path("bridge/", bridge_page.bridge, name="bridge"),
    path("static/web/<str:name>", assets.asset, name="asset"),
]
