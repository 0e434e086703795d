"""What to do after an answer, or after none: pure, with time and chance handed in.

Time is the monotonic clock as a `timedelta`; chance a number in [0, 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

_BASE = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
REFUSALS = 5  # an answer that blames the recording is believed when it came this often
BREAKER_FAILURES = 5
LONGEST_ASKED = timedelta(days=1)  # a Retry-After beyond is not believed
RETURN_SPREAD = timedelta(seconds=60)  # desks that see central again come within this
_KIB = 1024
SMALLEST_CHUNK = 64 * _KIB
FIRST_CHUNK = 1024 * _KIB
LARGEST_CHUNK = 256 * 1024 * _KIB  # taken in seconds, or it is not reached


class Verdict(StrEnum):
    """What to do after an answer, or after none."""

    DONE = "done"
    RETRY = "retry"  # the network or central is at fault: wait, for ever if need be
    THROTTLED = "throttled"  # central asks for patience: never come back at once
    LOOK_AGAIN = "look-again"  # ask central how much it has
    AGAIN_FROM_START = "again-from-start"  # central forgot this upload: create it anew
    SMALLER = "smaller"  # something on the way takes no request of this size
    SIGN_IN = "sign-in"  # the credential is refused
    REFUSED = "refused"  # the recording is at fault, if it is said often enough
    SET_ASIDE = "set-aside"  # central looked at the whole recording and refuses it


_BY_STATUS = {
    HTTPStatus.UNAUTHORIZED: Verdict.SIGN_IN,
    HTTPStatus.FORBIDDEN: Verdict.SIGN_IN,
    HTTPStatus.NOT_FOUND: Verdict.AGAIN_FROM_START,
    HTTPStatus.GONE: Verdict.AGAIN_FROM_START,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Verdict.RETRY,
    HTTPStatus.REQUEST_TIMEOUT: Verdict.RETRY,
    HTTPStatus.CONFLICT: Verdict.LOOK_AGAIN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Verdict.SMALLER,
    HTTPStatus.TOO_EARLY: Verdict.RETRY,
    HTTPStatus.TOO_MANY_REQUESTS: Verdict.THROTTLED,
    HTTPStatus.SERVICE_UNAVAILABLE: Verdict.THROTTLED,
    HTTPStatus.UNPROCESSABLE_ENTITY: Verdict.SET_ASIDE,
}
_CHECKSUM_MISMATCH = 460  # tus: the chunk arrived damaged and was dropped


def verdict(status: int) -> Verdict:
    """What an HTTP status means for an upload. 1xx as a last answer is a broken connection."""
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if status == _CHECKSUM_MISMATCH:
        return Verdict.LOOK_AGAIN
    if 200 <= status < 300:  # noqa: PLR2004  # the classes of status are known by these
        return Verdict.DONE
    if 400 <= status < 500:  # noqa: PLR2004  # the classes of status are known by these
        return Verdict.REFUSED
    return Verdict.RETRY  # 5xx; 1xx and 3xx come from something that is not central


BLAMES_THE_RECORDING = frozenset(
    {Verdict.REFUSED, Verdict.SMALLER, Verdict.LOOK_AGAIN, Verdict.AGAIN_FROM_START}
)
"""Verdicts that count against a recording, if central itself gave them and no proxy did."""


def wait(
    failures: int,
    chance: float,
    *,
    throttled: bool = False,
    asked: timedelta | None = None,
) -> timedelta:
    """How long to wait after this many failures in a row (1 or more).

    Full jitter, so that desks do not come back together; equal jitter when central asked for
    patience, as full jitter may be nearly nothing. `asked` is Retry-After: the least.
    """
    most = min(LONGEST_WAIT, _BASE * (1 << min(failures - 1, 20)))
    drawn = most / 2 + most / 2 * chance if throttled else most * chance
    return max(drawn, asked or timedelta(0))


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date; None if it cannot be read."""
    if value is None:
        return None
    try:
        length = timedelta(seconds=int(value))
    except (ValueError, OverflowError):
        try:
            length = parsedate_to_datetime(value) - now
        except (ValueError, TypeError):  # TypeError: a date without a time zone
            return None
    return min(max(length, timedelta(0)), LONGEST_ASKED)


@dataclass(frozen=True, slots=True)
class FileToSend:
    """One file of a recording, as it lies in the spool."""

    name: str  # as in the Idempotency-Key
    path: str
    size: int  # bytes
    sha256: str  # hex


@dataclass(frozen=True, slots=True)
class UploadJob:
    """One recording on its way. Not kept over a restart: what central has, central says."""

    recording_id: str
    failures: int = 0  # in a row, whatever the cause, without a byte of progress
    reached: int = 0  # the most bytes that central ever had after an attempt
    refusals: int = 0  # answers that blame the recording
    not_before: timedelta = timedelta(0)
    patient: bool = False  # central asked for this wait

    def after(  # noqa: PLR0913  # each is a fact of the attempt
        self,
        outcome: Verdict,
        now: timedelta,
        chance: float,
        *,
        blamed: bool,
        asked: timedelta | None = None,
        reached: int = 0,
    ) -> UploadJob:
        """The job after an attempt that failed; `blamed` if central itself blames the recording.

        `reached`: how many of its bytes central has.
        """
        failures = 1 if self.got_on(outcome, reached) else self.failures + 1
        return replace(
            self,
            failures=failures,
            reached=max(self.reached, reached),
            refusals=self.refusals + blamed,
            not_before=now
            + wait(failures, chance, throttled=outcome is Verdict.THROTTLED, asked=asked),
            patient=outcome is Verdict.THROTTLED or asked is not None,
        )

    def got_on(self, outcome: Verdict, reached: int) -> bool:
        """Whether central took more than ever: then waits begin anew, if it asked for none."""
        return reached > self.reached and outcome is not Verdict.THROTTLED

    def sooner(self, now: timedelta, chance: float) -> UploadJob:
        """When central is there again after it was away."""
        return self if self.patient else replace(self, not_before=_soon(self, now, chance))

    @property
    def is_hopeless(self) -> bool:
        """Whether to set it aside for a person; its data are kept."""
        return self.refusals >= REFUSALS


def next_job(
    waiting: Iterable[str], jobs: Mapping[str, UploadJob], now: timedelta
) -> UploadJob | None:
    """The first waiting recording whose time has come; the order is the caller's."""
    for recording_id in waiting:
        job = jobs.get(recording_id, UploadJob(recording_id))
        if job.not_before <= now:
            return job
    return None


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether to bother a server at all. Closed until it failed often in a row."""

    failures: int = 0
    not_before: timedelta = timedelta(0)
    patient: bool = False  # central asked for this wait

    def may_try(self, now: timedelta) -> bool:
        """One attempt at a time is let through when the wait is over."""
        return now >= self.not_before

    def failed(
        self, now: timedelta, chance: float, *, throttled: bool, asked: timedelta | None = None
    ) -> Breaker:
        """After an attempt for which the server or the way to it is to blame."""
        failures = self.failures + 1
        if failures < BREAKER_FAILURES and asked is None:
            return replace(self, failures=failures)
        return Breaker(
            failures,
            now + wait(failures, chance, throttled=throttled, asked=asked),
            patient=throttled or asked is not None,
        )

    def sooner(self, now: timedelta, chance: float) -> Breaker:
        """When central is there again after it was away."""
        return self if self.patient else replace(self, not_before=_soon(self, now, chance))

    def answered(self) -> Breaker:
        """After any answer that shows it well."""
        return Breaker()


def _soon(waits: UploadJob | Breaker, now: timedelta, chance: float) -> timedelta:
    return min(waits.not_before, now + RETURN_SPREAD * chance)


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """How many bytes to send in one request, by what came of the last ones."""

    size: int = FIRST_CHUNK  # bytes
    ceiling: int = LARGEST_CHUNK  # bytes; something on the way refuses more

    def after_success(self) -> ChunkSize:
        """It passed: try twice as much."""
        return replace(self, size=min(self.size * 2, self.ceiling))

    def after_timeout(self) -> ChunkSize:
        """It did not get through in time: half."""
        return replace(self, size=max(self.size // 2, SMALLEST_CHUNK))

    def after_too_large(self) -> ChunkSize:
        """It was refused for its size (413): half, and never again more than that."""
        half = max(self.size // 2, SMALLEST_CHUNK)
        return ChunkSize(half, half)

    @property
    def is_smallest(self) -> bool:
        """Whether halving changes nothing any more."""
        return self.size == SMALLEST_CHUNK
