"""HTTP to central: one session, the shared route to it, one timeout rule.

    CentralError          `verdict` says what to do next, `code` what to tell people
      UnreachableError    no answer, or none that central would give
      RefusedError        central answered with an error
      NotReadyError       not asked: a password or a certificate is not to be had

Central's redirects are not followed, and nothing goes to another host than the route's: the
credential travels in every request. One `Link` serves one thread.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3

from contract.desk_config import is_loopback
from contract.protocol import CLOCK
from uploader.core import Server, Verdict, verdict
from uploader.credentials import KeyringUnavailableError
from uploader.link.answers import (
    Answer,
    CentralError,
    NotReadyError,
    RefusedError,
    UnreachableError,
    answer,
)
from uploader.link.handshake import parting_word
from uploader.route import ClientKeyError, Leg, Route, TrustAdapter, trust

__all__ = [
    "Answer",
    "Body",
    "CentralError",
    "Link",
    "NotReadyError",
    "RefusedError",
    "UnreachableError",
    "trust",
]

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0  # also how long a block of a body may take to leave
ANSWER_SECONDS = 60.0
_JSON = {"Content-Type": "application/json"}
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")  # http.client's and urllib3's words
_REFUSES_OURS = re.compile(r"ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)")
_IN_WORDS = {
    "ConnectionRefusedError": "nobody listens there",
    "ConnectionResetError": "the connection broke",
    "gaierror": "the host's name has no address",
    "TimeoutError": "no answer in time",
}
_BROKEN_OFF = frozenset(
    {"SSLEOFError", "SSLZeroReturnError", "ConnectionResetError", "BrokenPipeError"}
)
_PARTING_SECONDS = 3.0  # for a server's word on why it turns the desk away


class Body(Protocol):
    """What requests sends block by block, each with its own timeout; it may be gone through again.

    WORKAROUND https://github.com/psf/requests/issues/5263: bytes would have to leave, all of
    them, within the connect timeout. It has no `read`: http.client would read 16 KiB at once.
    """

    def __len__(self) -> int:
        """How many bytes there are."""

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in blocks."""


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    headers: Mapping[str, str]
    body: bytes | Body
    answer_seconds: float


class _Clock(msgspec.Struct, frozen=True):
    """What a central that is well answers when it is asked for the time."""

    received_us: int
    sent_us: int


class Link:
    """Asks central, from one thread. `credential` is called for each request."""

    def __init__(  # noqa: PLR0913  # the two times are for tests alone
        self,
        url: str,
        context: ssl.SSLContext,
        credential: Callable[[], str | None] = lambda: None,
        *,
        route: Route | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`url` is central's, https unless it is this machine; ValueError otherwise.

        `route`, which links share, says more: a peer, proxies, a certificate. It then counts in
        place of `url` and `context`.
        """
        self.route = route or Route.alone(url, context)
        for one in self.route.urls:
            parts = urlsplit(one)
            if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
                raise ValueError("central is reached by https only")
        self._credential = credential
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._session: requests.Session | None = None
        self._session_for: tuple[object, ...] = ()
        self._welcome = False  # whether this session was ever answered

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Body = b"",
        answer_seconds: float | None = None,
    ) -> Answer:
        """One request. `path` is below central's url. RefusedError from 400 on."""
        asked = _Request(method, headers or {}, body, answer_seconds or self._answer_seconds)
        return self._ask(asked, lambda url: url + path)

    def ask_at(
        self,
        method: str,
        location: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Body = b"",
    ) -> Answer:
        """As `ask`, at a Location that central gave; only its path counts, never its host."""
        parts = urlsplit(location)
        if not parts.path.startswith("/"):
            raise UnreachableError("a Location without a path", code="central-confused")
        query = f"?{parts.query}" if parts.query else ""
        asked = _Request(method, headers or {}, body, self._answer_seconds)
        return self._ask(asked, lambda url: self._moved_to(url, parts.path) + query)

    def probe(self) -> bool:
        """Ask the primary how it is, whatever the course; whether it answered well."""
        try:
            leg = self.route.leg(Server.PRIMARY)
            asked = _Request("POST", _JSON, b"{}", self._connect_seconds)
            self._send(leg, leg.url + CLOCK, asked).read(_Clock)
        except (CentralError, KeyringUnavailableError, ClientKeyError) as error:
            logger.info("the primary is not well: %s", error)
            return False
        return True

    def close(self) -> None:
        """End its connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _moved_to(self, url: str, path: str) -> str:
        """The path at this address of central's; it may have come from the other."""
        here = urlsplit(url)
        roots = sorted((urlsplit(one).path for one in self.route.urls), key=len, reverse=True)
        root = next((one for one in roots if path.startswith(one + "/")), "")
        return f"{here.scheme}://{here.netloc}{here.path}{path[len(root) :]}"

    def _ask(self, asked: _Request, where: Callable[[str], str]) -> Answer:
        try:
            leg = self.route.leg()
        except KeyringUnavailableError as error:
            raise NotReadyError(str(error), code=error.code) from error
        except ClientKeyError as error:
            raise NotReadyError(str(error), code="client-key") from error
        began = timedelta(seconds=time.monotonic())
        try:
            found = self._send(leg, where(leg.url), asked)
        except UnreachableError:
            self.route.failed(leg, began, by_the_way=True)
            raise
        except RefusedError as error:
            if error.shows_central_well:
                self.route.answered(leg)
            elif error.verdict is not Verdict.THROTTLED or not error.error:
                self.route.failed(leg, began, by_the_way=False)
            raise
        self.route.answered(leg)
        return found

    def _send(self, leg: Leg, url: str, asked: _Request) -> Answer:
        fields = dict(asked.headers)
        credential = self._credential()
        if credential is not None:  # a new secret is tried before it is the desk's
            fields.setdefault("Authorization", f"Bearer {credential}")
        session = self._session_on(leg)
        request = session.prepare_request(
            requests.Request(asked.method, url, headers=fields, data=asked.body or None)
        )
        try:
            with session.send(
                request,
                stream=True,
                allow_redirects=False,
                verify=True,
                proxies={"https": leg.way} if leg.way else {},
                timeout=(self._connect_seconds, asked.answer_seconds),
            ) as response:
                self._welcome = True
                return answer(response)
        except RefusedError as error:
            present = self._credential()
            if error.verdict is Verdict.SIGN_IN and present not in {None, credential}:
                raise UnreachableError("the desk's secret was replaced meanwhile") from error
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unreachable(error, leg) from error

    def _session_on(self, leg: Leg) -> requests.Session:
        """A session for this leg: a new one on a new network, or with other certificates."""
        wanted = (leg.network, leg.context, leg.sign_in)
        if self._session is None or self._session_for != wanted:
            self.close()
            self._session, self._session_for = requests.Session(), wanted
            self._welcome = False
            # .netrc would replace the credential, and variables the trust store.
            self._session.trust_env = False
            self._session.mount("https://", TrustAdapter(leg.context, leg.to_proxy, leg.sign_in))
        return self._session

    def _unreachable(self, error: Exception, leg: Leg) -> UnreachableError:
        """What it means that no answer came."""
        cause = _innermost(error)
        kind = type(cause).__name__
        if kind in _BROKEN_OFF and not self._welcome and leg.url.startswith("https:"):
            cause = parting_word(leg, _PARTING_SECONDS) or cause
        tunnel = _TUNNEL.search(str(cause))
        if tunnel is not None:
            return self._no_tunnel(int(tunnel[1]))
        # What Windows and macOS themselves refuse comes without a reason, not even None.
        reason = getattr(cause, "reason", None) if isinstance(cause, ssl.SSLError) else None
        if _REFUSES_OURS.search(reason or ""):
            return UnreachableError(
                "central does not take this desk's certificate", code="client-certificate"
            )
        untrusted = isinstance(cause, ssl.SSLCertVerificationError)
        if isinstance(error, requests.exceptions.ProxyError) and untrusted:
            return UnreachableError(
                "the proxy's certificate is not trusted", code="central-untrusted"
            )
        if isinstance(error, requests.exceptions.SSLError) and kind not in _BROKEN_OFF:
            if self.route.a_portal_is_likely():
                return UnreachableError("a stranger answers", code="captive-portal")
            return UnreachableError(
                "central's certificate is not trusted", code="central-untrusted"
            )
        if isinstance(error, requests.exceptions.ProxyError):
            return UnreachableError(
                f"the proxy: {_IN_WORDS.get(kind, kind)}", code="proxy-unreachable"
            )
        return UnreachableError(_IN_WORDS.get(kind, kind))

    def _no_tunnel(self, status: int) -> UnreachableError:
        """What it means that the proxy leads no further."""
        reason = f"the proxy answers {status}"
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            self.route.sign_in_refused()
            return UnreachableError(reason, code="proxy-sign-in")
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
            return UnreachableError(reason, code="captive-portal")
        if verdict(status) is Verdict.RETRY or verdict(status) is Verdict.THROTTLED:
            return UnreachableError(reason)  # it does not reach central, or is unwell
        return UnreachableError(reason, code="proxy-refuses")


def _innermost(error: BaseException) -> BaseException:
    """The first cause. Its words may name hosts: only its kind is told.

    urllib3 wraps some causes as an argument alone.
    """
    while True:
        wrapped = next((one for one in error.args if isinstance(one, BaseException)), None)
        cause = error.__cause__ or error.__context__ or wrapped
        if cause is None:
            return error
        error = cause
