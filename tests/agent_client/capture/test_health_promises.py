"""What holds of the recorder's troubles and remedies, whatever it goes through."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.health import Observation, Remedy
from tests.agent_client.capture.health_staging import POINTER, SCREENFUL, WELL, Turns

_OBSERVATIONS = st.lists(
    st.tuples(
        st.floats(0.01, 30),  # since the last
        st.builds(
            replace,
            st.just(WELL),
            wall=st.sampled_from([0.0, 3600.0]),
            late=st.sampled_from([0.0, 2.0]),
            looked=st.booleans(),
            whole=st.booleans(),
            told=st.sampled_from([0, POINTER, SCREENFUL]),
            changed=st.booleans(),
            black=st.booleans(),
            took=st.sampled_from([0.01, 0.5]),
            syncing=st.sampled_from([0.0, 3.0]),
        ),
        st.booleans(),  # somebody is at work
    ),
    max_size=60,
)


@given(_OBSERVATIONS)
def test_whatever_happens_each_trouble_begins_and_ends_in_turn(
    found: list[tuple[float, Observation, bool]],
) -> None:
    turns = Turns()
    for after, seen, at_work in found:
        turns.turn(replace(seen, input_at=turns.now if at_work else None), after)
        assert turns.health.due > turns.now or turns.health.reopening
    turns.told += [(f"-{one.code}", one.at, turns.now) for one in turns.health.paused(turns.now)]
    for code in {one[1:] for one in turns.codes}:
        told = [one for one in turns.told if one[0][1:] == code]
        assert [one[0][0] for one in told] == ["+", "-"] * (len(told) // 2)
        for begun, over in zip(told[::2], told[1::2], strict=True):
            assert begun[1] <= over[1] <= over[2]
            assert begun[1] <= begun[2]


@given(_OBSERVATIONS)
def test_whatever_happens_the_screen_is_not_opened_anew_all_the_time(
    found: list[tuple[float, Observation, bool]],
) -> None:
    turns = Turns()
    for after, seen, at_work in found:
        turns.turn(replace(seen, input_at=turns.now if at_work else None), after)
    asked = [at for remedy, at in turns.remedies if remedy is Remedy.REOPEN_SCREEN]
    assert all(later - earlier >= 10 for earlier, later in pairwise(asked))
