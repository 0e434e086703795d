"""One kind of trouble over time: it begins when it has lasted, and ends when it has stayed away.

Pure. So the tray does not flicker, and the manifest still has the true times: a change lies where
the facts changed, not where we were sure of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Change:
    """A trouble begins or is over, at a time of the film clock that may lie a little back."""

    code: str
    at: float
    begins: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of one kind of trouble. Times are seconds of the film clock."""

    code: str
    begins_after: float  # so long it must last before it is told
    ends_after: float  # so long it must stay away before it is over
    since: float | None = None  # it holds, or did a moment ago
    well_since: float | None = None  # it has stayed away since then; None: it holds
    told: bool = False

    @property
    def due(self) -> float | None:
        """When something is to be decided; None: not before the facts change."""
        if self.since is None:
            return None
        if self.well_since is not None:
            return self.well_since + self.ends_after
        return None if self.told else self.since + self.begins_after

    def after(self, now: float, since: float | None) -> tuple[Watch, Change | None]:
        """It holds, and has since then; or (None) it does not."""
        if since is None:
            return self._away(now)
        began = since if self.since is None else self.since
        if self.told or now - began < self.begins_after:
            return replace(self, since=began, well_since=None), None
        return replace(self, since=began, well_since=None).proven()

    def proven(self) -> tuple[Watch, Change | None]:
        """What holds is told at once, for there is no doubt any more."""
        if self.since is None or self.told:
            return self, None
        return replace(self, told=True), Change(self.code, self.since, begins=True)

    def _away(self, now: float) -> tuple[Watch, Change | None]:
        over = replace(self, since=None, well_since=None, told=False)
        if not self.told:
            return over, None
        away = now if self.well_since is None else self.well_since
        if now - away >= self.ends_after:
            return over, Change(self.code, away, begins=False)
        return replace(self, well_since=away), None
