"""What the false central, or something before it, may answer."""

from __future__ import annotations

from collections.abc import Callable

from tests.uploader.central_faults import answer, cut_after, cut_before, early_hints, said
from tests.uploader.false_central import Apply, Handler

Act = Callable[[Handler, Apply], None]


def _rubbish(handler: Handler, apply: Apply) -> None:
    """Do it, and answer what nobody understands."""
    handler.muted = True
    apply()
    handler.wfile.write(bytes(range(256)))
    handler.cut()


FAULTS: dict[str, Act] = {
    "answer lost": cut_after,
    "cut": cut_before,
    "103": early_hints,
    "rubbish": _rubbish,
    "500": answer(500, b"oops"),
    "502 page": answer(502, b"<html>"),
    "503 later": answer(503, b"", Retry_After="600"),
    "429": said(429, "busy"),
    "proxy's 403": answer(403, b"<html>no</html>"),
    "401": said(401, "not-allowed"),
    "404": answer(404),
    "409": said(409, "conflict"),
    "410": said(410, "gone"),
    "413": answer(413, b"<html>"),
    "460": answer(460),
    "200 and a page": answer(200, b"<html>sign in here</html>"),
    "204 and no offset": answer(204),
    "missing nothing": answer(409, b'{"missing": []}'),
    "missing what nobody has": answer(409, b'{"missing": ["777.seg"]}'),
}
REFUSALS: dict[str, Act] = {"400": said(400, "malformed"), "422": said(422, "unusable")}
BLAMING = frozenset({"409", "410"})  # of the faults: central's own words
