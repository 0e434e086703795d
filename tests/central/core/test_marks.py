"""What stands on the time line beside picture and voice: troubles of the desk, and its monitors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from central.core.marks import Mark, MarkKind, Shown
from central.core.timeline import document, lay_out
from contract.manifest import Manifest, Trouble, View
from tests.central.core.test_timeline import recording, seconds, shown, voice

TWO = ((0, 0, 1920, 1080), (1920, 0, 1920, 1080))


def troubled(manifest: Manifest, *troubles: tuple[str, float, float]) -> Manifest:
    """The recording, with troubles from one second to another."""
    return replace(
        manifest,
        troubles=tuple(
            Trouble(seconds(since), seconds(until - since), code) for code, since, until in troubles
        ),
    )


def marks(*manifests: Manifest) -> list[tuple[str, float, float]]:
    """The troubles on the time line of these recordings and a voice of ten seconds."""
    timeline = lay_out(manifests, [voice(0, 10)])
    return [
        (mark.reasons[0], mark.at.total_seconds(), (mark.at + mark.length).total_seconds())
        for mark in timeline.marks
        if mark.kind is MarkKind.TROUBLE
    ]


def test_a_trouble_stands_where_the_desk_noticed_it_by_centrals_clock() -> None:
    late = troubled(recording((0, 5), start=103, offset=-100), ("screen-black", 1, 2.5))
    assert marks(late) == [("screen-black", 4, 5.5)]


def test_troubles_of_one_kind_that_overlap_are_one_and_others_stand_apart() -> None:
    first = troubled(recording((0, 10)), ("disk-slow", 1, 4), ("screen-black", 2, 3))
    second = troubled(recording((0, 5), start=3, name=2), ("disk-slow", 0, 2))
    assert marks(first, second) == [("disk-slow", 1, 5), ("screen-black", 2, 3)]


def test_a_clock_that_was_set_is_a_moment() -> None:
    one = troubled(recording((0, 10)), ("clock-jumped", 4, 4), ("clock-jumped", 4, 4))
    assert marks(one) == [("clock-jumped", 4, 4)]


def test_a_trouble_beyond_the_film_is_cut_or_left_out() -> None:
    one = recording((0, 10))
    assert marks(troubled(one, ("disk-slow", 8, 99))) == [("disk-slow", 8, 10)]
    assert marks(troubled(one, ("disk-slow", 98, 99), ("clock-jumped", 98, 98))) == []


def test_a_trouble_changes_nothing_of_what_is_shown_and_heard() -> None:
    plain = recording((0, 4), (6, 10))
    timeline = lay_out([plain], [voice(0, 10)])
    other = lay_out([troubled(plain, ("screen-frozen", 1, 9))], [voice(0, 10)])
    assert replace(other, marks=timeline.marks) == timeline
    assert shown(other) == shown(timeline)


def test_the_views_say_what_is_shown_of_the_desk_and_from_when() -> None:
    views = (
        View(seconds(0), 1920, 1080, TWO[:1], (0, 0, 1920, 1080)),
        View(seconds(4), 3840, 1080, TWO, (0, 270, 1920, 540)),
    )
    one = replace(recording((0, 10), start=2), views=views)
    assert lay_out([one], [voice(0, 10)]).views == (
        Shown(seconds(2), 1920, 1080, 1, scaled=False),
        Shown(seconds(6), 3840, 1080, 2, scaled=True),
    )


def test_a_view_that_says_the_same_again_is_left_out() -> None:
    view = View(seconds(0), 1920, 1080, TWO[:1], (0, 0, 1920, 1080))
    one = replace(recording((0, 4)), views=(view, replace(view, offset=seconds(2))))
    again = replace(recording((0, 4), start=5, name=2), views=(view,))
    assert len(lay_out([one, again], []).views) == 1


def test_the_document_has_troubles_and_views() -> None:
    view = View(seconds(0), 3840, 1080, TWO, (0, 0, 3840, 1080))
    one = replace(troubled(recording((0, 4)), ("disk-slow", 1, 3)), views=(view,))
    told = document(lay_out([one], []))
    assert {
        "kind": "trouble",
        "at_us": 1_000_000,
        "length_us": 2_000_000,
        "reasons": ["disk-slow"],
    } in told["marks"]
    assert told["views"] == [
        {"at_us": 0, "width": 3840, "height": 1080, "monitors": 2, "scaled": False}
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.integers(-5, 30), st.integers(0, 30)), max_size=8
    )
)
def test_marks_lie_within_the_film_and_none_of_a_kind_touches_another(
    found: list[tuple[str, int, int]],
) -> None:
    one = troubled(recording((0, 10)), *((code, at, at + long) for code, at, long in found))
    timeline = lay_out([one], [])
    for mark in timeline.marks:
        assert timedelta(0) <= mark.at <= mark.at + mark.length <= timeline.length
    told = [mark for mark in timeline.marks if mark.kind is MarkKind.TROUBLE]
    for mark in told:
        assert all(_apart(mark, other) for other in told if other is not mark)


def _apart(one: Mark, other: Mark) -> bool:
    return (
        one.reasons != other.reasons
        or one.at + one.length < other.at
        or other.at + other.length < one.at
    )
