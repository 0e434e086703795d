"""A recorder's turns as health hears of them, at times that the test makes up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from agent_client.capture.health import Health, Observation, Remedy

FRAME = 0.2
SCREENFUL = 1920 * 1080
POINTER = 64 * 64
WELL = Observation(
    at=0.0,
    wall=1_000.0,
    late=0.0,
    looked=True,
    whole=False,
    told=SCREENFUL,
    changed=True,
    black=False,
    took=0.01,
    frame=FRAME,
    syncing=0.0,
)
REST = replace(WELL, looked=False, told=0, changed=False)


@dataclass
class Turns:
    """A recorder's turns, one after another, and what health made of them."""

    now: float = 0.0
    health: Health = field(default_factory=lambda: Health.began(0.0))
    told: list[tuple[str, float, float]] = field(default_factory=list)  # +/-code, of, at
    remedies: list[tuple[Remedy, float]] = field(default_factory=list)
    wakings: int = 0

    def turn(self, seen: Observation, after: float = FRAME) -> None:
        """One turn, some time after the last."""
        self.now += after
        now = replace(seen, at=self.now, wall=seen.wall + self.now)
        verdict = self.health.after(now)
        self.health = verdict.health
        self.told += [(f"+{one.code}", one.at, self.now) for one in verdict.begun]
        self.told += [(f"-{one.code}", one.at, self.now) for one in verdict.ended]
        if verdict.remedy is not Remedy.NONE:
            self.remedies.append((verdict.remedy, self.now))

    def turns(self, seen: Observation, seconds: float, each: float = FRAME) -> None:
        """Turns of the same kind for so long."""
        for _ in range(round(seconds / each)):
            self.turn(seen, each)

    def rest(self, seconds: float, *, black: bool = False, differs: bool = False) -> None:
        """Nothing is told for so long: only the turns that health itself asks for."""
        end = self.now + seconds
        while self.due <= end:
            self.wakings += 1
            wait = max(0.001, self.due - self.now)
            if self.health.whole(self.now + wait, told=False):
                self.turn(replace(WELL, whole=True, told=0, changed=differs, black=black), wait)
            else:
                self.turn(replace(REST, black=black), wait)
        self.now = end

    @property
    def due(self) -> float:
        """When the next turn is, if nothing is told."""
        return min(self.health.due, self.health.check_due)

    @property
    def codes(self) -> list[str]:
        return [code for code, _, _ in self.told]
