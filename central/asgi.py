"""One address for everything: desks, voice recorders, people."""

from __future__ import annotations

import logging
import threading

from django.core.asgi import get_asgi_application

from central.ingest.app import Ingest
from central.services.site import Site
from central.voice.app import PATH as VOICE_PATH
from central.voice.app import VoiceImport
from central.web.playback import finish, handles, playback
from central.wire import App, Receive, Scope, Send
from central.worker import Worker

logger = logging.getLogger(__name__)


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
            await self._app(scope["path"])(scope, receive, send)

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
