"""Works the table of jobs, one at a time; as many workers may run as there are processors."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connection

from central.media.pictures import FilmError
from central.services import audit, calls, films, jobs, removal, uploads
from central.services.jobs import Lease
from central.services.site import Site

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5  # between two looks at an empty table
_RENEWED_SECONDS = jobs.LEASE.total_seconds() / 3
_SWEPT_LOOKS = 7_200  # about an hour of idle looks


class Worker:
    """One worker. `stop` ends it after the job in hand."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._stopped = threading.Event()
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._work: dict[str, Callable[[str], datetime | None]] = {
            calls.FILM: lambda call_id: films.make(site, call_id)
        }

    def stop(self) -> None:
        """Take no further job."""
        self._stopped.set()

    def run(self) -> None:
        """Until stopped."""
        looks = 0
        try:
            while not self._stopped.is_set():
                try:
                    if self._once():
                        continue
                    if looks % _SWEPT_LOOKS == 0:
                        self._sweep()
                except Exception:  # the loop must outlive whatever database and disk are up to
                    logger.exception("a round of the worker failed")
                    connection.close()  # it may be what fails
                looks += 1
                self._stopped.wait(IDLE_SECONDS)
        finally:
            connection.close()

    def _sweep(self) -> None:
        uploads.expire(self._site)
        removal.carry_out(self._site)
        SessionStore.clear_expired()
        logger.info("audit: %s", audit.head())

    def drain(self) -> int:
        """Do what is due now, and return; how many jobs that were."""
        count = 0
        while not self._stopped.is_set() and self._once():
            count += 1
        return count

    def _once(self) -> bool:
        close_old_connections()
        lease = jobs.claim(self.name)
        if lease is None:
            return False
        with _Renewing(lease):
            self._do(lease)
        return True

    def _do(self, lease: Lease) -> None:
        try:
            if lease.attempts > jobs.ATTEMPTS:  # each worker that took it died without a word
                raise FilmError("every worker that tried it died")  # noqa: TRY301 - handled alike
            again = self._work[lease.kind](lease.subject)
        except Exception as error:  # whatever a job may raise, it is tried again and then shown
            logger.exception("job %s %s, attempt %d", lease.kind, lease.subject, lease.attempts)
            name = "" if isinstance(error, FilmError) else f"{type(error).__name__}: "
            if not jobs.failed(lease, f"{name}{error}") and lease.kind == calls.FILM:
                films.give_up(lease.subject)
            return
        jobs.done(lease, again)


class _Renewing:
    """Keeps a lease while the work is done, from a thread of its own."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _renew(self) -> None:
        try:
            while not self._done.wait(_RENEWED_SECONDS):
                if not jobs.renew(self._lease):
                    logger.warning("job %d is no longer ours", self._lease.job_id)
                    return
        finally:
            connection.close()
