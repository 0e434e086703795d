"""The page that Workspace Web Edition shows as web content: public, static, without a session.

It holds nothing secret. Only the Workspace that the policy names may frame it, and it may reach
only central itself and loopback, where the client is.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from central.services import policy
from central.services.errors import NotFound

NOBODY = "'none'"
PORTS = "8080,8086"  # where clients listen unless told otherwise; `?ports=` names others
_LOOPBACK = (
    "http://127.0.0.1:* http://localhost:* https://127.0.0.1:* https://localhost:*"  # any port
)
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")


@require_safe
@xframe_options_exempt
def bridge(request: HttpRequest) -> HttpResponse:
    """The page; in no frame at all while the policy names no Workspace."""
    origins = _workspace_origins()
    around = " ".join(origins)
    answer = render(request, "web/bridge.html", {"origins": around, "ports": PORTS})
    answer["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {_LOOPBACK}; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors {around or NOBODY}"
    )
    # Where Workspace opens it as a window of its own, the two must go on knowing each other.
    answer["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return answer


def _workspace_origins() -> tuple[str, ...]:
    """Of the policy in force, those that are an address and nothing else."""
    try:
        _, in_force = policy.in_force()
    except NotFound:
        return ()
    named = (origin.rstrip("/") for origin in in_force.workspace.origins)
    return tuple(origin for origin in named if _ORIGIN.fullmatch(origin))
