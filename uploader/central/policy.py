"""The signed policy: asked for with its ETag, taken only if the pinned root signed it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from contract.policy import Policy, PolicyError, accept
from contract.protocol import POLICY
from uploader.core import Verdict
from uploader.link import CentralError, Link

logger = logging.getLogger(__name__)


class PolicyRefusedError(CentralError):
    """Central sent a policy that we may not follow: the last good one stands."""

    def __init__(self, reason: str) -> None:
        """`reason` is what `accept` said."""
        super().__init__(reason, verdict=Verdict.RETRY, code="policy-unusable")


class PolicySource:
    """Remembers the ETag, so that an unchanged policy costs a few bytes."""

    def __init__(self, link: Link, roots: Mapping[str, bytes]) -> None:
        """`roots`: kid -> public key, as pinned at enrolment."""
        self._link = link
        self._roots = roots
        self._etag: str | None = None

    def fetch(self, now: datetime, held: Policy | None) -> tuple[Policy, bytes] | None:
        """A new policy and its document; None if the one held is the present one.

        `now` by central's clock. A policy older than the one held is refused: an old document is
        as well signed as a new one.
        """
        headers = {"If-None-Match": self._etag} if self._etag and held else {}
        answer = self._link.ask("GET", POLICY, headers=headers)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return None
        try:
            policy = accept(answer.body, self._roots, now)
        except PolicyError as error:
            raise PolicyRefusedError(str(error)) from error
        if held is not None and policy.version < held.version:
            raise PolicyRefusedError(f"version {policy.version} after {held.version}")
        self._etag = answer.headers.get("etag")
        if policy == held:
            return None
        logger.info("policy version %s is in force", policy.version)
        return policy, answer.body
