"""Looks at the screen for one film: when pace and health want it, and never while it is paused."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import assert_never

from agent_client.capture import heap
from agent_client.capture.film import Film, Seen, Taken
from agent_client.capture.health import Change, Health, Observation, Remedy
from agent_client.capture.pace import Limits, Pace
from agent_client.capture.settings import CaptureSettings, Clocks
from agent_client.capture.sight import Sight
from agent_client.capture.syncing import Syncing
from agent_client.core.events import ProblemChanged
from agent_client.ports import Post

logger = logging.getLogger(__name__)

_NOTABLE_SECONDS = 1.0  # that something took longer is told to health at once


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is to be done until then, unless this file can be read before."""

    until: float  # film clock; a time that has passed: come again at once
    fileno: int | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    whole: bool
    told: int  # pixels, as `Observation` says
    changed: bool


class Lookout:
    """Belongs to the capture thread. Times are seconds of the film clock.

    CaptureFailedError when the screen cannot be seen or the picture not be encoded, OSError when
    the disk does not take it.
    """

    def __init__(  # noqa: PLR0913 what it looks with, and whom it tells
        self,
        film: Film,
        sight: Sight,
        settings: CaptureSettings,
        *,
        clocks: Clocks,
        syncing: Syncing,
        wanted: Callable[[], bool],
        post: Post,
    ) -> None:
        """`wanted` says no as soon as there is an order: what is in hand is dropped then."""
        self._film = film
        self._sight = sight
        self._clocks = clocks
        self._syncing = syncing
        self._wanted = wanted
        self._post = post
        now = clocks.film()
        self._frame_time = 1 / settings.screen.frames_per_second
        limits = Limits(
            self._frame_time, settings.bits_per_second, settings.cpu_share, settings.quantiser
        )
        self._pace = Pace.began(limits, now)
        self._health = Health.began(now)
        self._planned = inf  # when the next turn should be
        self._rest = Rest(now)
        self._looked = now
        self._worked = time.thread_time()

    def resume(self, now: float) -> None:
        """Capture begins, or goes on: the next turn looks at all of the screen at once."""
        self._sight.owed = True
        self._pace = self._pace.resumed(now)
        self._health = Health.began(now)
        self._planned = now
        self._rest = Rest(now)

    def pause(self, now: float) -> None:
        """No turn until `resume`: whatever troubled the picture is over."""
        self._tell(self._health.paused(now))
        self._health = Health.began(now)

    def turn(self, now: float, again: float = inf, *, told: bool = True) -> Rest:
        """Look if that is due; when to come again.

        `again`: the next turn is then at the latest. Not `told`: the last rest's file could not be
        read, so there is nothing to ask the screen for before that rest ends.
        """
        late = max(0.0, now - self._planned)
        news = told or late > _NOTABLE_SECONDS or self._sync_is_news()
        if news or self._rest.until <= now:
            self._rest = self._turned(now, late)
        self._planned = min(self._rest.until, again)
        return self._rest

    def _turned(self, now: float, late: float) -> Rest:
        due = self._sight.due(now)
        not_before = max(now, self._pace.not_before)
        # While a look only waits for its time, what the screen tells more need not wake us.
        pending = due is not None and due <= not_before
        due = inf if due is None else max(due, self._pace.not_before)
        refining = self._pace.refine_at <= now
        # Programs draw in bursts: right after a look there is more to come.
        quiet_at = inf if pending else self._looked + self._frame_time / 2
        checking = quiet_at <= now and self._health.whole(now, told=False)
        if due <= now or refining or checking or self._health.whole(now, told=True):
            self._look(now, late, whole=self._health.whole(now, told=True), told=True)
            if checking and self._health.whole(now, told=False) and self._wanted():
                # Right after a look at what was told, so that it shows only what was not.
                self._look(self._clocks.film(), 0.0, whole=True, told=False)
            # Nothing can be looked at before then, so what the screen tells need not wake us.
            return Rest(self._pace.not_before)
        if self._health.due <= now or late > _NOTABLE_SECONDS or self._sync_is_news():
            self._observe(now, late, None)
        else:
            check_due = max(quiet_at, self._health.check_due)
            until = min(due, self._pace.refine_at, self._health.due, check_due)
            return Rest(until, None if pending else self._sight.fileno())
        return Rest(now)

    def _sync_is_news(self) -> bool:
        """Whether a sync in hand has lasted long, and health does not know of it."""
        seen = self._health.seen
        known = seen is not None and seen.syncing > 0
        return not known and self._syncing.seconds() > _NOTABLE_SECONDS

    def _look(self, now: float, late: float, *, whole: bool, told: bool) -> None:
        """Look once, and put what is seen into the film, unless an order comes meanwhile."""
        owed, self._looked = self._sight.owed, now
        patches, layout = self._sight.look(now, whole=whole)
        owed = owed or self._sight.owed  # a new layout, or a screen that had to be opened anew
        self._sight.owed = True  # what is not kept must be seen again
        taken = Taken(changed=False, bits=0)
        if self._wanted():
            taken = self._film.see(Seen(patches, layout, self._pace.quantiser), now, self._wanted)
        if not self._wanted():
            return
        self._sight.owed = False
        worked, self._worked = self._worked, time.thread_time()
        self._pace = self._pace.looked(now, cpu=self._worked - worked, bits=taken.bits)
        pixels = sum(patch.place.width * patch.place.height for patch in patches)
        if owed:
            pixels = layout.width * layout.height
        elif not told:
            pixels = 0
        self._observe(now, late, _Look(whole or owed, pixels, taken.changed))
        if whole or owed:
            del patches
            heap.give_back()

    def _observe(self, now: float, late: float, look: _Look | None) -> None:
        """Tell health of the turn that began then, and do what follows."""
        done = self._clocks.film()
        observation = Observation(
            at=done,
            wall=self._clocks.utc().timestamp(),
            late=late,
            looked=look is not None,
            whole=look is not None and look.whole,
            told=0 if look is None else look.told,
            changed=look is not None and look.changed,
            black=self._film.black(),
            scaled=self._film.scaled,
            took=0.0 if look is None else done - now,
            frame=self._frame_time,
            syncing=self._syncing.seconds(),
            input_at=self._sight.worked(),
        )
        verdict = self._health.after(observation)
        self._health = verdict.health
        self._tell((*verdict.begun, *verdict.ended))
        match verdict.remedy:
            case Remedy.NONE:
                pass
            case Remedy.REOPEN_SCREEN:
                logger.warning("the screen is opened anew: its picture is in doubt")
                self._sight.close()
            case Remedy.FEWER_PICTURES:
                logger.warning("this machine does not keep up: fewer pictures for a while")
                self._pace = self._pace.eased(done)
            case _:
                assert_never(verdict.remedy)

    def _tell(self, changes: tuple[Change, ...]) -> None:
        for change in changes:  # people first: writing it down may fail
            logger.warning("%s %s", change.code, "begins" if change.begins else "is over")
            self._post(ProblemChanged(change.code, change.begins))
        for change in changes:
            self._film.trouble(change.at, change.code, begins=change.begins)
