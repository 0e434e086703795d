"""A false Workspace Web Edition: one page, from an address of its own, that frames our page.

What it does is in wwe.js, by the documented shapes of the Service Client API; a test drives it
through the page's `wwe` object. The real one is not known to agree in every detail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

_FILES = {"/wwe.html", "/wwe.css", "/wwe.js"}


@dataclass(frozen=True, slots=True)
class StageWwe:
    """Where it is served."""

    origin: str

    def showing(self, page: str, **options: str) -> str:
        """The address of Workspace with `page` as web content.

        Options: agent, accepted (origins), services (requests allowed), allow (of the frame).
        """
        asked: Mapping[str, str] = {"page": page, **options}
        return f"{self.origin}/wwe.html?{urlencode(asked)}"


@contextmanager
def wwe(host: str = "localhost", port: int = 0) -> Iterator[StageWwe]:
    """Serve it on this computer; `host` is how the browser calls it."""
    handler = partial(_Files, directory=str(Path(__file__).parent))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = Thread(target=server.serve_forever, name="wwe", daemon=True)
        thread.start()
        try:
            yield StageWwe(f"http://{host}:{server.server_address[1]}")
        finally:
            server.shutdown()
            thread.join()


class _Files(SimpleHTTPRequestHandler):
    """The three files, and silence."""

    def do_GET(self) -> None:
        if self.path.partition("?")[0] in _FILES:
            super().do_GET()
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 as the base has it
        del format, args
