"""Which recordings may leave just now: by the policy, by what the desk is like, or by order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from contract.policy import Uploading
from uploader.app import local_time
from uploader.app.standing import Board
from uploader.core import Conditions, Permission, permission, permission_by_supply
from uploader.core.schedule import share

_LET_GO_OVER = timedelta(seconds=60)  # a new policy reaches a whole fleet within seconds
_BY_THE_CLOCK = frozenset({"schedule", "shift"})


class Permits:
    """Asked by one thread; `session_ends` may be set by any."""

    def __init__(
        self,
        board: Board,
        ready_at: Callable[[str], datetime],
        seen: Callable[[], Conditions] = Conditions,
        now: Callable[[], datetime] = local_time.now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ready_at` may raise OSError. `seen` tells of power and network.

        Who is signed in, and of calls, the client told the board.
        """
        self.asked_for = frozenset[str]()  # recordings that a person wants sent, come what may
        self.session_ends = False  # then of the policy network and power alone count
        self._board = board
        self._ready_at = ready_at
        self._seen = seen
        self._now = now
        self._monotonic = monotonic
        self._signed_out_at = self._moment()  # nobody has told of an agent yet
        self._held: Uploading | None = None  # what held recordings back when last asked
        self._let_go_at = timedelta(0)

    def of(self, recording_id: str) -> Permission:
        """Of one that waits."""
        if recording_id in self.asked_for:
            return Permission()
        try:
            since = self._ready_at(recording_id)
        except OSError:
            since = None
        return self._ask(since)

    def permitted(self, waiting: list[str]) -> Iterator[str]:
        """What is asked for, then the others up to the first that has to wait: then all do."""
        yield from (one for one in waiting if one in self.asked_for)
        for one in waiting:
            if one not in self.asked_for:
                if not self.of(one).granted:
                    return
                yield one

    def of_all(self, waiting: list[str]) -> Permission:
        """What all of them wait for, oldest first; granted if one of them may leave."""
        if not waiting or not self.asked_for.isdisjoint(waiting):
            return Permission()
        return self.of(waiting[0])

    def may_send_early(self) -> bool:
        """Whether closed segments of a call that still goes on may leave."""
        policy = self._board.now.policy
        if policy is None or policy.uploading.when != "at-once":
            return False
        return policy.uploading.early_segments and self._ask(None).granted

    def _ask(self, since: datetime | None) -> Permission:
        """For what became ready at that time; without a policy nothing may leave."""
        standing, at = self._board.now, self._now()
        conditions = self._conditions()
        if standing.policy is None or standing.identity is None:
            return Permission("schedule")
        uploading, device_id = standing.policy.uploading, standing.identity.device_id
        if self.session_ends:
            return permission_by_supply(uploading, conditions)
        answer = permission(uploading, at, conditions, device_id, since)
        if answer.why in _BY_THE_CLOCK:
            self._held = uploading
            return answer
        moment = self._moment()
        if self._held is not None and self._held != uploading:
            self._let_go_at = moment + _LET_GO_OVER * share(device_id)
        self._held = None
        if answer.granted and moment < self._let_go_at:
            until = at.astimezone(UTC) + (self._let_go_at - moment)
            return Permission("schedule", until.astimezone(at.tzinfo))
        return answer

    def _conditions(self) -> Conditions:
        """The desk at this moment."""
        client, moment = self._board.now.client, self._moment()
        if client.agent_id is not None:
            self._signed_out_at = moment
        return replace(
            self._seen(),
            signed_in=client.agent_id is not None,
            signed_out_for=moment - self._signed_out_at,
            in_call=client.in_call,
        )

    def _moment(self) -> timedelta:
        return timedelta(seconds=self._monotonic())
