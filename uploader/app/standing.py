"""What the uploader's threads know together, behind one lock: the only state they share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum

from contract.canonical import unb64
from contract.desk_config import Identity
from contract.policy import Policy
from contract.signing import key_id
from uploader.desk import Held, State, Uploads


class Source(IntEnum):
    """Where a problem comes from; the first that has one is shown."""

    KEYRING = 0
    CENTRAL = 1
    POLICY = 2
    SPOOL = 3
    SENDING = 4
    NETWORK = 5  # central may be reached all the same


_NOTHING_KNOWN = State()


@dataclass(frozen=True, slots=True)
class Standing:
    """How things are now."""

    identity: Identity | None = None
    secret: str | None = field(default=None, repr=False)
    policy: Policy | None = None
    offset: timedelta = timedelta(0)  # central's clock minus the desk's
    waiting: int = 0
    quarantined: int = 0
    sent: int = 0  # bytes of the recording that is being sent, and of how many
    total: int = 0
    connected: bool = False
    client: State = _NOTHING_KNOWN
    held: Held = ""  # by the policy, if all that waits is
    until: datetime | None = None  # and until when, UTC, if the clock will end it
    problems: tuple[tuple[Source, str], ...] = ()  # sorted

    @property
    def credential(self) -> str | None:
        """What goes into Authorization; None if uploads have to wait."""
        if self.identity is None or self.secret is None:
            return None
        return f"{self.identity.device_id}.{self.secret}"

    @property
    def roots(self) -> Mapping[str, bytes]:
        """The pinned root, by its id."""
        if self.identity is None:
            return {}
        root = unb64(self.identity.root_key)
        return {key_id(root): root}

    def receipt_keys(self, now: datetime) -> Mapping[str, bytes]:
        """Who may sign receipts, kid -> public key; `now` by the desk's clock."""
        if self.policy is None:
            return {}
        there = now + self.offset
        return {
            key_id(unb64(key.public)): unb64(key.public)
            for key in self.policy.receipt_keys
            if key.not_before <= there < key.not_after
        }

    @property
    def problem(self) -> str:
        """The code of the problem to show, or ""."""
        if self.problems:
            return self.problems[0][1]
        return "refused-recording" if self.quarantined else ""

    def uploads(self) -> Uploads:
        """As the client is told."""
        return Uploads(
            waiting=self.waiting,
            quarantined=self.quarantined,
            problem=self.problem,
            connected_to_central=self.connected,
            sent=self.sent,
            total=self.total,
            held=self.held,
            until=self.until,
        )


class Board:
    """The standing, shared. `changed` is called when the client should know: the last is true."""

    def __init__(self, changed: Callable[[Uploads], None]) -> None:
        """Begins with an empty standing. `changed` is called by one thread at a time."""
        self._standing = Standing()
        self._lock = threading.Lock()
        self._telling = threading.RLock()
        self._changed = changed

    @property
    def now(self) -> Standing:
        """The standing at this moment; a value, so it does not change in the reader's hands."""
        return self._standing

    def note(self, change: Callable[[Standing], Standing]) -> None:
        """Change it; `change` does nothing else."""
        with self._lock:
            before, self._standing = self._standing, change(self._standing)
            after = self._standing
        if before.uploads() != after.uploads():
            with self._telling:  # and what is true by then: another thread may have come first
                self._changed(self._standing.uploads())

    def problem(self, source: Source, code: str) -> None:
        """`source` has this problem now; "" for none."""

        def change(standing: Standing) -> Standing:
            others = [one for one in standing.problems if one[0] is not source]
            mine = [(source, code)] if code else []
            return replace(standing, problems=tuple(sorted(others + mine)))

        self.note(change)
