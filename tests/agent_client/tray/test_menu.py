from dataclasses import replace
from datetime import timedelta

import pytest

from agent_client.core.events import PauseAsked, RecordNowAsked, ResumeAsked, Source
from agent_client.core.status import Mood, Problem, Status
from agent_client.tray.menu import (
    MOODS,
    Ask,
    Kind,
    Row,
    event_of,
    fitted,
    redraw_in,
    rows,
    stopwatch,
    tooltip,
)

NOW = timedelta(hours=5)
READY = Status(
    mood=Mood.READY,
    headline="Ready: no call",
    agent_id="kate",
    call_id=None,
    since=None,
    may_pause=False,
    may_resume=False,
    why_not="There is no call to pause",
    may_record_now=False,
    uploads_waiting=0,
    problems=(),
)
RECORDING = replace(
    READY,
    mood=Mood.RECORDING,
    headline="Recording the screen of this call",
    call_id="0f3c9a7e-1111",
    since=NOW - timedelta(seconds=125),
    may_pause=True,
    why_not="",
)
PAUSED = replace(RECORDING, mood=Mood.PAUSED, headline="Paused", may_pause=False, may_resume=True)


def row_that_asks(ask: Ask, status: Status) -> Row:
    (row,) = [row for row in rows(status, NOW) if row.ask is ask and row.kind is Kind.ACTION]
    return row


def words(status: Status) -> list[str]:
    return [row.text for row in rows(status, NOW)]


def test_first_row_is_the_state_in_words() -> None:
    assert rows(RECORDING, NOW)[0] == Row(Kind.HEADLINE, "Recording the screen of this call")


def test_a_recorded_call_shows_how_long() -> None:
    assert "Call 0f3c9a7e, recording for 2:05" in words(RECORDING)


def test_a_paused_call_shows_how_long_it_has_been_paused() -> None:
    paused = replace(PAUSED, paused_since=NOW - timedelta(seconds=7))
    assert "Call 0f3c9a7e, paused for 0:07" in words(paused)


def test_a_call_that_is_not_recorded_says_so() -> None:
    assert "Call 0f3c9a7e, not recorded" in words(replace(RECORDING, since=None))


@pytest.mark.parametrize(
    ("status", "pause", "resume"),
    [(READY, False, False), (RECORDING, True, False), (PAUSED, False, True)],
)
def test_pause_and_resume_follow_the_status(status: Status, pause: bool, resume: bool) -> None:  # noqa: FBT001 the point
    assert row_that_asks(Ask.PAUSE, status).enabled is pause
    assert row_that_asks(Ask.RESUME, status).enabled is resume


def test_where_neither_is_possible_the_reason_stands_below() -> None:
    assert "There is no call to pause" in words(READY)
    assert "There is no call to pause" not in words(RECORDING)


def test_record_now_is_offered_only_when_allowed() -> None:
    assert [row for row in rows(READY, NOW) if row.ask is Ask.RECORD_NOW] == []
    assert row_that_asks(Ask.RECORD_NOW, replace(READY, may_record_now=True)).enabled


def test_waiting_recordings_can_be_sent_now() -> None:
    assert "All recordings are sent" in words(READY)
    one = row_that_asks(Ask.UPLOAD_NOW, replace(READY, uploads_waiting=1))
    assert one.text == "Send 1 waiting recording now"
    three = row_that_asks(Ask.UPLOAD_NOW, replace(READY, uploads_waiting=3))
    assert three.text == "Send 3 waiting recordings now"


def test_a_problem_says_what_happened_what_to_do_and_its_code() -> None:
    full = Problem("disk-full", "The disk is full.", "Free some space.")
    happened, remedy = (
        row
        for row in rows(replace(READY, problems=(full,)), NOW)
        if row.kind in {Kind.PROBLEM, Kind.REMEDY}
    )
    assert (happened.text, remedy.text) == ("The disk is full.", "Free some space.")
    assert happened.hint == "Code for IT: disk-full"


def test_a_problem_that_can_wait_has_no_warning_sign() -> None:
    away = Problem("central-unreachable", "Central is away.", "Wait.", urgent=False)
    kinds = [row.kind for row in rows(replace(READY, problems=(away,)), NOW)]
    assert Kind.PROBLEM not in kinds
    assert Kind.REMEDY in kinds


def test_sending_is_told_in_percent() -> None:
    sending = replace(READY, uploads_waiting=2, uploads_sent=437, uploads_total=1000)
    assert "Sending 2 recordings, 43 %" in words(sending)
    assert "Sending 1 recording, 43 %" in words(replace(sending, uploads_waiting=1))
    assert "Sending 2 recordings, 100 %" in words(replace(sending, uploads_sent=2000))


def test_the_menu_has_two_problems_and_counts_the_others() -> None:
    found = tuple(Problem(f"p{n}", f"Problem {n}.", f"Remedy {n}.") for n in range(4))
    said = [row.text for row in fitted(rows(replace(READY, problems=found), NOW))]
    assert said[1:6] == [
        "Problem 0.",
        "Remedy 0.",
        "Problem 1.",
        "Remedy 1.",
        "2 more problems: see the status window",
    ]
    assert "Problem 3." in words(replace(READY, problems=found))  # the window has them all
    three = [row.text for row in fitted(rows(replace(READY, problems=found[:3]), NOW))]
    assert "1 more problem: see the status window" in three


def test_long_words_go_over_lines_of_about_the_same_length() -> None:
    (first, second) = fitted((Row(Kind.REMEDY, "word " * 20),))
    assert len(first.text) <= 72
    assert abs(len(first.text) - len(second.text)) <= 5
    assert first.kind is second.kind is Kind.REMEDY


@pytest.mark.parametrize("status", [READY, RECORDING, PAUSED])
def test_each_thing_to_ask_has_a_key_of_its_own(status: Status) -> None:
    crowded = replace(status, may_record_now=True, uploads_waiting=3)
    marked = [row.marked() for row in rows(crowded, NOW) if row.kind is Kind.ACTION]
    keys = [text[text.index("&") + 1].lower() for text in marked]
    assert len(keys) == len(set(keys)) == 8
    assert "&Pause recording" in marked


def test_an_ampersand_in_a_text_is_no_key() -> None:
    assert Row(Kind.TEXT, "Signed in as kate & co").marked() == "Signed in as kate && co"


def test_quitting_in_a_recording_is_asked_back() -> None:
    assert "not be recorded" in row_that_asks(Ask.QUIT, RECORDING).confirm
    assert row_that_asks(Ask.QUIT, READY).confirm == ""


def test_the_tray_asks_in_its_own_name() -> None:
    assert event_of(Ask.PAUSE) == PauseAsked(Source.TRAY)
    assert event_of(Ask.RESUME) == ResumeAsked(Source.TRAY)
    assert event_of(Ask.RECORD_NOW) == RecordNowAsked(Source.TRAY)
    assert event_of(Ask.QUIT) is None


def test_every_mood_has_words() -> None:
    assert set(MOODS) == set(Mood)


def test_tooltip_changes_by_the_minute_only() -> None:
    assert tooltip(RECORDING, NOW) == tooltip(RECORDING, NOW + timedelta(seconds=30))
    assert tooltip(RECORDING, NOW) == (
        "Twinreel: Recording\nRecording the screen of this call\nfor 2 minutes"
    )


def test_an_open_menu_is_redrawn_with_every_second() -> None:
    began = replace(RECORDING, since=NOW - timedelta(seconds=125.25))
    assert redraw_in(began, NOW, watched=True) == timedelta(seconds=0.75)


def test_what_nobody_looks_at_is_redrawn_with_every_minute() -> None:
    assert redraw_in(RECORDING, NOW, watched=False) == timedelta(seconds=55)
    later = NOW + timedelta(seconds=55)
    assert tooltip(RECORDING, later) != tooltip(RECORDING, later - timedelta(seconds=1))


def test_without_a_recording_and_a_pause_nothing_is_redrawn() -> None:
    assert redraw_in(READY, NOW, watched=True) is None
    assert redraw_in(replace(READY, paused_since=NOW), NOW, watched=True) is not None


def test_tooltip_names_the_first_problem() -> None:
    troubled = replace(
        READY, mood=Mood.ATTENTION, problems=(Problem("x", "The disk is full.", ""),)
    )
    assert tooltip(troubled, NOW).endswith("The disk is full.")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-3, "0:00"), (0, "0:00"), (59.9, "0:59"), (600, "10:00"), (3725, "1:02:05")],
)
def test_stopwatch(seconds: float, shown: str) -> None:
    assert stopwatch(timedelta(seconds=seconds)) == shown
