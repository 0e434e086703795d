"""Whether what goes into the film can be trusted: facts of each turn in, troubles out.

Pure: time is handed in. A trouble begins within seconds and ends when all has been well for some;
neither ends nor pauses a recording. What must pause it raises `CaptureFailedError` elsewhere.

Suspicion is not told. A picture that should have changed and did not is read anew first, and only a
difference that nobody told of is a trouble. A black picture is first read over a fresh connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Remedy(Enum):
    """What the recorder does about it, within the same recording."""

    NONE = "none"
    REOPEN_SCREEN = "reopen-screen"  # close the screen, open it anew, look at the whole of it
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
    told: int  # pixels of which the screen told that they may have changed; 0: it told nothing
    changed: bool  # a byte of the kept picture differs after this look
    black: bool  # the kept picture has no colour and no light anywhere
    took: float  # from the look's beginning until its picture was encoded
    frame: float  # what the policy allows for that: one frame time
    syncing: float  # how long the disk has been at the sync in hand; 0: none is
    input_at: float | None = None  # when the agent last moved or clicked; None: nobody tells


@dataclass(frozen=True, slots=True)
class Change:
    """A trouble begins or is over, at a time of the film clock that may lie a little back."""

    code: str
    at: float


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

    due: float  # when the next turn must be at the latest, though nothing is told
    whole_due: float  # a look at this time or later must be whole

    @classmethod
    def began(cls, now: float) -> Health:
        """Capture begins or goes on."""
        return cls(due=now + 60.0, whole_due=now + 60.0)

    def after(self, observation: Observation) -> Verdict:
        """What is known with it, and what follows."""
        return Verdict(self if observation.at < self.due else Health.began(observation.at))

    def paused(self, _now: float) -> tuple[Change, ...]:
        """Nothing is looked at from now on, so every trouble that stands is over."""
        return ()
