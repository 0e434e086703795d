"""Whether the kept picture is the screen's: what is told of change is checked now and then.

Pure. Damage events can be lost (a driver's fault), and a connection can go on handing out a picture
that is long over. So all of the screen is read once a minute, ten seconds after something happened,
and when somebody works at it without any change.

A check that differs although nothing was told proves little: the change may have come in between.
Three of them within a minute prove it, unless the screen tells of any change meanwhile. While the
pointer moves nothing is proven so, for it is followed by other means; the checks mend the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

_CHECK_SECONDS = 60.0  # of a screen on which nothing happens
_LIVELY_SECONDS = 10.0  # of one on which something happened since the last check
_DOUBT_SECONDS = 1.0  # after a check that differed, for a while
_LATELY_SECONDS = 5.0
_QUIET_WAIT_SECONDS = 10.0  # so long a check waits for a turn in which the screen tells nothing
_DIFFERENCES = 3
_DIFFERENCES_SECONDS = 60.0
_AGREED_SECONDS = 10.0  # without a difference: what was lost is well again
_POINTER_PIXELS = 128 * 128  # what was lost is not well because the pointer is seen to move
_IDLE_SECONDS = 10.0  # without change while somebody works: look at all of it
_STUCK_SECONDS = 20.0  # then open the screen anew


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is known of the kept picture. Times are seconds of the film clock."""

    whole_due: float  # when the next check is due
    checked_at: float  # when all of it was last read
    changed_at: float
    input_at: float | None = None  # when somebody last moved or clicked
    agreed_at: float = 0.0  # when a check last found nothing that was not told
    differences: tuple[float, ...] = ()  # checks that differed; no change was told since
    lost_since: float | None = None  # it is proven: the picture was old from then on

    @classmethod
    def began(cls, now: float) -> Freshness:
        """The first picture is whole."""
        return cls(now + _LIVELY_SECONDS, checked_at=now, changed_at=now, agreed_at=now)

    @property
    def stuck(self) -> bool:
        """Somebody has been at work for long, and since all was read, and nothing has changed."""
        worked = self.input_at
        if worked is None or worked < self.checked_at:
            return False
        return worked - self.changed_at >= _STUCK_SECONDS

    def whole(self, now: float, *, told: bool) -> bool:
        """Whether a look now is to be a check; rather when the screen tells nothing."""
        return now >= self.whole_due + (_QUIET_WAIT_SECONDS if told else 0.0)

    def worked(self, input_at: float | None) -> Freshness:
        """Somebody moved or clicked then."""
        if input_at is None or input_at == self.input_at:
            return self
        idle = input_at - max(self.changed_at, self.checked_at) >= _IDLE_SECONDS
        due = min(self.whole_due, input_at) if idle else self.whole_due
        return replace(self, input_at=input_at, whole_due=due)

    def looked(self, now: float, *, whole: bool, told: int, changed: bool) -> Freshness:
        """After a look at what was told, of so many pixels, or at all of it."""
        after = replace(self, changed_at=now) if changed else self
        if told and changed and after.lost_since is None:  # so the screen does tell
            after = replace(after, differences=())
        elif told > _POINTER_PIXELS and changed:
            after = replace(after, differences=(), lost_since=None)
        if after.lost_since is not None and not after.differences:  # a new connection cured it
            after = replace(after, lost_since=None)
        if whole:
            return _checked(after, now, told=bool(told), differs=changed and not told)
        if told:
            lively = after.checked_at + _LIVELY_SECONDS
            return replace(after, whole_due=min(after.whole_due, lively))
        return after

    def reopened(self, now: float, *, changed: bool) -> Freshness:
        """After a look at all of it over a new connection: if it differs, the old one was stuck."""
        whole_due = now + _DOUBT_SECONDS
        after = replace(self, checked_at=now, whole_due=whole_due)
        if not changed:
            return after
        if self.stuck:
            return replace(after, changed_at=now, differences=(), lost_since=self.changed_at)
        return replace(after, changed_at=now)


def _checked(fresh: Freshness, now: float, *, told: bool, differs: bool) -> Freshness:
    differences = tuple(at for at in fresh.differences if now - at < _DIFFERENCES_SECONDS)
    if differs:
        differences += (now,)
    lost_since = fresh.lost_since
    if lost_since is None and len(differences) >= _DIFFERENCES:
        lost_since = fresh.agreed_at
    if lost_since is not None and now - differences[-1] >= _AGREED_SECONDS:
        lost_since, differences = None, ()
    wait = _LIVELY_SECONDS if told else _CHECK_SECONDS
    if differences:
        lately = lost_since is not None or now - differences[-1] < _LATELY_SECONDS
        wait = _DOUBT_SECONDS if lately else _LIVELY_SECONDS
    return replace(
        fresh,
        checked_at=now,
        whole_due=now + wait,
        agreed_at=fresh.agreed_at if differences else now,
        differences=differences,
        lost_since=lost_since,
    )
