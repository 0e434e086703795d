"""Which windows belong to those that policy names: frames, dialogs, menus. Pure.

X knows windows within windows; what stands on the desktop by itself is called a top here. The
window manager puts a program's window into a frame of its own, which is the top then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    hit = {
        top
        for top, members in tops.items()
        if any(
            _is_named(facts, classes.get(facts.window & ~resource_mask, ()), patterns)
            for facts in programs_own(members)
        )
    }
    while more := {top for top in tops.keys() - hit if _belongs(top, tops, hit, resource_mask)}:
        hit |= more
    return frozenset(hit)


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


def _belongs(top: int, tops: Mapping[int, Members], hit: set[int], resource_mask: int) -> bool:
    """A dialog of a named window, or a menu of its program that does not say whose it is."""
    theirs = {facts.window for one in hit for facts in tops[one]}
    programs = {facts.window & ~resource_mask for one in hit for facts in programs_own(tops[one])}
    return any(
        facts.owner in theirs
        if facts.owner
        else (facts.owner == 0 or facts.overrides) and (facts.window & ~resource_mask) in programs
        for facts in programs_own(tops[top])
    )
