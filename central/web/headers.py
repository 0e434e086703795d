"""What every page says to the browser about itself: only our own files, no inline scripts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware."""

    def add(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        answer.setdefault("Content-Security-Policy", _POLICY)
        answer.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        answer.setdefault("Cache-Control", "no-store")
        return answer

    return add
