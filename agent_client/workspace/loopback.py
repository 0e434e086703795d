"""The HTTP endpoint on loopback: where it listens, and what holds for every request to it.

Who may enter which paths, and what happens there, is each door's own affair (doors.py). Genesys'
own API is the door for every path that no other door has.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from aiohttp import web

from agent_client.core.events import ProblemChanged
from agent_client.ports import Post
from agent_client.workspace.doors import Door, RefusedError, door_of, refused
from agent_client.workspace.loopback_rules import Place
from agent_client.workspace.loopback_sockets import PortsTakenError, listening

logger = logging.getLogger(__name__)

PORT_TAKEN = "port-taken"
PORTS_FILE = "loopback.json"  # in the state folder

_BODY_BYTES = 64 * 1024
_IDLE_SECONDS = 15.0  # for a connection that asks nothing
_HEADER_BYTES = 8 * 1024
_HEADERS = 64
_PORT_AGAIN_SECONDS = 15.0
_CODES = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}


@dataclass(frozen=True, slots=True)
class LoopbackSettings:
    """Where and how the endpoint listens."""

    ports: tuple[int, ...] = (8080,)  # for HTTP, tried in turn; 0: any
    https_ports: tuple[int, ...] = ()  # for HTTPS, likewise
    hosts: tuple[str, ...] = ("127.0.0.1", "::1")
    tls: ssl.SSLContext | None = None  # the certificate for HTTPS
    folder: Path | None = None  # where the ports in use are written down


@dataclass(frozen=True, slots=True)
class LoopbackPorts:
    """Where the endpoint listens at the moment."""

    http: int | None = None
    https: int | None = None


class _QuietHttp(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's own messages quote what was received, and that may be a password."""

    def log(self, level: int, msg: object, *args: object, **kwargs: object) -> None:
        del msg, args, kwargs
        self.logger.log(min(level, logging.INFO), "a request was not HTTP, or broke off")


class Loopback:
    """The endpoint. `run` serves until cancelled."""

    def __init__(
        self,
        post: Post,
        genesys: Door,
        settings: LoopbackSettings | None = None,
        doors: Sequence[Door] = (),
    ) -> None:
        """`genesys` serves the paths that none of `doors` has."""
        self._post = post
        self._doors = (genesys, *doors)
        self._settings = settings if settings is not None else LoopbackSettings()
        self._ports = LoopbackPorts()
        self.up = asyncio.Event()

    @property
    def ports(self) -> LoopbackPorts:
        """Where it listens at the moment."""
        return self._ports

    @property
    def url(self) -> str:
        """Where Workspace is to sign in, once `up`."""
        if self._ports.http is not None:
            return f"http://127.0.0.1:{self._ports.http}"
        return f"https://127.0.0.1:{self._ports.https}"

    async def run(self) -> NoReturn:
        """Serve until cancelled. While every port is taken, say so and try again."""
        app = web.Application(client_max_size=_BODY_BYTES, middlewares=[self._guard])
        for door in self._doors:
            app.add_routes(door.routes())
        runner = web.AppRunner(
            app,
            access_log=None,
            logger=_QuietHttp(logger),
            keepalive_timeout=_IDLE_SECONDS,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            max_headers=_HEADERS,
            shutdown_timeout=1.0,
        )
        await runner.setup()
        try:
            http = await self._listen(runner, self._settings.ports, None)
            self._moved(LoopbackPorts(http=http))
            if self._settings.tls is not None:
                https = await self._listen(runner, self._settings.https_ports, self._settings.tls)
                self._moved(LoopbackPorts(http=http, https=https))
            self.up.set()
            await asyncio.Event().wait()
            raise AssertionError("nobody sets this event")
        finally:
            self._moved(LoopbackPorts())
            await runner.cleanup()

    async def _listen(
        self, runner: web.AppRunner, ports: Sequence[int], tls: ssl.SSLContext | None
    ) -> int | None:
        if not ports:
            return None
        while True:
            try:
                sockets = listening(self._settings.hosts, ports)
                break
            except PortsTakenError as error:
                logger.error("Workspace cannot sign in: %s", error)  # noqa: TRY400 -- no bug
                self._post(ProblemChanged(PORT_TAKEN, present=True))
                await asyncio.sleep(_PORT_AGAIN_SECONDS)
        for opened in sockets:
            await web.SockSite(runner, opened, ssl_context=tls).start()
        port: int = sockets[0].getsockname()[1]
        logger.info("Workspace signs in at port %d by %s", port, "HTTPS" if tls else "HTTP")
        self._post(ProblemChanged(PORT_TAKEN, present=False))
        return port

    def _moved(self, ports: LoopbackPorts) -> None:
        """Say where it listens, for programs of this user that look for the client."""
        self._ports = ports
        if self._settings.folder is None:
            return
        path = self._settings.folder / PORTS_FILE
        draft = path.with_suffix(".new")
        try:
            draft.touch(mode=0o600)
            draft.write_text(json.dumps({"http": ports.http, "https": ports.https}), "utf-8")
            os.replace(draft, path)
        except OSError as error:
            logger.warning("where the endpoint listens cannot be written down: %s", error.strerror)

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Every request passes here first, and every answer last."""
        door = door_of(request.path, self._doors)
        answer: web.StreamResponse
        try:
            _named(request)
            door.admit(request)
            answer = await handler(request)
        except RefusedError as refusal:
            logger.info("refused %s: %s", request.method, refusal.code)
            answer = refused(door, refusal.status, refusal.code, refusal.text)
        except web.HTTPException as error:
            answer = refused(
                door, error.status, _CODES.get(error.status, "not-served"), error.reason
            )
            if "Allow" in error.headers:
                answer.headers["Allow"] = error.headers["Allow"]
        except TimeoutError:
            answer = refused(door, 408, "too-slow", "The body did not come in time.")
        except Exception:
            logger.exception("a request to the loopback endpoint met a bug")
            answer = refused(door, 500, "internal-error", "Something went wrong inside Twinreel.")
        answer.headers.update(door.cors(request, preflight=request.method == "OPTIONS"))
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def _named(request: web.Request) -> None:
    """Raise RefusedError if the request is for another host or port than it came to."""
    transport = request.transport
    reached = transport.get_extra_info("sockname") if transport is not None else None
    if reached is None:
        raise RefusedError(400, "gone", "The connection is closed.")
    Place(reached[1], secure=request.secure).admit(request.headers.get("Host", ""))
