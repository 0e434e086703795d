"""Closed segments of calls that still go on, sent before their recording is complete."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from uploader.core import FileToSend, UploadJob, Verdict
from uploader.link import CentralError
from uploader.spool import ClosedSegments
from uploader.transport import Transport

logger = logging.getLogger(__name__)


class Ahead:
    """A convenience: whatever fails here, the recording is sent whole when its time comes.

    So nothing is touched in the spool, nothing counts against the recording, and what was sent is
    only remembered so as not to ask central again.
    """

    def __init__(
        self, segments: ClosedSegments, transport: Transport, chance: Callable[[], float]
    ) -> None:
        """`transport` is the loop's own."""
        self._segments = segments
        self._transport = transport
        self._chance = chance
        self._there: set[tuple[str, str]] = set()  # recording, file name
        self._jobs: dict[str, UploadJob] = {}  # of recordings whose segments did not get through

    def step(self, now: timedelta) -> bool:
        """Send one segment, if one is due; whether one was. `now` is monotonic.

        CentralError, after the wait for it is noted; Stopped.
        """
        found = [(one, file) for one, file in self._segments.look() if file.is_whole()]
        self._there &= {(one, file.name) for one, file in found}
        going_on = {one for one, _ in found}
        self._jobs = {one: job for one, job in self._jobs.items() if one in going_on}
        for recording_id, file in found:
            job = self._jobs.get(recording_id, UploadJob(recording_id))
            if (recording_id, file.name) in self._there or job.not_before > now:
                continue
            self._send(job, FileToSend(file.name, str(file.path), file.size, file.sha256), now)
            return True
        return False

    def forget_waits(self) -> None:
        """Try again at once."""
        self._jobs = {}

    def _send(self, job: UploadJob, file: FileToSend, now: timedelta) -> None:
        try:
            self._transport.send_ahead(job.recording_id, file)
        except (CentralError, OSError) as error:
            verdict, asked = Verdict.RETRY, None
            if isinstance(error, CentralError):
                verdict, asked = error.verdict, error.asked
            job = job.after(verdict, now, self._chance(), blamed=False, asked=asked)
            self._jobs[job.recording_id] = job
            logger.info("recording %s, %s: not ahead: %s", job.recording_id, file.name, error)
            if isinstance(error, CentralError):
                raise
        else:
            self._there.add((job.recording_id, file.name))
            self._jobs.pop(job.recording_id, None)
            logger.info("recording %s, %s is ahead at central", job.recording_id, file.name)
