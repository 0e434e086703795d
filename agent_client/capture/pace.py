"""How often, and how coarsely, the screen is put into the film. Pure: time is handed in.

Two accounts are filled evenly and spent by each look: bits, and the capture thread's processor
time. What is saved up covers what comes at once when an agent changes windows; a film that runs on
the screen uses it up, and then pictures come less often, down to one a second, then coarser, then
less often still. So no picture ever waits in a queue: what is too much is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, inf, pow  # noqa: A004 - the built-in one may be complex

# Of the ceiling's rate: what may be spent at once, and how fast it comes back. In any half minute
# that is 12 s + 30 s * 0.6 = 30 s of the ceiling.
_BITS_SAVED_SECONDS = 12.0
_REFILL = 0.6
_CALM = 0.3  # of what can be saved up: with so much left nothing is held back
_SHORT = 0.1  # with so little left a picture comes each second, and may get coarser
_SLOWEST_SECONDS = 1.0  # between pictures, before they get coarser
_CPU_SAVED_SECONDS = 2.0  # of the share: what may be spent at once
_DEMAND_SECONDS = 5.0  # over which the rate of late is reckoned, and between two steps
_STEP = 4  # of the quantiser: some 0.63 of the bits
_COARSEST = 40
_HALVES = 6.0  # steps of the quantiser that halve the bits
_STRAIN_SECONDS = 30.0  # a machine that does not keep up is given so long to recover
_MOST_STRAIN = 4  # doublings of the time between two looks


@dataclass(frozen=True, slots=True)
class Limits:
    """What policy allows."""

    frame_time: float  # seconds; no two looks are nearer
    bits_per_second: int  # over half a minute
    cpu_share: float  # of one core, in the long run
    quantiser: int  # when nothing is short

    @property
    def most_bits(self) -> float:
        """As many can be saved up."""
        return _BITS_SAVED_SECONDS * self.bits_per_second

    @property
    def refill(self) -> float:
        """So many bits are saved up in a second."""
        return _REFILL * self.bits_per_second


@dataclass(frozen=True, slots=True)
class Pace:
    """What is saved up, and so when the next look may be and how coarse. Seconds, film clock."""

    limits: Limits
    at: float  # of the last look
    bits: float  # saved up; below zero after a picture bigger than that
    cpu: float  # seconds saved up
    demand: float  # bits a second, of late
    quantiser: int  # of the next picture
    shown: int  # that of the last one
    stepped: float  # when the quantiser last changed
    not_before: float  # the next look
    strain: int = 0
    strained: float = -inf

    @classmethod
    def began(cls, limits: Limits, now: float) -> Pace:
        """With everything saved up."""
        return cls(
            limits,
            at=now,
            bits=limits.most_bits,
            cpu=_CPU_SAVED_SECONDS * limits.cpu_share,
            demand=0.0,
            quantiser=limits.quantiser,
            shown=limits.quantiser,
            stepped=-inf,
            not_before=now,
        )

    @property
    def refine_at(self) -> float:
        """When a picture that stands still should be looked at anew, for it is needlessly coarse.

        Infinite if it is not.
        """
        if self.shown == self.limits.quantiser:
            return inf
        if self.quantiser < self.shown:
            return self.not_before
        missing = _CALM * self.limits.most_bits - self.bits
        saved = self.at + missing / self.limits.refill
        return max(saved, self.stepped + _DEMAND_SECONDS, self.at + _SLOWEST_SECONDS)

    def resumed(self, now: float) -> Pace:
        """Capture goes on after a pause: the first look is at once."""
        return replace(self, not_before=now)

    def eased(self, now: float) -> Pace:
        """The machine does not keep up: half as often, for a while."""
        return replace(self, strain=min(self.strain + 1, _MOST_STRAIN), strained=now)

    def looked(self, now: float, *, cpu: float, bits: int) -> Pace:
        """A look began at this time, and cost that; `bits` are 0 if the film has no new picture."""
        passed = max(0.0, now - self.at)
        limits = self.limits
        saved = min(limits.most_bits, self.bits + passed * limits.refill)
        spare = min(_CPU_SAVED_SECONDS * limits.cpu_share, self.cpu + passed * limits.cpu_share)
        spent = replace(
            self,
            at=now,
            bits=saved - bits,
            cpu=spare - cpu,
            shown=self.quantiser if bits else self.shown,
            demand=self.demand * exp(-passed / _DEMAND_SECONDS) + bits / _DEMAND_SECONDS,
            strain=self.strain if now - self.strained < _STRAIN_SECONDS else 0,
        )
        quantiser = _quantiser_after(spent, saved, bits)
        if quantiser != self.quantiser:
            spent = replace(spent, quantiser=quantiser, stepped=now)
        return replace(spent, not_before=now + _rest_after(spent))


def _quantiser_after(pace: Pace, saved: float, bits: int) -> int:
    """A step coarser while short, back as soon as what came of late would fit."""
    if pace.at - pace.stepped < _DEMAND_SECONDS:
        return pace.quantiser
    limits = pace.limits
    finest, ceiling = limits.quantiser, limits.refill
    # A picture of this size each second is what the slowest rate would cost.
    too_much = min(pace.demand, bits / _SLOWEST_SECONDS) > ceiling
    if pace.bits < _SHORT * limits.most_bits and too_much:
        return max(pace.quantiser, min(pace.quantiser + _STEP, _COARSEST))
    if saved < _CALM * limits.most_bits:
        return pace.quantiser
    for finer in range(finest, pace.quantiser, _STEP):
        if pace.demand * 2 ** ((pace.quantiser - finer) / _HALVES) <= ceiling:
            return finer
    return pace.quantiser


def _rest_after(pace: Pace) -> float:
    """Seconds from the beginning of this look to the next."""
    limits = pace.limits
    frame_time = limits.frame_time * (1 << pace.strain)
    slowest = max(frame_time, _SLOWEST_SECONDS)
    share = pace.bits / limits.most_bits
    hurry = min(1.0, max(0.0, (share - _SHORT) / (_CALM - _SHORT)))
    rest = slowest * pow(frame_time / slowest, hurry)
    # Whatever was overspent is waited for: coarser than coarsest there is nothing.
    rest = max(rest, -pace.bits / limits.refill)
    return max(rest, -pace.cpu / limits.cpu_share)
