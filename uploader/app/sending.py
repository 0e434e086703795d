"""The loop that carries recordings away, one at a time.

What a person asked for goes first, then what waits, oldest first, when the policy permits it; then
segments of calls that still go on.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from uploader.app.ahead import Ahead
from uploader.app.permitting import Permits
from uploader.app.standing import Board, Source, Standing
from uploader.core import (
    FREELY,
    Breaker,
    Conditions,
    FileToSend,
    Pace,
    UploadJob,
    Verdict,
    next_job,
)
from uploader.link import CentralError, Link, RefusedError
from uploader.spool import DamagedRecordingError, ReceiptMismatchError, Spool
from uploader.transport import ReceiptRefusedError, Stopped, Transport

logger = logging.getLogger(__name__)

_SCAN = timedelta(seconds=5)  # how often the spool is looked at while something waits in it
_IDLE_SCAN = timedelta(seconds=30)  # and otherwise: the client pokes when a recording is ready
_PROGRESS = timedelta(seconds=0.5)  # between two words of it
_SHORTEST_REST = timedelta(seconds=0.1)
_SAME_TIME = timedelta(seconds=2)  # as clocks tell it that are read one after the other
_chance = secrets.SystemRandom().random


class Sending:
    """Sends what waits in the spool, while the board has a credential and a policy."""

    def __init__(  # noqa: PLR0913  # each is a part that app puts together
        self,
        spool: Spool,
        link: Link,
        board: Board,
        stop: threading.Event,
        *,
        pace: Pace = FREELY,
        seen: Callable[[], Conditions] = Conditions,
        receipt_doubted: Callable[[], None] = lambda: None,
    ) -> None:
        """`link` is this loop's own. `seen` tells of power and network.

        `receipt_doubted`: the policy held may be older than the key that signed a receipt.
        """
        self._receipt_doubted = receipt_doubted
        self._spool = spool
        self._board = board
        self._stop = stop
        self._permits = Permits(board, spool.ready_at, seen)
        self._transport = Transport(
            link,
            receipt_keys=lambda: board.now.receipt_keys(datetime.now(UTC)),
            stopping=self._is_to_stop,
            progress=self._progress,
            pace=pace,
        )
        self._ahead = Ahead(
            spool.closed_segments(),
            Transport(link, receipt_keys=dict, stopping=self._is_to_stop_ahead, pace=pace),
            _chance,
        )
        self._noted = _monotonic()
        self._jobs: dict[str, UploadJob] = {}
        self._unreadable = set[str]()  # recordings, when last tried
        self._breaker = Breaker()
        self._connected = False
        self._poked = threading.Event()
        self._asked = False  # a person did, since the last step
        self._wait_no_more = False
        self._sends: str | None = None  # the recording that is on its way
        self._reached = 0  # bytes of it that central has

    def poke(self) -> None:
        """Look at once."""
        self._poked.set()

    def hurry(self) -> None:
        """A person asked: what waits now is sent whatever schedule and conditions say, at once."""
        self._asked = self._wait_no_more = True
        self._poked.set()

    def flush(self) -> None:
        """The session ends: the schedule and all waits are over; network and power still count."""
        self._permits.session_ends = True
        self._wait_no_more = True
        self._poked.set()

    def attempts(self) -> dict[str, int]:
        """Recordings that were tried in vain, and how often in a row; from any thread."""
        jobs = self._jobs.copy()  # in one step: the loop changes it meanwhile
        return {one: job.failures for one, job in jobs.items() if job.failures}

    def run(self) -> None:
        """Until asked to stop."""
        while not self._stop.is_set():
            if not self.step():
                self._poked.wait(self._rest().total_seconds())
                self._poked.clear()

    def step(self) -> bool:
        """Try one recording, or one segment ahead, if one is due; whether one was tried."""
        asked, self._asked = self._asked, False
        anew, self._wait_no_more = self._wait_no_more, False
        waiting = self.look()
        if anew:
            self._jobs, self._breaker = {}, Breaker()
            self._ahead.forget_waits()
        if asked:
            self._permits.asked_for = frozenset(waiting)
        self._unreadable &= {*waiting}
        self._board.problem(Source.SPOOL, "spool-fails" if self._unreadable else "")
        if not waiting:
            self._board.problem(Source.SENDING, "")
        standing, now = self._board.now, _monotonic()
        self._notice_return(standing.connected, now)
        if standing.credential is None or standing.policy is None:
            return False
        self._tell_held(waiting)
        if not self._breaker.may_try(now):
            return False
        job = next_job(self._permits.permitted(waiting), self._jobs, now)
        try:
            if job is None:
                return self._step_ahead(now)
            self._attempt(job)
        except Stopped:
            self._tell_held(self.look())
            return False
        self.look()
        return True

    def try_each(self) -> None:
        """Each waiting recording once, whatever its wait."""
        waiting = self.look()
        self._permits.asked_for = frozenset(waiting)
        for recording_id in waiting:
            self._attempt(UploadJob(recording_id))
        self.look()

    def look(self) -> list[str]:
        """What waits; the board is told."""
        waiting, quarantined = self._spool.waiting(), len(self._spool.quarantined())
        there = frozenset(waiting)
        self._jobs = {one: job for one, job in self._jobs.items() if one in there}
        self._permits.asked_for &= there

        def change(standing: Standing) -> Standing:
            return replace(standing, waiting=len(waiting), quarantined=quarantined)

        self._board.note(change)
        return waiting

    def _rest(self) -> timedelta:
        """Until a look is worth it: soon while something waits, and when the policy says."""
        standing = self._board.now
        if standing.credential is None or standing.policy is None:
            return _SCAN
        if not standing.waiting or standing.held:
            rest = _IDLE_SCAN
            if standing.until is not None:
                rest = min(rest, standing.until - datetime.now(UTC))
            return max(rest, _SHORTEST_REST)
        return _SCAN

    def _tell_held(self, waiting: list[str]) -> None:
        """What all that waits is waiting for, if it is nothing that went wrong."""
        answer = self._permits.of_all(waiting)
        until = answer.until and answer.until.astimezone(UTC)

        def change(standing: Standing) -> Standing:
            known = standing.until
            same = known and until and abs(known - until) < _SAME_TIME
            return replace(standing, held=answer.why, until=known if same else until)

        self._board.note(change)

    def _notice_return(self, connected: bool, now: timedelta) -> None:  # noqa: FBT001  # a state
        """Central is there again: nobody waits out a long wait, and not all come at once."""
        if connected and not self._connected:
            self._breaker = self._breaker.sooner(now, _chance())
            self._jobs = {one: job.sooner(now, _chance()) for one, job in self._jobs.items()}
        self._connected = connected

    def _is_to_stop(self) -> bool:
        """Between two chunks: the uploader ends, or what is sent may no longer be."""
        if self._stop.is_set():
            return True
        return self._sends is not None and not self._permits.of(self._sends).granted

    def _is_to_stop_ahead(self) -> bool:
        return self._stop.is_set() or not self._permits.may_send_early()

    def _step_ahead(self, now: timedelta) -> bool:
        if not self._permits.may_send_early():
            return False
        try:
            return self._ahead.step(now)
        except CentralError as error:
            if not (isinstance(error, RefusedError) and error.blames_the_recording):
                self._was_away(error, now)
            return True

    def _was_away(self, error: CentralError, now: timedelta) -> None:
        throttled = error.verdict is Verdict.THROTTLED
        self._breaker = self._breaker.failed(now, _chance(), throttled=throttled, asked=error.asked)

    def _attempt(self, job: UploadJob) -> None:
        recording_id = job.recording_id
        self._unreadable.discard(recording_id)
        self._sends, self._reached = recording_id, 0
        try:
            self._carry(job)
        except OSError as error:  # this one waits, the others do not wait for it
            self._jobs[recording_id] = job.after(
                Verdict.RETRY, _monotonic(), _chance(), blamed=False
            )
            self._unreadable.add(recording_id)
            logger.warning("recording %s cannot be read or moved: %s", recording_id, error.strerror)
        finally:
            self._sends = None
            self._board.note(lambda standing: replace(standing, sent=0, total=0))

    def _carry(self, job: UploadJob) -> None:
        """To central, or to quarantine, or wait. OSError when the disk does not do its part."""
        recording_id = job.recording_id
        try:
            receipt = self._transport.send(
                recording_id, self._spool.manifest_bytes(recording_id), self._files(recording_id)
            )
            self._spool.forget(receipt)
        except DamagedRecordingError as error:
            self._set_aside(recording_id, f"damaged here: {error}")
        except ReceiptMismatchError as error:
            self._set_aside(recording_id, f"changed here while it was sent: {error}")
        except CentralError as error:
            self._failed(job, error)
        else:
            logger.info("recording %s is safe at central, %s bytes", recording_id, receipt.size)
            self._breaker = self._breaker.answered()
            self._board.problem(Source.SENDING, "")

    def _progress(self, sent: int, total: int) -> None:
        """So many bytes of the recording are at central; told now and then."""
        self._reached = max(self._reached, sent)
        now = _monotonic()
        if now - self._noted >= _PROGRESS or self._board.now.total != total:
            self._noted = now
            self._board.note(lambda standing: replace(standing, sent=sent, total=total))

    def _files(self, recording_id: str) -> list[FileToSend]:
        return [
            FileToSend(file.name, str(file.path), file.size, file.sha256)
            for file in self._spool.files(recording_id)
        ]

    def _failed(self, job: UploadJob, error: CentralError) -> None:
        now = _monotonic()
        blamed = isinstance(error, RefusedError) and error.blames_the_recording
        if error.verdict is Verdict.SET_ASIDE:
            self._set_aside(job.recording_id, f"central refuses it: {error}")
            return
        if blamed and (damage := self._damage(job.recording_id)):
            self._set_aside(job.recording_id, f"damaged here: {damage}")
            return
        got_on = job.got_on(error.verdict, self._reached)
        job = job.after(
            error.verdict,
            now,
            _chance(),
            blamed=blamed,
            asked=error.asked,
            reached=self._reached,
        )
        if job.is_hopeless:
            self._set_aside(job.recording_id, f"central refuses it again and again: {error}")
            return
        self._jobs[job.recording_id] = job
        if blamed or got_on:
            self._breaker = self._breaker.answered()
        if not blamed:
            self._was_away(error, now)
        if error.verdict is Verdict.SIGN_IN:
            self._board.note(lambda standing: replace(standing, secret=None))
        if isinstance(error, ReceiptRefusedError):
            self._receipt_doubted()
        if not isinstance(error, ReceiptRefusedError) or job.failures > 1:
            self._board.problem(Source.SENDING, error.code)
        logger.warning("recording %s waits, attempt %s: %s", job.recording_id, job.failures, error)

    def _damage(self, recording_id: str) -> str:
        """What is wrong with the recording itself; "" if it is as it was recorded."""
        try:
            self._spool.check(recording_id)
        except DamagedRecordingError as error:
            return str(error)
        return ""

    def _set_aside(self, recording_id: str, why: str) -> None:
        self._spool.quarantine(recording_id, why)
        logger.error("recording %s is in quarantine: %s", recording_id, why)


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())
