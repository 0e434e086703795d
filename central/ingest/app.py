"""What desks reach: paths to handlers."""

from __future__ import annotations

from http import HTTPStatus

from central.ingest import desk
from central.ingest.bridge import Bridge, bridged
from central.ingest.desk import Orders
from central.ingest.signing import signed_in
from central.ingest.uploads import Uploads
from central.services import recordings
from central.services.site import Site
from central.wire import (
    Answer,
    Handler,
    Receive,
    Request,
    Scope,
    Send,
    in_long_thread,
    in_thread,
    serve,
    wrong,
)
from contract import protocol

_MANIFEST_BYTES = 16 * 1024 * 1024
_RECEIPT = "/receipt"


class Ingest:
    """An ASGI application."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._uploads = Uploads(site)
        self._bridge = Bridge(site)
        self._handlers: dict[tuple[str, str], Handler] = {
            ("POST", protocol.ENROL): desk.enrol,
            ("GET", protocol.POLICY): desk.fetch_policy,
            ("POST", protocol.CLOCK): desk.clock,
            ("GET", protocol.ORDERS): Orders(self._bridge.desk_is_here),
            ("POST", protocol.ANSWERS): desk.answer,
            ("POST", protocol.MASKS): desk.mask,
            ("POST", protocol.DECISIONS): desk.decision,
            ("POST", protocol.NOTICES): desk.notice,
            ("POST", protocol.STATE): desk.state,
            ("POST", protocol.HEALTH): desk.health,
            ("POST", protocol.SECRET): desk.new_secret,
        }

    @staticmethod
    def takes(path: str) -> bool:
        """Whether this path is for us."""
        first = "/" + path.split("/", 2)[1] if path.startswith("/") else ""
        return first in {"/desk", protocol.UPLOADS, protocol.RECORDINGS} or Bridge.takes(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await serve(self._handler(scope["method"], scope["path"]), scope, receive, send)

    def _handler(self, method: str, path: str) -> Handler:
        if path == protocol.UPLOADS or path.startswith(protocol.UPLOADS + "/"):
            return self._uploads
        if path.startswith(protocol.RECORDINGS + "/"):
            if method == "POST":
                return self._manifest
            if method == "GET" and path.endswith(_RECEIPT):
                return self._receipt
        if found := self._bridge.handler(method, path):
            return bridged(found)
        return self._handlers.get((method, path), _nothing)

    async def _manifest(self, request: Request) -> Answer:
        device = await signed_in(request)
        recording_id = request.path.removeprefix(protocol.RECORDINGS + "/")
        text = await request.body(_MANIFEST_BYTES)
        receipt = await in_long_thread(recordings.receive, self._site, device, recording_id, text)
        return Answer(HTTPStatus.OK, receipt, {"Content-Type": "application/json"})

    async def _receipt(self, request: Request) -> Answer:
        device = await signed_in(request)
        inner = request.path.removeprefix(protocol.RECORDINGS + "/").removesuffix(_RECEIPT)
        receipt = await in_thread(recordings.receipt, self._site, device, inner)
        return Answer(HTTPStatus.OK, receipt, {"Content-Type": "application/json"})


async def _nothing(request: Request) -> Answer:
    return wrong(HTTPStatus.NOT_FOUND, "not-found", f"no {request.method} {request.path} here")
