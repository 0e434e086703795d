"""The certificate that the endpoint shows by HTTPS: read from disk, and again when renewed."""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

logger = logging.getLogger(__name__)

MISSING = "certificate-missing"
UNUSABLE = "certificate-unusable"
EXPIRED = "certificate-expired"
EXPIRING = "certificate-expiring"
CERTIFICATE_PROBLEMS = (MISSING, UNUSABLE, EXPIRED, EXPIRING)

_WARN_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CertificatePlace:
    """Where a certificate and its key lie, PEM; one file may hold both."""

    whose: str  # for the log, which holds no paths: users' folders have their names
    certificate: Path
    key: Path


class KeptCertificate:
    """The first of several places that has one. `look` from any one thread at a time."""

    def __init__(
        self,
        places: Sequence[CertificatePlace],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._places = places
        self._now = now
        self._context: ssl.SSLContext | None = None
        self._good_until = datetime.min.replace(tzinfo=UTC)
        self._seen: object = None
        self._fault = MISSING  # of what lies there now; "" if it could be taken up
        self.why = "there is none"  # not, in words for IT
        self.whose = ""  # of the one taken up

    @property
    def is_there(self) -> bool:
        """Whether one could be taken up so far."""
        return self._context is not None

    @property
    def problem(self) -> str:
        """The code of what is wrong with it, for the tray; "" if all is well."""
        if self._fault:
            return self._fault
        left = self._good_until - self._now()
        if left <= timedelta(0):
            return EXPIRED
        return EXPIRING if left <= _WARN_BEFORE else ""

    def context(self) -> ssl.SSLContext:
        """For one more connection; only if `is_there`."""
        assert self._context is not None  # noqa: S101 -- as said
        return self._context

    def look(self) -> None:
        """Take up what is new. One that cannot be used leaves the old one in force."""
        place = next((one for one in self._places if os.path.exists(one.certificate)), None)
        if place is None:
            self._fault = MISSING
            return
        seen = (place, _stamp(place.certificate), _stamp(place.key))
        if seen == self._seen and not self._fault:
            return
        from cryptography import x509  # noqa: PLC0415 -- 2 MB, for desks that have a certificate

        try:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(place.certificate, place.key, password=_NO_PASSWORD)
            certificate = x509.load_pem_x509_certificate(place.certificate.read_bytes())
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
            self.why = reason or "it is not PEM"
            if seen != self._seen:
                logger.error("%s certificate cannot be used: %s", place.whose, self.why)  # noqa: TRY400 -- no bug
            self._seen, self._fault = seen, UNUSABLE
            return
        self._seen, self._fault, self.whose = seen, "", place.whose
        self._context, self._good_until = context, certificate.not_valid_after_utc
        logger.info("HTTPS with %s certificate, until %s", place.whose, self._good_until.date())


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except OSError as error:
        return error.errno
    return status.st_ino, status.st_mtime_ns, status.st_size


_NO_PASSWORD = ""  # else OpenSSL would ask for one at the terminal
