"""Whether what goes into the film can be trusted: facts of each turn in, troubles out.

Pure: time is handed in. A trouble begins within seconds and ends when all has been well for some;
none ends or pauses a recording. What must pause it raises `CaptureFailedError` elsewhere.

Suspicion is not told. A screen may be black because a dark slide is shown, and may stand still
although somebody clicks. So a doubtful picture is first read over a fresh connection: if that
changes it, it was a trouble. Black is told without that proof when it lasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from math import inf

from agent_client.capture.freshness import Freshness
from agent_client.capture.watch import Change, Watch

__all__ = ["Change", "Health", "Observation", "Remedy", "Verdict"]

_CODE_BLACK = "screen-black"
_CODE_FROZEN = "screen-frozen"
_CODE_LATE = "capture-late"
_CODE_JUMPED = "clock-jumped"
_CODE_SLOW = "encoder-slow"
_CODE_DISK = "disk-slow"
_CODE_SCALED = "picture-scaled"
_SEEN = frozenset({_CODE_BLACK, _CODE_SCALED})  # nothing but a look can tell that it is over

# A fade, or a slide that is black on purpose, is mostly over before that; who shows nothing at all
# for longer is told without harm, since the recording goes on.
_BLACK_SECONDS = 8.0
_BLACK_DOUBTFUL_SECONDS = 3.0  # then the screen is opened anew, which nobody notices
_LATE_SECONDS = 1.0
_SYNC_SECONDS = 2.0
_JUMP_SECONDS = 0.5  # clocks that are corrected gently drift by 0.03 s a minute
_SLOW_LOOKS = 5  # in a row
_WELL_SECONDS = 5.0
_CALM_SECONDS = 10.0  # for what comes in bursts
_TURN_SECONDS = 1.0  # how often to look at what may change unseen
_RELIEF_SECONDS = 5.0  # between one remedy against overload and the next
_FORGOTTEN_SECONDS = 60.0  # that the screen was opened anew, if there is no more doubt
_REOPENINGS = (10.0, 60.0, 300.0)  # seconds from one to the next; the last one stays

_WELL = (
    Watch(_CODE_BLACK, _BLACK_SECONDS, _WELL_SECONDS),
    Watch(_CODE_FROZEN, 0.0, _WELL_SECONDS),
    Watch(_CODE_LATE, 0.0, _CALM_SECONDS),
    Watch(_CODE_JUMPED, 0.0, _CALM_SECONDS),
    Watch(_CODE_SLOW, 0.0, _CALM_SECONDS),
    Watch(_CODE_DISK, 0.0, _CALM_SECONDS),
    Watch(_CODE_SCALED, 0.0, 0.0),
)


class Remedy(Enum):
    """What the recorder does about it, within the same recording."""

    NONE = "none"
    REOPEN_SCREEN = "reopen-screen"  # open the screen anew, and look at the whole of it at once
    FEWER_PICTURES = "fewer-pictures"  # the machine does not keep up: let `pace` look less often


@dataclass(frozen=True, slots=True)
class Observation:
    """One turn of the recorder while it captures: a look, or a turn in which nothing was due.

    Times are seconds; `at` and `input_at` of the film clock.
    """

    at: float  # the turn's end
    wall: float  # the system's wall clock (UTC) at that moment, from any origin
    late: float  # how long after its time the turn began; 0 if it had none, or came in time
    looked: bool
    whole: bool  # the look was at all of it, whatever the screen told
    # Pixels of which the screen told that they may have changed; 0: it told nothing. All of them at
    # the first look, and at one that was whole because an earlier one could not be kept.
    told: int
    changed: bool  # a byte of the kept picture differs after this look
    black: bool  # the kept picture has no light anywhere
    took: float  # from the look's beginning until its picture was encoded
    frame: float  # what the policy allows for that: one frame time
    syncing: float  # how long the disk has been at the sync in hand; 0: none is
    scaled: bool = False  # the desktop is drawn smaller than it is
    input_at: float | None = None  # when the agent last moved or clicked; None: nobody tells


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an observation."""

    health: Health
    begun: tuple[Change, ...] = ()
    ended: tuple[Change, ...] = ()
    remedy: Remedy = Remedy.NONE


@dataclass(frozen=True, slots=True)
class Health:
    """What is known after the observations so far. A fresh one for each stretch without pauses."""

    freshness: Freshness
    due: float  # when the next turn must be at the latest, checks apart; film clock, may be inf
    watches: tuple[Watch, ...] = _WELL
    seen: Observation | None = None  # the last one
    slow: tuple[float, ...] = ()  # when the latest looks began, if all of them were slow
    relieved: float | None = None  # when fewer pictures were last asked for
    reopened: tuple[float, ...] = ()  # when that was asked for, of late
    reopening: bool = False  # the next look shows whether it helped

    @classmethod
    def began(cls, now: float) -> Health:
        """Capture begins or goes on."""
        return cls(Freshness.began(now), inf)

    @property
    def check_due(self) -> float:
        """When a check is due: a look at all of the screen, in a turn in which it tells nothing."""
        return self.freshness.whole_due

    def whole(self, now: float, *, told: bool) -> bool:
        """Whether the look that is due now must be at all of the screen.

        `told`: the screen asks for a look of its own accord.
        """
        return self.reopening or self.freshness.whole(now, told=told)

    def after(self, observation: Observation) -> Verdict:
        """What is known with it, and what follows."""
        proof = self.reopening and observation.looked
        known = replace(
            self,
            freshness=self._freshness(observation, proof=proof),
            slow=self._slow(observation),
            seen=observation,
            reopening=self.reopening and not observation.looked,
        )
        facts = dict(_facts(known, observation, self.seen))
        watches, changes = [], []
        for watch in self.watches:
            turned, proven = watch, None
            if proof and watch.code == _CODE_BLACK and _CODE_BLACK not in facts:
                turned, proven = watch.proven()  # a new connection cured it
            turned, change = turned.after(observation.at, facts.get(watch.code))
            watches.append(turned)
            changes += [proven, change]
        known, remedy = _remedied(replace(known, watches=tuple(watches)), observation.at)
        return Verdict(
            replace(known, due=_next_turn(known, observation)),
            tuple(change for change in changes if change is not None and change.begins),
            tuple(change for change in changes if change is not None and not change.begins),
            remedy,
        )

    def paused(self, now: float) -> tuple[Change, ...]:
        """Nothing is looked at from now on, so every trouble that stands is over."""
        return tuple(
            Change(one.code, now if one.well_since is None else one.well_since, begins=False)
            for one in self.watches
            if one.told
        )

    def _freshness(self, observation: Observation, *, proof: bool) -> Freshness:
        fresh = self.freshness.worked(observation.input_at)
        if proof:
            return fresh.reopened(observation.at, changed=observation.changed)
        if not observation.looked:
            return fresh
        return fresh.looked(
            observation.at,
            whole=observation.whole,
            told=observation.told,
            changed=observation.changed,
        )

    def _slow(self, observation: Observation) -> tuple[float, ...]:
        began = observation.at - observation.took
        if observation.looked:
            slow = observation.took > observation.frame
            return (*self.slow[-_SLOW_LOOKS + 1 :], began) if slow else ()
        resting = self.slow and began - self.slow[-1] > _SLOW_LOOKS * observation.frame + 1.0
        return () if resting else self.slow


def _facts(
    health: Health, now: Observation, before: Observation | None
) -> Iterator[tuple[str, float]]:
    """What holds, and since when."""
    if now.black:
        yield _CODE_BLACK, now.at
    if health.freshness.lost_since is not None:
        yield _CODE_FROZEN, health.freshness.lost_since
    if max(now.late, now.took) > _LATE_SECONDS:  # held up before the look, or in the middle of it
        yield _CODE_LATE, now.at - now.took - now.late
    if before is not None and abs((now.wall - now.at) - (before.wall - before.at)) > _JUMP_SECONDS:
        yield _CODE_JUMPED, before.at
    if len(health.slow) == _SLOW_LOOKS:
        yield _CODE_SLOW, health.slow[0]
    if now.syncing > _SYNC_SECONDS:
        yield _CODE_DISK, now.at - now.syncing
    if now.scaled:
        yield _CODE_SCALED, now.at


def _remedied(health: Health, now: float) -> tuple[Health, Remedy]:
    calm, doubt = health, _doubt(health)
    if doubt is not None and now >= doubt and now >= _may_reopen(health):
        reopened = (*health.reopened, now)[-len(_REOPENINGS) :]
        return replace(health, reopened=reopened, reopening=True), Remedy.REOPEN_SCREEN
    if doubt is None and health.reopened and now - health.reopened[-1] >= _FORGOTTEN_SECONDS:
        calm = replace(health, reopened=())
    relieved = health.relieved is not None and now - health.relieved < _RELIEF_SECONDS
    if len(health.slow) < _SLOW_LOOKS or relieved:
        return calm, Remedy.NONE
    return replace(calm, relieved=now), Remedy.FEWER_PICTURES


def _doubt(health: Health) -> float | None:
    """When the picture is to be read over a fresh connection; None: it is beyond doubt."""
    fresh = health.freshness
    if fresh.stuck or (fresh.lost_since is not None and fresh.differences):
        return fresh.checked_at
    black = next(one for one in health.watches if one.code == _CODE_BLACK)
    if black.since is not None and black.well_since is None:
        return black.since + _BLACK_DOUBTFUL_SECONDS
    return None


def _may_reopen(health: Health) -> float:
    """When the screen was last opened anew, and a wait that grows."""
    if not health.reopened:
        return 0.0
    return health.reopened[-1] + _REOPENINGS[len(health.reopened) - 1]


def _next_turn(health: Health, seen: Observation) -> float:
    """When the next turn must be at the latest, checks apart."""
    if health.reopening:
        return seen.at
    dues = [inf]
    dues += [watch.due for watch in health.watches if watch.due is not None]
    doubt = _doubt(health)
    if doubt is not None:
        dues.append(max(doubt, _may_reopen(health)))
    holding = (one for one in health.watches if one.told and one.well_since is None)
    if seen.syncing or health.slow or any(one.code not in _SEEN for one in holding):
        dues.append(seen.at + _TURN_SECONDS)  # it may be over, and nothing else would tell
    return min(dues)
