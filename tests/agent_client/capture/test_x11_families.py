"""Frames, dialogs and menus of named windows are painted over with them, and no others."""

from __future__ import annotations

from typing import Any

from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern
from agent_client.capture.x11_families import Bereaved, Members, leans, named, untold
from agent_client.capture.x11_window_facts import Facts

_MASK = 0xFFFF  # of the bits that tell a program's windows apart
_VAULT, _OTHER, _MANAGER = 0x10000, 0x20000, 0x30000
_BY_CLASS, _BY_TITLE = [WindowPattern(application="vault")], [WindowPattern(title="payroll*")]


def facts(window: int, **told: Any) -> Facts:  # noqa: ANN401 by name
    values: dict[str, Any] = {
        "place": Rectangle(0, 0, 9, 9),
        "depth": 24,
        "drawn": True,
        "mapped": True,
        "overrides": False,
        "shaped": False,
        "managed": False,
        "classes": (),
        "titles": (),
        "programs": frozenset(),
        "owner": None,
        "children": (),
    }
    return Facts(window, **(values | told))


def hit(patterns: list[WindowPattern], *tops: Members) -> set[int]:
    return set(named({top[0].window: top for top in tops}, patterns, _MASK))


def test_a_frame_goes_by_the_window_in_it() -> None:
    inside = facts(_VAULT + 1, classes=("vault", "Vault"), managed=True)
    frame = facts(_MANAGER + 1, programs=frozenset({"openbox"}))
    assert hit(_BY_CLASS, [frame, inside]) == {_MANAGER + 1}
    assert hit([WindowPattern(application="openbox")], [frame, inside]) == set()


def test_a_window_is_known_by_the_name_of_its_program() -> None:
    assert hit(_BY_CLASS, [facts(_VAULT, programs=frozenset({"vault"}))]) == {_VAULT}


def test_a_window_without_a_class_goes_by_that_of_its_program() -> None:
    main = [facts(_VAULT + 1, classes=("vault", "Vault"))]
    menu = [facts(_VAULT + 2, overrides=True)]
    page = [facts(_VAULT + 3, classes=("else", "Else"))]
    assert hit(_BY_CLASS, main, menu, page) == {_VAULT + 1, _VAULT + 2}


def test_dialogs_and_menus_go_with_a_window_that_is_named_by_its_title() -> None:
    main = [facts(_VAULT + 1, titles=("Payroll of May",))]
    dialog = [facts(_VAULT + 2, owner=_VAULT + 1, titles=("Save as",))]
    its_own = [facts(_VAULT + 3, owner=_VAULT + 2)]
    any_of_them = [facts(_VAULT + 4, owner=0)]
    menu = [facts(_VAULT + 5, overrides=True)]
    news = [facts(_VAULT + 6, titles=("News",))]
    stranger = [facts(_OTHER + 1, overrides=True)]
    tops = [main, dialog, its_own, any_of_them, menu, news, stranger]
    assert hit(_BY_TITLE, *tops) == {_VAULT + number for number in (1, 2, 3, 4, 5)}


def test_a_window_has_to_say_what_patterns_ask_for() -> None:
    silent, menu = facts(_VAULT), facts(_VAULT, overrides=True)
    assert untold([silent], _BY_TITLE)
    assert untold([silent], _BY_CLASS)
    assert not untold([menu], _BY_TITLE)
    assert not untold([facts(_VAULT, titles=("",))], _BY_TITLE)
    assert not untold([facts(_VAULT, programs=frozenset({"a"}))], _BY_CLASS)


def test_a_dialog_of_a_window_that_is_not_known_may_be_a_named_ones() -> None:
    """Toolkits have it belong to a leader of theirs, which is never shown."""
    main = [facts(_VAULT + 1, titles=("Payroll of May",))]
    dialog = [facts(_VAULT + 2, owner=_VAULT + 9, titles=("Save as",))]
    news = [facts(_VAULT + 3, titles=("News",))]
    its_own = [facts(_VAULT + 4, owner=_VAULT + 3, overrides=True)]
    stranger = [facts(_OTHER + 1, owner=_VAULT + 9)]
    assert hit(_BY_TITLE, main, dialog, news, its_own, stranger) == {_VAULT + 1, _VAULT + 2}


def test_what_a_window_said_of_others_holds_when_it_has_gone_until_they_go() -> None:
    bereaved = Bereaved(_BY_CLASS, _MASK)
    main = [facts(_VAULT + 1, classes=("vault", "Vault"))]
    menu, mute = [facts(_VAULT + 2, overrides=True)], [facts(_VAULT + 3)]
    tops: dict[int, Members] = {one[0].window: one for one in (main, menu, mute)}
    assert bereaved.named(tops, ()) == set(tops)
    del tops[_VAULT + 1]
    for _ in range(3):
        assert bereaved.named(tops, (_VAULT + 2, _VAULT + 3)) == {_VAULT + 2, _VAULT + 3}
    assert bereaved.named(tops, (_VAULT + 3,)) == {_VAULT + 3}, "the menu is shown anew"
    tops[_VAULT + 3] = [facts(_VAULT + 3, classes=("else", "Else"))]
    assert bereaved.named(tops, (_VAULT + 3,)) == set(), "it says itself what it is"
    tops[_VAULT + 3] = mute
    assert bereaved.named(tops, (_VAULT + 3,)) == set(), "nobody is left to whom it belonged"


def test_what_a_window_says_no_more_while_it_lives_does_not_hold() -> None:
    bereaved = Bereaved(_BY_TITLE, _MASK)
    main, dialog = facts(_VAULT + 1, titles=("Payroll",)), [facts(_VAULT + 2, owner=_VAULT + 1)]
    tops: dict[int, Members] = {_VAULT + 1: [main], _VAULT + 2: dialog}
    assert bereaved.named(tops, ()) == set(tops)
    tops[_VAULT + 1] = [facts(_VAULT + 1, titles=("News",))]
    assert bereaved.named(tops, tuple(tops)) == set()


def test_what_does_not_say_what_it_is_may_be_told_of_by_others() -> None:
    assert leans([facts(_VAULT)])
    assert leans([facts(_VAULT, classes=("vault", "Vault"), overrides=True)])
    assert leans([facts(_VAULT, classes=("vault", "Vault"), owner=0)])
    assert not leans([facts(_VAULT, classes=("vault", "Vault"))])
    inside = facts(_VAULT, classes=("vault", "Vault"), managed=True)
    assert not leans([facts(_MANAGER), inside]), "of a frame, what is in it"
