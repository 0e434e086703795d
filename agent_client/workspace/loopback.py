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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NoReturn

from aiohttp import web

from agent_client.core.events import ProblemChanged
from agent_client.ports import Caller, Post, WhoCalls
from agent_client.workspace.doors import Door, RefusedError, door_of, refused
from agent_client.workspace.loopback_callers import Callers
from agent_client.workspace.loopback_certificate import CERTIFICATE_PROBLEMS, KeptCertificate
from agent_client.workspace.loopback_entrance import Entrance, Limits
from agent_client.workspace.loopback_log import QuietHttp, SparingLog
from agent_client.workspace.loopback_rules import Place
from agent_client.workspace.loopback_sockets import PortsTakenError, listening

logger = logging.getLogger(__name__)

PORT_TAKEN = "port-taken"
PORTS_FILE = "loopback.json"  # in the state folder

_BODY_BYTES = 64 * 1024
_LINGERING_SECONDS = 1.0  # for the rest of a body that nobody wants
_HEADER_BYTES = 8 * 1024
_HEADERS = 64
_CODES = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
_STRANGERS = {
    Caller.OTHERS: (403, "other-user", "Another user's programs may not call."),
    Caller.UNKNOWN: (403, "caller-unknown", "Who calls cannot be found out."),
}
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

Scheme = Literal["http", "https"]


@dataclass(frozen=True, slots=True)
class LoopbackSettings:
    """Where and how the endpoint listens."""

    ports: tuple[int, ...] = (8080,)  # for HTTP, tried in turn; 0: any
    https_ports: tuple[int, ...] = ()  # for HTTPS, likewise
    hosts: tuple[str, ...] = ("127.0.0.1", "::1")
    certificate: KeptCertificate | None = None  # for HTTPS
    folder: Path | None = None  # where the ports in use are written down
    who_calls: WhoCalls | None = None  # None: every user of this computer may call
    limits: Limits = field(default_factory=Limits)
    again_seconds: float = 15.0  # until taken ports are tried again, the certificate looked at


@dataclass(frozen=True, slots=True)
class LoopbackPorts:
    """Where the endpoint listens at the moment."""

    http: int | None = None
    https: int | None = None


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
        self._sparing = SparingLog(logger)
        callers = Callers(self._settings.who_calls)
        self._entrance = Entrance(callers, self._sparing, self._settings.limits)
        self._ports = LoopbackPorts()
        self._taken: set[Scheme] = set()
        self._certified = asyncio.Event()
        self.up = asyncio.Event()

    @property
    def ports(self) -> LoopbackPorts:
        """Where it listens at the moment."""
        return self._ports

    @property
    def url(self) -> str:
        """Where Workspace is to sign in, once `up`: by HTTP, if both are open."""
        if self._ports.http is not None:
            return f"http://127.0.0.1:{self._ports.http}"
        return f"https://127.0.0.1:{self._ports.https}"

    async def run(self) -> NoReturn:
        """Serve until cancelled. While every port is taken, say so and try again."""
        runner = self._runner()
        await runner.setup()
        server = runner.server
        assert server is not None  # noqa: S101 -- since setup
        try:
            async with asyncio.TaskGroup() as tasks:
                if self._settings.ports:
                    tasks.create_task(self._serve(server, "http", self._settings.ports))
                if self._settings.https_ports:
                    tasks.create_task(self._serve_https(server, self._settings.https_ports))
                await asyncio.Event().wait()
            raise AssertionError("nobody sets this event")
        finally:
            self._write_down()
            await self._entrance.close()
            await runner.cleanup()

    def _runner(self) -> web.AppRunner:
        app = web.Application(client_max_size=_BODY_BYTES, middlewares=[self._guard])
        for door in self._doors:
            app.add_routes(door.routes())
        return web.AppRunner(
            app,
            access_log=None,
            logger=QuietHttp(logger, self._sparing),
            keepalive_timeout=self._settings.limits.next_request,
            lingering_time=_LINGERING_SECONDS,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            max_headers=_HEADERS,
            auto_decompress=False,  # nobody packs so little, unless to hide how much it is
            shutdown_timeout=1.0,
        )

    async def _serve_https(self, server: web.Server, ports: Sequence[int]) -> None:
        certificate = self._settings.certificate or KeptCertificate(())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch(certificate))
            await self._certified.wait()
            await self._serve(server, "https", ports, certificate.context)

    async def _watch(self, certificate: KeptCertificate) -> NoReturn:
        """Take up a renewed certificate, and tell if there is something wrong with it."""
        told: str | None = None
        while True:
            await asyncio.to_thread(certificate.look)
            if certificate.problem != told:
                told = certificate.problem
                for code in CERTIFICATE_PROBLEMS:
                    self._post(ProblemChanged(code, present=code == told))
            if certificate.is_there:
                self._certified.set()
            await asyncio.sleep(self._settings.again_seconds)

    async def _serve(
        self,
        server: web.Server,
        scheme: Scheme,
        ports: Sequence[int],
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> NoReturn:
        while True:
            try:
                sockets = listening(self._settings.hosts, ports)
                break
            except PortsTakenError as error:
                logger.error("Workspace cannot sign in by %s: %s", scheme, error)  # noqa: TRY400 -- no bug
                self._taken.add(scheme)
                self._post(ProblemChanged(PORT_TAKEN, present=True))
                await asyncio.sleep(self._settings.again_seconds)
        port: int = sockets[0].getsockname()[1]
        logger.info("Workspace signs in at port %d by %s", port, scheme)
        self._taken.discard(scheme)
        self._post(ProblemChanged(PORT_TAKEN, present=bool(self._taken)))
        try:
            async with asyncio.TaskGroup() as tasks:
                for opened in sockets:
                    tasks.create_task(self._entrance.accept(opened, server, tls))
                self._moved(scheme, port)
            raise AssertionError("nobody stops accepting")
        finally:
            self._moved(scheme, None)
            for opened in sockets:
                opened.close()

    def _moved(self, scheme: Scheme, port: int | None) -> None:
        if scheme == "http":
            self._ports = replace(self._ports, http=port)
        else:
            self._ports = replace(self._ports, https=port)
        self._write_down()
        if port is not None:
            self.up.set()

    def _write_down(self) -> None:
        """Say where it listens, for programs of this user that look for the client."""
        if self._settings.folder is None:
            return
        path = self._settings.folder / PORTS_FILE
        draft = path.with_suffix(".new")
        try:
            draft.touch(mode=0o600)
            text = json.dumps({"http": self._ports.http, "https": self._ports.https})
            draft.write_text(text, "utf-8")
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
            answer = await self._answer(request, door, handler)
        except RefusedError as refusal:
            self._sparing.say(f"refused {_method(request)}: {refusal.code}")
            answer = refused(door, refusal.status, refusal.code, refusal.text)
        except web.HTTPException as error:
            answer = refused(
                door, error.status, _CODES.get(error.status, "not-served"), error.reason
            )
            if "Allow" in error.headers:
                answer.headers["Allow"] = error.headers["Allow"]
        except Exception:
            logger.exception("a request to the loopback endpoint met a bug")
            answer = refused(door, 500, "internal-error", "Something went wrong inside Twinreel.")
        answer.headers.update(door.cors(request, preflight=request.method == "OPTIONS"))
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Server"] = "Twinreel"  # and no versions
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    async def _answer(
        self,
        request: web.Request,
        door: Door,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Raises RefusedError, HTTPException, or whatever a bug in a handler raises."""
        with self._entrance.serving(request) as caller:
            _named(request)
            if caller in _STRANGERS:
                raise RefusedError(*_STRANGERS[caller])
            door.admit(request)
            try:
                async with asyncio.timeout(self._settings.limits.body):
                    await request.read()  # kept: for the handler it is there at once
            except TimeoutError:
                raise RefusedError(408, "too-slow", "The body did not come in time.") from None
            return await handler(request)


def _method(request: web.Request) -> str:
    """For the log: what is no method may be anything, a password too."""
    return request.method if request.method in _METHODS else "another method"


def _named(request: web.Request) -> None:
    """Raise RefusedError if the request is for another host or port than it came to."""
    transport = request.transport
    reached = transport.get_extra_info("sockname") if transport is not None else None
    if reached is None:
        raise RefusedError(400, "gone", "The connection is closed.")
    Place(reached[1], secure=request.secure).admit(request.headers.get("Host", ""))
