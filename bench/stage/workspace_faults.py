"""What can go wrong between Workspace and those who listen to it, ordered by the script."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.stage.workspace_shapes import Json


@dataclass(slots=True)
class Faults:
    """Each counter is used up by the next messages or requests. Setting them is the script's."""

    lose: int = 0  # messages
    duplicate: int = 0
    reorder: int = 0  # messages that are overtaken by the one after
    delay: float = 0.0  # seconds, for every message
    errors: int = 0  # requests answered with 503
    garbage: int = 0  # requests answered with no JSON
    refuse_orders: int = 0  # voice orders answered with an error code
    slow_listing: float = 0.0  # seconds between what a listing says and its arrival
    stale_listing: bool = False  # current-session stays what it was when this was set
    never_complete: bool = False  # the start of a session hangs
    _overtaken: list[Json] = field(default_factory=list)

    def through(self, message: Json) -> list[Json]:
        """What becomes of a message: nothing, itself, more, or others first."""
        if self.lose > 0:
            self.lose -= 1
            return []
        if self.reorder > 0:
            self.reorder -= 1
            self._overtaken.append(message)
            return []
        late, self._overtaken = self._overtaken, []
        copies = [message]
        if self.duplicate > 0:
            self.duplicate -= 1
            copies = [message, message]
        return copies + late

    def answer(self) -> str:
        """How the next request is answered: `error`, `garbage`, or "" for properly."""
        if self.errors > 0:
            self.errors -= 1
            return "error"
        if self.garbage > 0:
            self.garbage -= 1
            return "garbage"
        return ""
