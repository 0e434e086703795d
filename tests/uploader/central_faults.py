"""What may go wrong with a request to the false central: another answer, a cut, a delay."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.uploader.false_central import Apply, Handler


def answer(status: int, body: bytes = b"", **headers: str) -> Callable[[Handler, Apply], None]:
    """Instead of doing it, answer this."""

    def act(handler: Handler, apply: Apply) -> None:
        del apply
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.reply(status, body, named)

    return act


def said(status: int, error: str) -> Callable[[Handler, Apply], None]:
    """Instead of doing it, answer this, in central's words."""
    return answer(status, json.dumps({"error": error, "detail": "because"}).encode())


def cut_before(handler: Handler, apply: Apply) -> None:
    """Do nothing and cut the connection."""
    del apply
    handler.cut()


def cut_after(handler: Handler, apply: Apply) -> None:
    """Do it, and cut the connection in place of the answer."""
    handler.muted = True
    apply()
    handler.cut()


def early_hints(handler: Handler, apply: Apply) -> None:
    """Do it, answer 103, and then cut the connection."""
    handler.muted = True
    apply()
    handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    handler.cut()


def slowly(seconds: float) -> Callable[[Handler, Apply], None]:
    """Do it, later."""

    def act(handler: Handler, apply: Apply) -> None:
        handler.central.closing.wait(seconds)
        apply()

    return act
