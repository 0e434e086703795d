"""Which windows belong to those that policy names: frames, dialogs, menus. Pure.

X knows windows within windows; what stands on the desktop by itself is called a top here. The
window manager puts a program's window into a frame of its own, which is the top then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from agent_client.capture.exclusion import excluded
from agent_client.capture.settings import WindowPattern
from agent_client.capture.x11_window_facts import Facts

Members = Sequence[Facts]
"""A top, first, and the windows in it that may be a program's."""


def programs_own(members: Members) -> Members:
    """Those that a program opened: of a framed window not the frame, which is the manager's."""
    return [facts for facts in members if facts.managed] or members


def named(
    tops: Mapping[int, Members], patterns: Sequence[WindowPattern], resource_mask: int
) -> frozenset[int]:
    """The tops that are to be painted over.

    `resource_mask`: which bits of a window's number tell it from others of the same program.
    """
    classes = _classes(tops.values(), resource_mask)
    known = {facts.window for members in tops.values() for facts in members}
    hit = {
        top
        for top, members in tops.items()
        if any(
            _is_named(facts, classes.get(facts.window & ~resource_mask, ()), patterns)
            for facts in programs_own(members)
        )
    }
    while more := {
        top for top in tops.keys() - hit if _belongs(top, tops, known, hit, resource_mask)
    }:
        hit |= more
    return frozenset(hit)


class Bereaved:
    """Menus and dialogs may outlive the window that told what they are. Nothing else would."""

    def __init__(self, patterns: Sequence[WindowPattern], resource_mask: int) -> None:
        """As `named`."""
        self._patterns = patterns
        self._resource_mask = resource_mask
        self._telling: dict[int, Facts] = {}  # by window: it was named, or told that others are

    def named(self, tops: Mapping[int, Members], before: Collection[int]) -> frozenset[int]:
        """As `named`, and what windows that have gone say of those that are shown since `before`.

        `before`: the tops that were named the last time, and have not been hidden since.
        """
        hit = named(tops, self._patterns, self._resource_mask)
        there = {facts.window for members in tops.values() for facts in members}
        gone = {number: facts for number, facts in self._telling.items() if number not in there}
        if gone:
            lone = {number: (facts,) for number, facts in gone.items()}
            hit |= named({**lone, **tops}, self._patterns, self._resource_mask) & frozenset(before)
        self._telling = {facts.window: facts for top in hit for facts in programs_own(tops[top])}
        programs = {window & ~self._resource_mask for window in self._telling}
        owners = {facts.owner for facts in self._telling.values()}
        for number, facts in gone.items():
            if number in owners or number & ~self._resource_mask in programs:
                self._telling[number] = facts
        return hit


def untold(members: Members, patterns: Sequence[WindowPattern]) -> bool:
    """Whether a program has yet to say what its window is: some show it first, and name it then.

    Menus and the like never have titles.
    """
    titles = any(pattern.title is not None for pattern in patterns)
    applications = any(pattern.application is not None for pattern in patterns)
    return any(
        not facts.overrides
        and ((titles and not facts.titles) or (applications and not _names(facts, ())))
        for facts in programs_own(members)
    )


def leans(members: Members) -> bool:
    """Whether other windows of its program may say what it is: a menu, a dialog, one that is mute.

    A frame in which no window of a program is known may yet be given one.
    """
    return any(
        facts.overrides or facts.owner is not None or not facts.classes
        for facts in programs_own(members)
    )


def _classes(tops: Iterable[Members], resource_mask: int) -> dict[int, frozenset[str]]:
    """By program: what it calls any of its windows."""
    found: dict[int, frozenset[str]] = {}
    for members in tops:
        for facts in programs_own(members):
            program = facts.window & ~resource_mask
            found[program] = found.get(program, frozenset()) | frozenset(facts.classes)
    return found


def _names(facts: Facts, classes: Iterable[str]) -> frozenset[str]:
    """A window without a class of its own goes by those of its program."""
    return facts.programs | frozenset(facts.classes or classes)


def _is_named(facts: Facts, classes: Iterable[str], patterns: Sequence[WindowPattern]) -> bool:
    names = _names(facts, classes)
    return any(excluded(patterns, names, title) for title in facts.titles or ("",))


def _belongs(
    top: int,
    tops: Mapping[int, Members],
    known: Collection[int],
    hit: Collection[int],
    resource_mask: int,
) -> bool:
    """A dialog of a named window, or a menu of its program that does not say whose it is.

    One of a window that is not known, such as a hidden leader, may be any of its program's.
    """
    theirs = {facts.window for one in hit for facts in tops[one]}
    programs = {facts.window & ~resource_mask for one in hit for facts in programs_own(tops[one])}
    return any(
        facts.owner in theirs
        if facts.owner in known
        else (facts.owner is not None or facts.overrides)
        and (facts.window & ~resource_mask) in programs
        for facts in programs_own(tops[top])
    )
