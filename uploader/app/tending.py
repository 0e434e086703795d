"""The loop that keeps the desk and central together: enrolment, clock, policy, masks, health."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from contract.canonical import unb64, utc_text
from contract.desk_config import CLOCK, IDENTITY, POLICY, Clock, Identity
from contract.policy import PolicyError, accept
from contract.protocol import EnrolmentToken, Health
from uploader import heap
from uploader.app.signing_in import SigningIn
from uploader.app.standing import Board, Source
from uploader.central import reports
from uploader.central.masks import MaskQueue
from uploader.central.policy import PolicyRefusedError, PolicySource
from uploader.central.tellings import Tellings
from uploader.core import Verdict, wait
from uploader.credentials import KeyringUnavailableError, Secrets
from uploader.link import CentralError, Link
from uploader.spool import Spool, durable

logger = logging.getLogger(__name__)

_PERIOD = timedelta(seconds=60)
_CLOCK_PERIOD = timedelta(minutes=10)
_CLOCK_STEP = timedelta(milliseconds=50)  # the desk's clock was set, or the machine slept
_KEYRING_PERIOD = timedelta(seconds=5)  # a look costs milliseconds
_MENDED_BY_A_PERSON = frozenset({"keyring-locked", "keyring-silent", "no-keyring"})
_chance = secrets.SystemRandom().random


@dataclass(frozen=True, slots=True)
class Desk:
    """What this desk is by its configuration."""

    central_url: str
    token: EnrolmentToken | None
    version: str
    state: Path


class Tending:
    """Talks to central each minute, and at once when there is a mask to tell."""

    def __init__(  # noqa: PLR0913  # each is a part that app puts together
        self,
        desk: Desk,
        *,
        link: Link,
        vault: Secrets,
        board: Board,
        masks: MaskQueue,
        tellings: Tellings,
        spool: Spool,
        stop: threading.Event,
        policy_changed: Callable[[], None],
    ) -> None:
        """`policy_changed` is called when policy.json or identity.json is new."""
        self._desk = desk
        self._link = link
        self._board = board
        self._signing_in = SigningIn(
            desk.state,
            desk.central_url,
            desk.token,
            desk.version,
            link=link,
            vault=vault,
            board=board,
            monotonic=_monotonic,
        )
        self._masks = masks
        self._tellings = tellings
        self._spool = spool
        self._stop = stop
        self._policy_changed = policy_changed
        self._source: PolicySource | None = None
        self._clock_at: tuple[timedelta, timedelta] | None = None  # monotonic, wall minus that
        self._due = timedelta(0)
        self._failures = 0
        self._at_once = threading.Event()
        self._poked = threading.Event()

    def poke(self, *, now: bool = False) -> None:
        """There is something to tell; `now`: do everything at once."""
        if now:
            self._at_once.set()
        self._poked.set()

    def remember(self) -> None:
        """What the state folder says from the last time. Central is not asked."""
        try:
            identity = msgspec.json.decode(
                (self._desk.state / IDENTITY).read_bytes(), type=Identity
            )
            token = self._desk.token
            if token is not None and not token.fits(unb64(identity.root_key)):
                logger.warning("the enrolment token is for another central: enrolling anew")
                return
        except FileNotFoundError:
            return
        except (msgspec.MsgspecError, ValueError):
            logger.exception("%s cannot be read: enrolling anew", IDENTITY)
            return
        self._board.note(lambda standing: replace(standing, identity=identity))
        try:
            held = accept((self._desk.state / POLICY).read_bytes(), self._board.now.roots, None)
        except FileNotFoundError:
            return
        except PolicyError as error:
            logger.warning("the policy on disk is not followed: %s", error)
            return
        self._board.note(lambda standing: replace(standing, policy=held))

    def run(self) -> None:
        """Until asked to stop."""
        while not self._stop.is_set():
            self.step()
            heap.give_back()
            self._poked.wait(
                min(max(self._due - _monotonic(), timedelta(0)), _PERIOD).total_seconds()
            )
            self._poked.clear()

    def step(self) -> bool:
        """What is due; whether all went well. What went wrong is on the board."""
        asked = self._at_once.is_set()
        if asked:
            self._at_once.clear()  # before anything is fetched: who asks later wants it once more
        due = asked or _monotonic() >= self._due
        try:
            if self._signing_in.have():
                self._source = None
                self._policy_changed()
            self._board.problem(Source.KEYRING, "")
            if due:
                self._exchange()
            if self._clock_at is not None:
                if self._masks.waiting() and self._clock_is_due():
                    self._measure_clock()  # the desk's clock was set since: their times need it
                self._masks.tell(self._link, self._board.now.offset)
                self._tellings.tell(self._link, self._board.now.offset)
        except KeyringUnavailableError as error:
            self._failed(error.code, error, None, Source.KEYRING)
            return False
        except PolicyRefusedError as error:
            self._failed(error.code, error, None, Source.POLICY)
            return False
        except CentralError as error:
            if error.verdict is Verdict.SIGN_IN:
                self._board.note(lambda standing: replace(standing, secret=None))
            self._failed(error.code, error, error.asked, Source.CENTRAL)
            return False
        if due:
            self._failures = 0
            self._due = _monotonic() + _PERIOD
            self._board.note(lambda standing: replace(standing, connected=True))
        return True

    def _failed(self, code: str, error: Exception, asked: timedelta | None, source: Source) -> None:
        self._failures += 1
        due = wait(self._failures, _chance(), asked=asked)
        if code in _MENDED_BY_A_PERSON:
            due = min(due, _KEYRING_PERIOD)  # who unlocks it expects it to go on
        self._due = _monotonic() + due
        is_news = (source, code) not in self._board.now.problems
        self._board.problem(source, code)
        if source is Source.CENTRAL:
            self._board.note(lambda standing: replace(standing, connected=False))
        level = logging.WARNING if is_news or source is not Source.KEYRING else logging.DEBUG
        logger.log(level, "central, attempt %s: %s: %s", self._failures, code, error)

    def _exchange(self) -> None:
        if self._clock_is_due():
            self._measure_clock()
        standing = self._board.now
        if self._source is None:
            self._source = PolicySource(self._link, standing.roots)
        try:
            fetched = self._source.fetch(datetime.now(UTC) + standing.offset, standing.policy)
        except PolicyRefusedError as error:
            self._board.problem(Source.POLICY, error.code)
            self._report()
            raise
        if fetched is not None:
            policy, document = fetched
            self._write(POLICY, document)
            self._board.note(lambda now: replace(now, policy=policy))
            self._policy_changed()
        self._board.problem(Source.POLICY, "")
        self._report()
        self._signing_in.renew(datetime.now(UTC) + self._board.now.offset)

    def _report(self) -> None:
        self._board.problem(Source.CENTRAL, "")  # it answers
        standing = self._board.now
        health = Health(
            client_version=self._desk.version,
            agent_id=standing.client.agent_id or "",
            spooled=standing.waiting,
            spooled_bytes=self._spool.size_bytes(),
            quarantined=standing.quarantined,
            problem=standing.problem,
            clock_offset_us=standing.offset // timedelta(microseconds=1),
        )
        reports.health(self._link, health)

    def _clock_is_due(self) -> bool:
        if self._clock_at is None:
            return True
        measured, difference = self._clock_at
        return (
            _monotonic() - measured > _CLOCK_PERIOD
            or abs(_wall() - _monotonic() - difference) > _CLOCK_STEP
        )

    def _measure_clock(self) -> None:
        sample = reports.clock(self._link)
        clock = Clock(
            offset_us=sample.offset_us,
            round_trip_us=sample.round_trip_us,
            measured_at=utc_text(datetime.now(UTC)),
        )
        self._write(CLOCK, msgspec.json.encode(clock))
        self._clock_at = (_monotonic(), _wall() - _monotonic())
        offset = timedelta(microseconds=sample.offset_us)
        self._board.note(lambda now: replace(now, offset=offset))

    def _write(self, name: str, content: bytes) -> None:
        durable.write_whole(self._desk.state / name, content)


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())


def _wall() -> timedelta:
    return timedelta(seconds=time.time())
