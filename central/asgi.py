"""One address for everything: desks, voice recorders, people."""

from __future__ import annotations

import logging
import threading

from django.core.asgi import get_asgi_application
from django.core.signals import request_finished
from django.db import connections
from django.dispatch import receiver

from central.ingest.app import Ingest
from central.services.site import Site
from central.voice.app import PATH as VOICE_PATH
from central.voice.app import VoiceImport
from central.web.playback import finish, handles, playback
from central.wire import (
    Answer,
    App,
    Message,
    Receive,
    Request,
    Scope,
    Send,
    serve,
    wrong,
)
from central.worker import Worker

logger = logging.getLogger(__name__)

_FORM_BYTES = 64 * 1024  # what a page may be sent


@receiver(request_finished)
def _let_go(**_: object) -> None:
    """Django shows each page in a thread of its own, which would leave its connection behind."""
    connections.close_all()


async def _small(pages: App, scope: Scope, receive: Receive, send: Send) -> None:
    """A page, if what comes with its request has a form's length: Django keeps any on the disk."""
    came = 0

    async def limited() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        return message if came <= _FORM_BYTES else {"type": "http.disconnect"}

    announced = int(
        dict(scope["headers"]).get(b"content-length", b"0")
    )  # the server has checked it
    if announced <= _FORM_BYTES:
        await pages(scope, limited, send)
    if max(announced, came) > _FORM_BYTES:  # then Django has said nothing
        await serve(_too_long, scope, receive, send)


async def _too_long(_request: Request) -> Answer:
    return wrong(413, "too-long", f"more than {_FORM_BYTES} bytes")


class Central:
    """The ASGI application: what is bytes goes beside Django, what is pages through it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._worker = Worker(site) if site.config.worker_inline else None
        self._thread: threading.Thread | None = None
        self._pages: App = get_asgi_application()  # type: ignore[assignment]  # the same protocol
        self._ingest = Ingest(site)
        self._voice = VoiceImport(site)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            app = self._app(scope["path"])
            if app is self._pages:
                await _small(app, scope, receive, send)
            else:
                await app(scope, receive, send)

    def _app(self, path: str) -> App:
        if Ingest.takes(path):
            return self._ingest
        if handles(path):
            return playback
        return self._voice if path == VOICE_PATH else self._pages

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                if self._worker is not None:
                    self._thread = threading.Thread(target=self._worker.run, name="worker")
                    self._thread.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._worker is not None and self._thread is not None:
                    self._worker.stop()
                    self._thread.join()
                await finish()
                await send({"type": "lifespan.shutdown.complete"})
                return
