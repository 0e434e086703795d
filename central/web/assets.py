"""The pages' own files: a handful, read once, served with a tag. Nothing comes from elsewhere."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_FOLDER = Path(__file__).parent / "static" / "web"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@lru_cache(maxsize=64)
def _read(name: str) -> tuple[bytes, str] | None:
    if name not in {path.name for path in _FOLDER.iterdir() if path.suffix in _TYPES}:
        return None
    content = (_FOLDER / name).read_bytes()
    return content, f'"{sha256(content).hexdigest()[:32]}"'


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """One of them; 404 for any other name."""
    found = _read(name)
    if found is None:
        raise Http404
    content, etag = found
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type=_TYPES[Path(name).suffix])
    answer["ETag"] = etag
    answer["Cache-Control"] = "no-cache"  # ask whether it is still the same
    return answer
