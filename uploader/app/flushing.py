"""At sign-off: how long the uploader goes on sending before it ends.

Network and power hold uploads back even then: nobody waits for what may not leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from uploader.app.standing import Standing

_AT_MOST = timedelta(seconds=20)  # where no policy says it
_NO_USE = timedelta(seconds=5)  # nothing leaves for so long: central cannot be had
_EVEN_AT_SIGN_OFF = frozenset({"metered", "battery"})  # what uploads wait for


@dataclass
class Flush:
    """Asked again and again, by one thread, whether it is over. Times are monotonic.

    It goes on while something leaves, or the client still closes a recording, and never longer
    than the policy allows.
    """

    began: timedelta
    stirred: timedelta  # when something left last
    left: tuple[int, int] = (0, 0)

    @classmethod
    def begun(cls, now: timedelta) -> Flush:
        """From now on."""
        return cls(now, now)

    def is_over(
        self, standing: Standing, waiting: int, now: timedelta, *, closing: bool = False
    ) -> bool:
        """Whether to end. `waiting`: recordings; `closing`: the client may add one."""
        policy = standing.policy
        limit = timedelta(seconds=policy.uploading.flush_seconds) if policy else _AT_MOST
        if now - self.began >= limit:
            return True
        if closing:
            self.stirred = now
            return False
        return self.rests(standing, waiting, now)

    def rests(self, standing: Standing, waiting: int, now: timedelta) -> bool:
        """Whether nothing waits, nothing may leave, or nothing has left for a while."""
        if not waiting or standing.held in _EVEN_AT_SIGN_OFF:
            return True
        left = (waiting, standing.sent)
        if left != self.left or standing.total:
            self.left, self.stirred = left, now
        return now - self.stirred >= _NO_USE
