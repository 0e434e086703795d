"""After-call work: what may follow the last release of a call, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent_client.core.call import AgentState
from contract.manifest import EndReason


@dataclass(frozen=True, slots=True)
class WrapUp:
    """The last leg was released. Provisional, until Workspace says AfterCallWork."""

    family: str  # its key
    since: timedelta
    provisional_until: timedelta | None  # None: confirmed
    over: bool = False  # the agent went on to something else
    began_at: datetime | None = None  # UTC, by the desk's clock: for after a restart
    awaited: bool = False  # it began before a restart, and nobody has said yet that it goes on

    def heard(self, state: AgentState) -> WrapUp:
        """Workspace says what the agent does, after the release."""
        if state.wrapping_up:
            return replace(self, provisional_until=None, awaited=False)
        return replace(self, over=True)

    def in_touch_again(self, until: timedelta) -> WrapUp:
        """Workspace is heard again, and has until then to confirm."""
        return self if self.provisional_until is None else replace(self, provisional_until=until)

    def moments(self, tail: timedelta) -> tuple[timedelta, ...]:
        """When `ending` may give another answer though nothing happens."""
        until = self.provisional_until
        return (self.since + tail, *(() if until is None else (until,)))

    def ending(self, now: timedelta, tail: timedelta, *, in_touch: bool) -> EndReason | None:
        """Why it is over, if it is. Out of touch only the tail's limit holds."""
        if self.over:
            return EndReason.WRAPPED_UP
        if now >= self.since + tail:
            return EndReason.TAIL_LIMIT
        if self.provisional_until is not None and in_touch and now >= self.provisional_until:
            return EndReason.WRAPPED_UP
        return None
