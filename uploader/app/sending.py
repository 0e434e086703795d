"""The loop that carries recordings away: one at a time, oldest first."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from uploader.app.standing import Board, Source, Standing
from uploader.core import (
    Breaker,
    FileToSend,
    UploadJob,
    Verdict,
    next_job,
)
from uploader.link import CentralError, Link, RefusedError
from uploader.spool import DamagedRecordingError, ReceiptMismatchError, Spool
from uploader.transport import Stopped, Transport

logger = logging.getLogger(__name__)

_SCAN = timedelta(seconds=5)  # how often the spool is looked at while something waits in it
_IDLE_SCAN = timedelta(seconds=30)  # and otherwise: the client pokes when a recording is ready
_PROGRESS = timedelta(seconds=0.5)  # between two words of it
_chance = secrets.SystemRandom().random


class Sending:
    """Sends what waits in the spool, while the board has a credential and a policy."""

    def __init__(
        self,
        spool: Spool,
        link: Link,
        board: Board,
        stop: threading.Event,
    ) -> None:
        """`link` is this loop's own."""
        self._spool = spool
        self._board = board
        self._stop = stop
        self._transport = Transport(
            link,
            receipt_keys=lambda: board.now.receipt_keys(datetime.now(UTC)),
            stopping=stop.is_set,
            progress=self._progress,
        )
        self._noted = _monotonic()
        self._jobs: dict[str, UploadJob] = {}
        self._unreadable = set[str]()  # recordings, when last tried
        self._breaker = Breaker()
        self._poked = threading.Event()
        self._hurry = False

    def poke(self) -> None:
        """Look at once."""
        self._poked.set()

    def hurry(self) -> None:
        """Look at once, and forget every wait: a person asked."""
        self._hurry = True
        self._poked.set()

    def run(self) -> None:
        """Until asked to stop."""
        while not self._stop.is_set():
            if not self.step():
                rest = _SCAN if self._board.now.waiting else _IDLE_SCAN
                self._poked.wait(rest.total_seconds())
                self._poked.clear()

    def step(self) -> bool:
        """Try one recording, if one is due; whether one was tried."""
        if self._hurry:
            self._hurry = False
            self._jobs, self._breaker = {}, Breaker()
        waiting = self.look()
        self._unreadable &= {*waiting}
        self._board.problem(Source.SPOOL, "spool-fails" if self._unreadable else "")
        if not waiting:
            self._board.problem(Source.SENDING, "")
        standing, now = self._board.now, _monotonic()
        if standing.credential is None or standing.policy is None:
            return False
        if not self._breaker.may_try(now):
            return False
        job = next_job(waiting, self._jobs, now)
        if job is None:
            return False
        try:
            self._attempt(job)
        except Stopped:
            return False
        self.look()
        return True

    def try_each(self) -> None:
        """Each waiting recording once, whatever its wait."""
        for recording_id in self.look():
            self._attempt(UploadJob(recording_id))
        self.look()

    def look(self) -> list[str]:
        """What waits; the board is told."""
        waiting, quarantined = self._spool.waiting(), len(self._spool.quarantined())
        self._jobs = {one: job for one, job in self._jobs.items() if one in waiting}

        def change(standing: Standing) -> Standing:
            return replace(standing, waiting=len(waiting), quarantined=quarantined)

        self._board.note(change)
        return waiting

    def _attempt(self, job: UploadJob) -> None:
        recording_id = job.recording_id
        self._unreadable.discard(recording_id)
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
        except OSError as error:  # this one waits, the others do not wait for it
            self._jobs[recording_id] = job.after(
                Verdict.RETRY, _monotonic(), _chance(), blamed=False
            )
            self._unreadable.add(recording_id)
            logger.warning("recording %s cannot be read: %s", recording_id, error.strerror)
        else:
            logger.info("recording %s is safe at central, %s bytes", recording_id, receipt.size)
            self._breaker = self._breaker.answered()
            self._board.problem(Source.SENDING, "")
        finally:
            self._board.note(lambda standing: replace(standing, sent=0, total=0))

    def _progress(self, sent: int, total: int) -> None:
        """So many bytes of the recording are at central; told now and then."""
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
        now, throttled = _monotonic(), error.verdict is Verdict.THROTTLED
        blamed = isinstance(error, RefusedError) and error.blames_the_recording
        if error.verdict is Verdict.SET_ASIDE:
            self._set_aside(job.recording_id, f"central refuses it: {error}")
            return
        if blamed and (damage := self._damage(job.recording_id)):
            self._set_aside(job.recording_id, f"damaged here: {damage}")
            return
        job = job.after(error.verdict, now, _chance(), blamed=blamed, asked=error.asked)
        if job.is_hopeless:
            self._set_aside(job.recording_id, f"central refuses it again and again: {error}")
            return
        self._jobs[job.recording_id] = job
        if blamed:
            self._breaker = self._breaker.answered()
        else:
            self._breaker = self._breaker.failed(
                now, _chance(), throttled=throttled, asked=error.asked
            )
        if error.verdict is Verdict.SIGN_IN:
            self._board.note(lambda standing: replace(standing, secret=None))
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
