"""The HTTP endpoint on loopback at which Workspace signs the agent in, pings and signs out.

It answers as Genesys' own Screen Recording Service does, so that Workspace needs no change. The
agent's password comes with every request: it is used once, to sign in, and then only compared with
a salted hash that lives as long as the session, in memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

from aiohttp import web

from agent_client.core.events import ProblemChanged, Source, TouchLost, TouchRegained
from agent_client.ports import Post
from agent_client.workspace.basic import Credentials, credentials
from agent_client.workspace.gws_session import (
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
    SignIn,
)
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.loopback_rules import (
    LoopbackRules,
    Place,
    RefusedError,
    ServersNamed,
    SignOutAsked,
    admit,
    body,
    cors,
    sign_in,
)
from agent_client.workspace.loopback_sockets import PortsTakenError, listening

logger = logging.getLogger(__name__)

PORT_TAKEN = "port-taken"

_BODY_BYTES = 64 * 1024
_BODY_SECONDS = 10.0
_IDLE_SECONDS = 15.0  # for a connection that asks nothing
_HEADER_BYTES = 8 * 1024
_HEADERS = 64
_PORT_AGAIN_SECONDS = 15.0
_CODES = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
_COOKIE = "TWINREEL_SESSION"
_WRONG_PASSWORDS = 5
_WRONG_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class LoopbackSettings:
    """Where and how the endpoint listens."""

    ports: tuple[int, ...] = (8080,)  # tried in turn; 0: any
    hosts: tuple[str, ...] = ("127.0.0.1", "::1")
    tls: ssl.SSLContext | None = None  # HTTPS, with this certificate
    without_origin: bool = True  # Workspace Desktop Edition is no browser


@dataclass(slots=True)
class _Session:
    """A sign-in that is being pinged."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    servers: tuple[str, str]
    cookie: str = field(repr=False)
    csrf: str = field(repr=False)  # "" if Workspace did not ask for one
    expiry: asyncio.TimerHandle | None = None


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
        link: WorkspaceLink,
        rules: Callable[[], LoopbackRules],
        settings: LoopbackSettings | None = None,
    ) -> None:
        self._post = post
        self._link = link
        self._rules = rules
        self._settings = settings if settings is not None else LoopbackSettings()
        self._session: _Session | None = None
        self._signing = asyncio.Lock()
        self._wrong: list[float] = []  # when passwords were refused
        self._place = Place(0, secure=False)
        self.up = asyncio.Event()

    @property
    def url(self) -> str:
        """Where Workspace is to sign in, once `up`."""
        scheme = "https" if self._place.secure else "http"
        return f"{scheme}://127.0.0.1:{self._place.port}"

    async def run(self) -> NoReturn:
        """Serve until cancelled. While every port is taken, say so and try again."""
        app = web.Application(client_max_size=_BODY_BYTES, middlewares=[self._guard])
        app.add_routes(
            [
                web.options("/api/v2/me", self._preflight),
                web.get("/api/v2/me", self._me, allow_head=False),
                web.post("/api/v2/me", self._me),
                web.delete("/api/v2/me", self._sign_out),
                web.options("/ping", self._preflight),
                web.get("/ping", self._ping, allow_head=False),
            ]
        )
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
            await self._listen(runner)
            await asyncio.Event().wait()
            raise AssertionError("nobody sets this event")
        finally:
            self._drop_session()
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        while True:
            try:
                sockets = listening(self._settings.hosts, self._settings.ports)
                break
            except PortsTakenError as error:
                logger.error("Workspace cannot sign in: %s", error)  # noqa: TRY400 -- no bug
                self._post(ProblemChanged(PORT_TAKEN, present=True))
                await asyncio.sleep(_PORT_AGAIN_SECONDS)
        for opened in sockets:
            await web.SockSite(runner, opened, ssl_context=self._settings.tls).start()
        self._place = Place(sockets[0].getsockname()[1], secure=self._settings.tls is not None)
        logger.info("Workspace signs in at port %d", self._place.port)
        self._post(ProblemChanged(PORT_TAKEN, present=False))
        self.up.set()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Every request passes here first, and every answer last."""
        rules = self._rules()
        answer: web.StreamResponse
        try:
            admit(
                request.headers,
                self._place,
                rules,
                without_origin=self._settings.without_origin,
            )
            answer = await handler(request)
        except RefusedError as refusal:
            logger.info("refused %s: %s", request.method, refusal.code)
            answer = _said(refusal.status, refusal.code, refusal.text)
        except web.HTTPException as error:
            answer = _said(error.status, _CODES.get(error.status, "not-served"), error.reason)
            if "Allow" in error.headers:
                answer.headers["Allow"] = error.headers["Allow"]
        except TimeoutError:
            answer = _said(408, "too-slow", "The body did not come in time.")
        except Exception:
            logger.exception("a request to the loopback endpoint met a bug")
            answer = _said(500, "internal-error", "Something went wrong inside Twinreel.")
        answer.headers.update(cors(request.headers, rules, preflight=request.method == "OPTIONS"))
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    async def _preflight(self, _: web.Request) -> web.Response:
        return web.Response(status=200)

    async def _me(self, request: web.Request) -> web.Response:
        async with asyncio.timeout(_BODY_SECONDS):
            asked = body(await request.read())
        if isinstance(asked, SignOutAsked):
            return await self._sign_out(request)
        who = credentials(request.headers.get("Authorization", ""))
        if who is None:
            raise RefusedError(401, "no-credentials", "Sign in with user name and password.")
        async with self._signing:
            return await self._signed_in(request, who, asked)

    async def _signed_in(
        self, request: web.Request, who: Credentials, where: ServersNamed
    ) -> web.Response:
        rules = self._rules()
        wanted = sign_in(who, where, rules)
        servers = (wanted.server, wanted.peer_server)
        session = self._session
        if session is None or not self._fits(who, session) or session.servers != servers:
            await self._ask_workspace(wanted)
            session = self._begin(who, servers)
        if request.headers.get("X-Support-CSRFP", "").lower() == "true" and not session.csrf:
            session.csrf = secrets.token_urlsafe(24)
        self._await_ping(session, rules.ping_within)
        answer = web.json_response({"statusCode": 0})
        answer.set_cookie(
            _COOKIE,
            session.cookie,
            httponly=True,
            secure=self._place.secure,
            samesite="Strict",
        )
        if session.csrf:
            answer.headers["X-CSRF-TOKEN"] = session.csrf
        return answer

    async def _ask_workspace(self, wanted: SignIn) -> None:
        """Sign in at the Genesys server. Raises RefusedError."""
        now = asyncio.get_running_loop().time()
        self._wrong = [at for at in self._wrong if now - at < _WRONG_WITHIN]
        if len(self._wrong) >= _WRONG_PASSWORDS:
            raise RefusedError(429, "too-many-tries", "Too many wrong passwords; wait a minute.")
        try:
            await self._link.sign_in(wanted)
        except NotLetInError:
            self._wrong.append(now)
            raise RefusedError(401, "not-let-in", "Workspace refuses this sign-in.") from None
        except OutOfReachError:
            raise RefusedError(
                503, "out-of-reach", "The Genesys server cannot be reached; try again."
            ) from None
        except MadeNoSenseError:
            raise RefusedError(
                502, "strange-answer", "The Genesys server gave no usable answer."
            ) from None

    def _begin(self, who: Credentials, servers: tuple[str, str]) -> _Session:
        self._drop_session()
        salt = secrets.token_bytes(32)
        self._session = _Session(
            salt=salt,
            digest=_digest(who, salt),
            servers=servers,
            cookie=secrets.token_urlsafe(24),
            csrf="",
        )
        self._post(TouchRegained(Source.LOOPBACK))
        return self._session

    async def _ping(self, request: web.Request) -> web.Response:
        session = self._authorised(request)
        self._await_ping(session, self._rules().ping_within)
        return web.json_response({"statusCode": 0})

    async def _sign_out(self, request: web.Request) -> web.Response:
        session = self._authorised(request)
        token = request.headers.get("X-CSRF-Token", "")
        if session.csrf and not _same(token, session.csrf):
            raise RefusedError(403, "csrf-token-wrong", "The X-CSRF-Token is not the session's.")
        async with self._signing:
            self._drop_session()
            await self._link.sign_out()
        answer = web.json_response({"statusCode": 0})
        answer.del_cookie(_COOKIE)
        return answer

    def _authorised(self, request: web.Request) -> _Session:
        """The session, for its own password or cookie. Else 401, which has Workspace sign in.

        Without WWW-Authenticate: the browser would ask the agent for a password.
        """
        session = self._session
        who = credentials(request.headers.get("Authorization", ""))
        if session is not None and not self._link.let_in:
            logger.info("Workspace refuses our session: the agent must sign in again")
            self._drop_session()
        elif session is not None and who is not None and self._fits(who, session):
            return session
        elif session is not None and who is None:
            cookie = request.cookies.get(_COOKIE, "")
            if _same(cookie, session.cookie):
                return session
        raise RefusedError(401, "not-signed-in", "Sign in first.")

    def _fits(self, who: Credentials, session: _Session) -> bool:
        good = hmac.compare_digest(_digest(who, session.salt), session.digest)
        return good and self._link.let_in

    def _await_ping(self, session: _Session, within: timedelta) -> None:
        if session.expiry is not None:
            session.expiry.cancel()
        loop = asyncio.get_running_loop()
        session.expiry = loop.call_later(within.total_seconds(), self._expired)

    def _expired(self) -> None:
        logger.warning("Workspace pings no more")
        self._drop_session()
        self._post(TouchLost(Source.LOOPBACK))

    def _drop_session(self) -> None:
        session, self._session = self._session, None
        if session is not None and session.expiry is not None:
            session.expiry.cancel()


def _digest(who: Credentials, salt: bytes) -> bytes:
    pair = f"{who.username}\n{who.password}".encode()
    return hashlib.blake2b(pair, key=salt, digest_size=32).digest()


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), kept.encode())


def _said(status: int, code: str, text: str) -> web.Response:
    return web.json_response(
        {"statusCode": status, "error": code, "statusMessage": text}, status=status
    )
