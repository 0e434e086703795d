"""Which windows are painted over, and where: as a picture of the desktop has it, pixel by pixel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.exclusion import Window, excluded, matches, to_paint, visible
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern
from tests.agent_client.capture.test_areas import no_overlap, pixels, rectangles

_Stack = list[tuple[Rectangle, bool, bool]]


@pytest.mark.parametrize(
    ("pattern", "applications", "title", "expected"),
    [
        (WindowPattern(application="keepassxc"), {"KeePassXC", "keepassxc"}, "", True),
        (WindowPattern(application="KeePass*"), {"org.keepassxc.keepassxc", "keepassxc"}, "", True),
        (WindowPattern(application="keepass"), {"keepassxc"}, "", False),
        (WindowPattern(title="*payroll*"), {"firefox"}, "The PAYROLL of May", True),
        (WindowPattern(title="payroll"), {"firefox"}, "The payroll of May", False),
        (WindowPattern("firefox", "*payroll*"), {"firefox"}, "payroll", True),
        (WindowPattern("firefox", "*payroll*"), {"chromium"}, "payroll", False),
        (WindowPattern("firefox", "*payroll*"), {"firefox"}, "news", False),
        (WindowPattern(application="*"), set(), "", False),
        (WindowPattern(title="*"), set(), "", True),
        (WindowPattern(title="a?c [xyz]"), set(), "ABC Y", True),
        (WindowPattern(title="stra\u00dfe"), set(), "STRASSE", True),
        (WindowPattern(title="two*lines"), set(), "two\nlines", True),
        (WindowPattern(), {"anything"}, "anything", False),
    ],
)
def test_every_pattern_that_is_given_must_apply(
    pattern: WindowPattern, applications: set[str], title: str, *, expected: bool
) -> None:
    assert matches(pattern, applications, title) is expected


def test_one_matching_pattern_is_enough() -> None:
    patterns = [WindowPattern(application="vault"), WindowPattern(title="*salary*")]
    assert excluded(patterns, iter({"vault"}), "")
    assert excluded(patterns, iter({"other"}), "My salary")
    assert not excluded(patterns, {"other"}, "other")
    assert not excluded([], {"vault"}, "")


@given(st.lists(st.tuples(rectangles, st.booleans(), st.booleans()), max_size=7))
def test_hidden_windows_are_found_wherever_they_are_to_be_seen(stack: _Stack) -> None:
    shown: dict[tuple[int, int], bool] = {}  # pixel: something hidden is to be seen there
    for place, hidden, opaque in stack:
        for pixel in pixels([place]):
            if hidden:
                shown[pixel] = True
            elif opaque:
                shown[pixel] = False
    result = visible(stack)
    assert pixels(result) == {pixel for pixel, seen in shown.items() if seen}
    assert no_overlap(result)


def test_only_what_is_mapped_and_opaque_covers_a_window() -> None:
    vault = Window(Rectangle(0, 0, 10, 10), frozenset({"vault"}), "", opaque=True)
    right = Rectangle(5, 0, 10, 10)
    pattern = [WindowPattern(application="vault")]

    def seen(*, opaque: bool, mapped: bool) -> list[Rectangle]:
        above = Window(right, frozenset({"other"}), "", opaque=opaque, mapped=mapped)
        return to_paint([vault, above], pattern)

    whole = [Rectangle(0, 0, 10, 10)]
    assert seen(opaque=True, mapped=True) == [Rectangle(0, 0, 5, 10)]
    assert seen(opaque=False, mapped=True) == whole
    assert seen(opaque=True, mapped=False) == whole
    assert to_paint([vault], []) == []


def test_dialogs_and_menus_go_with_a_window_that_is_named_by_its_title() -> None:
    def window(left: int, title: str, process: int, *owners: str) -> Window:
        place = Rectangle(left, 0, 10, 10)
        return Window(place, frozenset(), title, opaque=False, process=process, owners=owners)

    backdrop, page = window(0, "", 1), window(20, "Payroll of May", 1)
    menu, dialog = window(40, "", 1), window(60, "Save as", 1, "", "Payroll of May")
    news, stranger = window(80, "News", 1), window(100, "", 2)
    windows = [backdrop, page, menu, dialog, news, stranger]
    painted = to_paint(windows, [WindowPattern(title="payroll*")])
    assert painted == [page.place, menu.place, dialog.place]


def test_windows_of_unknown_processes_do_not_belong_together() -> None:
    page = Window(Rectangle(0, 0, 10, 10), frozenset(), "Payroll", opaque=False)
    menu = Window(Rectangle(20, 0, 10, 10), frozenset(), "", opaque=False)
    assert to_paint([page, menu], [WindowPattern(title="payroll")]) == [page.place]
