"""What came back from central, or did not: what it means, what to do, what to tell people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import requests

from uploader.core import BLAMES_THE_RECORDING, Verdict, retry_after, verdict

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


class NotReadyError(CentralError):
    """Central was not asked: what the way there needs cannot be had now."""

    def __init__(self, reason: str, *, code: str) -> None:
        """`reason` holds no secret."""
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
    def shows_central_well(self) -> bool:
        """Whether central itself says so, and is not at a loss."""
        return bool(self.error) and self.status < HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def blames_the_recording(self) -> bool:
        """Whether central itself says that the fault is the recording's."""
        return bool(self.error) and self.verdict in BLAMES_THE_RECORDING


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


def answer(response: requests.Response) -> Answer:
    status = response.status_code
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or _leads_elsewhere(response):
        raise UnreachableError(f"{status} of the network's own", code="captive-portal")
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
    if body.lstrip()[:1] == b"<" or headers.get("content-type", "").startswith("text/html"):
        raise UnreachableError("a page in place of an answer", code="captive-portal")
    return Answer(status, headers, body)


def _leads_elsewhere(response: requests.Response) -> bool:
    """Whether this is a redirect to another host: central gives none."""
    if not response.is_redirect or response.url is None:
        return False
    there = urlsplit(response.headers.get("location", "")).netloc
    return there not in {"", urlsplit(response.url).netloc}


def _said(body: bytes) -> tuple[str, str]:
    """Central's error code and sentence, if the body is central's."""
    try:
        fields = json.loads(body)
        return str(fields["error"])[:100], str(fields.get("detail", ""))[:500]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""
