"""Genesys' own door of the loopback endpoint: Workspace signs the agent in, pings and signs out.

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from agent_client.core.events import Source, TouchLost, TouchRegained
from agent_client.ports import Post
from agent_client.workspace.basic import Credentials, credentials
from agent_client.workspace.doors import RefusedError
from agent_client.workspace.gws_session import (
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
    SignIn,
)
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.loopback_rules import (
    LoopbackRules,
    SignInAsked,
    SignOutAsked,
    admit,
    body,
    cors,
    sign_in,
)

logger = logging.getLogger(__name__)

_COOKIE = "TWINREEL_SESSION"
_WRONG_PASSWORDS = 5
_WRONG_WITHIN = 60.0  # seconds


@dataclass(slots=True)
class _Session:
    """A sign-in that is being pinged."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    servers: tuple[str, str]
    cookie: str = field(repr=False)
    csrf: str = field(repr=False)  # "" if Workspace did not ask for one
    expiry: asyncio.TimerHandle | None = None


class GenesysDoor:
    """All paths that no other door has."""

    prefix = "/"

    def __init__(
        self,
        post: Post,
        link: WorkspaceLink,
        rules: Callable[[], LoopbackRules],
        *,
        without_origin: bool = True,
    ) -> None:
        """`without_origin`: Workspace Desktop Edition is no browser, and names no origin."""
        self._post = post
        self._link = link
        self._rules = rules
        self._without_origin = without_origin
        self._session: _Session | None = None
        self._signing = asyncio.Lock()
        self._wrong: list[float] = []  # when passwords were refused

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """As Genesys documents them, and DELETE to sign out."""
        return [
            web.options("/api/v2/me", self._preflight),
            web.get("/api/v2/me", self._me, allow_head=False),
            web.post("/api/v2/me", self._me),
            web.delete("/api/v2/me", self._sign_out),
            web.options("/ping", self._preflight),
            web.get("/ping", self._ping, allow_head=False),
        ]

    def admit(self, request: web.Request) -> None:
        """Pages that central's policy names, and programs that are no pages."""
        admit(request.headers, self._rules(), without_origin=self._without_origin)

    def cors(self, request: web.Request, *, preflight: bool) -> Mapping[str, str]:
        """For the pages that policy names."""
        return cors(request.headers, self._rules(), preflight=preflight)

    async def _preflight(self, _: web.Request) -> web.Response:
        return web.Response(status=200)

    async def _me(self, request: web.Request) -> web.Response:
        asked = body(await request.read())
        if isinstance(asked, SignOutAsked):
            return await self._sign_out(request)
        who = credentials(request.headers.get("Authorization", ""))
        if who is None:
            raise RefusedError(401, "no-credentials", "Sign in with user name and password.")
        async with self._signing:
            return await self._signed_in(request, who, asked)

    async def _signed_in(
        self, request: web.Request, who: Credentials, where: SignInAsked
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
            secure=request.secure,
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
