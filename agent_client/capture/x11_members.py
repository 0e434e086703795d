"""Windows and the program's windows in them: those of window managers' frames."""

from __future__ import annotations

from collections.abc import Sequence

from agent_client.capture.x11_window_facts import Facts, Reader

_MOST_CHILDREN = 64


def members_of(
    reader: Reader, tops: Sequence[int], resources: int, own: int
) -> tuple[dict[int, list[Facts]], dict[int, int]]:
    """Each that still exists, first, and the windows of other programs in it: it is a frame then.

    Also which top each window is in that tells of its changes from now on. `resources`: which bits
    of a number tell windows of one program apart; the others tell the program, ours is `own`.
    """
    members: dict[int, list[Facts]] = {}
    inner: dict[int, int] = {}
    wrappers: dict[int, int] = {}

    def others(window: int, children: Sequence[int]) -> list[int]:
        mine = (window & ~resources, own)
        return [child for child in children if child & ~resources not in mine]

    for facts in reader.read(tops):
        members[facts.window] = [facts]
        found = others(facts.window, facts.children)
        inner |= dict.fromkeys(found, facts.window)
        if not found and not facts.managed:
            wrappers |= dict.fromkeys(facts.children[:_MOST_CHILDREN], facts.window)
    for window, children in reader.look_into(wrappers):
        inner |= dict.fromkeys(others(window, children), wrappers[window])
    for facts in reader.read(inner):
        members[inner[facts.window]].append(facts)
    return members, {top: top for top in tops} | wrappers | inner
