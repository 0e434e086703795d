"""What happens on the screen and when: the same in each run, to the millisecond and the letter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

WORKLOADS = ("static", "work", "motion", "monitors", "uhd")
HOLD_SECONDS = 1.2  # the screen stands still, and its true picture is taken
# Then its number alone changes: a frame caught in the middle of the change that follows has another
# number than what was held, though that change's own number is not there yet.
MARK_SECONDS = 0.9
_SEED = 4711
_MOTION_FPS = 25
_EDGE_SECONDS = 1.5  # before the first and behind the last checkpoint

SIZES = {
    "static": (1920, 1080),
    "work": (1920, 1080),
    "motion": (1920, 1080),
    "monitors": (3840, 1080),
    "uhd": (3840, 2160),
}
MONITORS = {"monitors": ((0, 0, 1920, 1080), (1920, 0, 1920, 1080))}  # left, top, width, height

Verb = Literal[
    "type", "scroll", "rows", "raise", "article", "point", "clock", "paint", "hold", "mark"
]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that changes on the screen."""

    at: float  # seconds from the start
    verb: Verb
    what: tuple[str | float, ...] = ()


def checkpoints(workload: str, seconds: float) -> int:
    """How often the screen stands still, and its true picture is taken.

    Taking one costs the X server more than a recorder does in a minute of a still desktop.
    """
    return 1 if workload == "static" else max(1, min(8, int(seconds // 5)))


def script(workload: str, seconds: float) -> list[Step]:
    """Every step, in order of time; holds are in it, and nothing but a mark happens in one."""
    match workload:
        case "static":
            steps: list[Step] = []
        case "motion":
            count = int(seconds * _MOTION_FPS)
            steps = [Step(number / _MOTION_FPS, "paint", (number,)) for number in range(count)]
        case "work" | "monitors" | "uhd":
            steps = list(_work(seconds))
        case _:
            raise ValueError(f"no such workload: {workload!r}")
    return _held(steps, seconds, checkpoints(workload, seconds))


def _held(steps: list[Step], seconds: float, count: int) -> list[Step]:
    """With a hold at each checkpoint; steps of those moments come later, up to the end."""
    work = seconds - count * HOLD_SECONDS
    every = (work - 2 * _EDGE_SECONDS) / max(1, count - 1) if count > 1 else 0.0
    starts = [_EDGE_SECONDS + number * every for number in range(count)]  # in time of work
    held: list[Step] = []
    for step in steps:
        if step.at >= work:
            break
        past = sum(start <= step.at for start in starts)
        held.append(Step(step.at + past * HOLD_SECONDS, step.verb, step.what))
    holds = [start + number * HOLD_SECONDS for number, start in enumerate(starts)]
    marks = [Step(at + MARK_SECONDS, "mark") for at in holds if held and held[-1].at > at]
    held += [Step(at, "hold") for at in holds]
    return sorted(held + marks, key=lambda step: (step.at, step.verb == "hold"))


def _work(seconds: float) -> Iterator[Step]:
    """An agent at work: types, reads, looks up, moves the pointer; a clock ticks."""
    chance = random.Random(_SEED)  # noqa: S311 (the same each time is its point)
    steps = [Step(second, "clock", (second,)) for second in range(1, int(seconds) + 1)]
    at = 0.2
    scenes = (_typing, _pointing, _reading, _listing, _opening)
    number = 0
    while at < seconds:
        scene = list(scenes[number % len(scenes)](at, chance))
        steps += scene
        at = scene[-1].at + 1.0
        number += 1
    yield from sorted(steps, key=lambda step: step.at)


def _typing(at: float, chance: random.Random) -> Iterator[Step]:
    """Notes about the call, for some four seconds."""
    yield Step(at, "raise", ("customer",))
    at += 0.5
    for _ in range(36):
        at += chance.choice((0.07, 0.09, 0.11, 0.16))
        yield Step(at, "type")


def _reading(at: float, chance: random.Random) -> Iterator[Step]:
    """An article, scrolled in flings as a wheel does it."""
    yield Step(at, "raise", ("knowledge",))
    at += 0.5
    for _ in range(2):
        for _ in range(chance.randint(5, 8)):
            at += 0.06
            yield Step(at, "scroll", (46,))
        at += 1.1
    yield Step(at, "scroll", (-46,))


def _listing(at: float, chance: random.Random) -> Iterator[Step]:
    """A list of tickets, row by row, and a page of it."""
    yield Step(at, "raise", ("tickets",))
    at += 0.4
    for _ in range(chance.randint(8, 12)):
        at += 0.2
        yield Step(at, "rows", (1,))
    yield Step(at + 0.6, "rows", (14,))


def _opening(at: float, chance: random.Random) -> Iterator[Step]:
    """Another article."""
    yield Step(at, "raise", ("knowledge",))
    yield Step(at + 0.4, "article", (chance.randint(0, 11),))
    yield Step(at + 1.4, "scroll", (138,))


def _pointing(at: float, chance: random.Random) -> Iterator[Step]:
    """The pointer on its way, places in thousandths of the screen."""
    start = (chance.randint(250, 450), chance.randint(300, 600))
    end = (chance.randint(550, 900), chance.randint(300, 800))
    for number in range(1, 17):
        share = number / 16
        place = [a + (b - a) * share for a, b in zip(start, end, strict=True)]
        yield Step(at + number * 0.05, "point", tuple(place))
