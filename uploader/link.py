"""HTTP to central: one session, the system's trust store, the system's proxies, one timeout rule.

    CentralError          `verdict` says what to do next, `code` what to tell people
      UnreachableError    no answer, or none that central would give
      RefusedError        central answered with an error

Central's redirects are not followed, and nothing goes to another host: the credential travels in
every request. One `Link` serves one thread.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
import truststore
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from contract.desk_config import is_loopback
from uploader.core import BLAMES_THE_RECORDING, Verdict, retry_after, verdict

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0  # also how long a block of a body may take to leave
ANSWER_SECONDS = 60.0
_BROKEN_OFF = frozenset({"SSLEOFError", "SSLZeroReturnError", "ConnectionResetError"})
_LARGEST_ANSWER = 16 * 1024**2  # bytes


class CentralError(Exception):
    """Central did not do what was asked. `asked`: do not come back before."""

    def __init__(
        self, reason: str, *, verdict: Verdict, code: str, asked: timedelta | None = None
    ) -> None:
        """`code` is in docs/it/uploader.md."""
        super().__init__(reason)
        self.verdict = verdict
        self.code = code
        self.asked = asked


class UnreachableError(CentralError):
    """No answer, or none that central would give."""

    def __init__(self, reason: str, *, code: str = "central-unreachable") -> None:
        """`reason` names the kind of failure, no address."""
        super().__init__(reason, verdict=Verdict.RETRY, code=code)


class RefusedError(CentralError):
    """Central, or something on the way, answered with an error."""

    def __init__(self, status: int, body: bytes, asked: timedelta | None) -> None:
        """`body` as it came; `error` and `detail` are what it says, if it is central's."""
        error, detail = _said(body)
        outcome, code = verdict(status), "central-refuses"
        if outcome is Verdict.SIGN_IN:
            code = "desk-copied" if error == "secret-replaced" else "central-refuses-desk"
        elif outcome in {Verdict.RETRY, Verdict.THROTTLED}:
            code = "central-unwell"
        elif not error:
            code = "central-confused"
            if outcome in {Verdict.REFUSED, Verdict.SET_ASIDE}:
                outcome = Verdict.RETRY  # said by something on the way, which may be mended
        super().__init__(
            f"{status} {error} {detail}".strip(), verdict=outcome, code=code, asked=asked
        )
        self.status = status
        self.body = body
        self.error = error
        self.detail = detail

    @property
    def blames_the_recording(self) -> bool:
        """Whether central itself says that the fault is the recording's."""
        return bool(self.error) and self.verdict in BLAMES_THE_RECORDING


class Body(Protocol):
    """What requests sends block by block, each with its own timeout.

    WORKAROUND https://github.com/psf/requests/issues/5263: bytes would have to leave, all of
    them, within the connect timeout.
    """

    def __len__(self) -> int:
        """How many bytes there are."""

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in blocks."""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`."""


_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def read(self, kind: type[_Kind]) -> _Kind:
        """The body as this type; UnreachableError if it is not: then it is not central's."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UnreachableError(
                f"the answer is no {kind.__name__}", code="central-confused"
            ) from error


class TrustAdapter(HTTPAdapter):
    """Verifies servers by the system's trust store, and by nothing else."""

    def __init__(self, context: ssl.SSLContext) -> None:
        """`context` decides whom to trust."""
        self._context = context
        super().__init__(max_retries=0)

    # The types of what is passed through are requests' own affair.
    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """Direct connections."""
        super().init_poolmanager(*args, ssl_context=self._context, **options)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Connections through a proxy."""
        return super().proxy_manager_for(*args, ssl_context=self._context, **options)

    def cert_verify(self, conn: Any, url: str, verify: object, cert: object) -> None:  # noqa: ANN401
        """Keep requests from adding its own list of authorities to the context."""
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"


def trust(site_ca: str | None) -> ssl.SSLContext:
    """The system's trust store and, if given, the authorities in this PEM file.

    OSError (ssl.SSLError among them) if the file cannot be read.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if site_ca is not None:
        context.load_verify_locations(cafile=site_ca)
    return context


class Link:
    """Asks central, from one thread. `credential` is called for each request."""

    def __init__(
        self,
        url: str,
        context: ssl.SSLContext,
        credential: Callable[[], str | None] = lambda: None,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`url` is central's, https unless it is this machine; ValueError otherwise."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError("central is reached by https only")
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._url = url.rstrip("/")
        self._credential = credential
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._session = requests.Session()
        # .netrc would replace the credential, and variables the trust store.
        self._session.trust_env = False
        self._session.mount("https://", TrustAdapter(context))

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
        return self._ask(method, self._url + path, headers or {}, body, answer_seconds)

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
        return self._ask(method, self._origin + parts.path + query, headers or {}, body, None)

    def _proxies(self, url: str) -> dict[str, str]:
        """The system's; but what is in the clear goes to this machine itself and no further."""
        if self._origin.startswith("http:"):
            return {}
        return get_environ_proxies(url, no_proxy=None)

    def close(self) -> None:
        """End its connections."""
        self._session.close()

    def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Body,
        answer_seconds: float | None,
    ) -> Answer:
        fields = dict(headers)
        credential = self._credential()
        if credential is not None:  # a new secret is tried before it is the desk's
            fields.setdefault("Authorization", f"Bearer {credential}")
        request = self._session.prepare_request(
            requests.Request(method, url, headers=fields, data=body or None)
        )
        try:
            with self._session.send(
                request,
                stream=True,
                allow_redirects=False,
                verify=True,
                proxies=self._proxies(url),
                timeout=(self._connect_seconds, answer_seconds or self._answer_seconds),
            ) as response:
                return _answer(response)
        except RefusedError as error:
            if error.verdict is Verdict.SIGN_IN and credential != self._credential():
                raise UnreachableError("the desk's secret was replaced meanwhile") from error
            raise
        except requests.exceptions.SSLError as error:
            if _kind(error) in _BROKEN_OFF:
                raise UnreachableError(_kind(error)) from error
            raise UnreachableError(
                "central's certificate is not trusted", code="central-untrusted"
            ) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise UnreachableError(_kind(error)) from error


def _answer(response: requests.Response) -> Answer:
    status = response.status_code
    if status < 200 or (300 <= status < 400 and status != 304):  # noqa: PLR2004  # classes of status
        # 1xx: WORKAROUND http.client passes over 100 alone, and takes 103 for the last answer.
        response.close()
        raise UnreachableError(f"{status} is no answer of central's")
    body = b""
    for block in response.iter_content(64 * 1024):
        body += block
        if len(body) > _LARGEST_ANSWER:
            raise UnreachableError("an endless answer", code="central-confused")
    headers = {name.lower(): value for name, value in response.headers.items()}
    if status >= 400:  # noqa: PLR2004  # classes of status
        raise RefusedError(status, body, retry_after(headers.get("retry-after"), datetime.now(UTC)))
    return Answer(status, headers, body)


def _said(body: bytes) -> tuple[str, str]:
    """Central's error code and sentence, if the body is central's."""
    try:
        fields = json.loads(body)
        return str(fields["error"])[:100], str(fields.get("detail", ""))[:500]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def _kind(error: BaseException) -> str:
    """What kind of failure, by the innermost cause; its words may name hosts and are left out."""
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__ or error
    return type(error).__name__
