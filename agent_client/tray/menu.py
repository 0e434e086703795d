"""Status -> rows: what the tray's menu and window say, and what each row asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from textwrap import wrap

from agent_client.core.events import Event, PauseAsked, RecordNowAsked, ResumeAsked, Source
from agent_client.core.problems import PROBLEMS
from agent_client.core.status import Mood, Problem, Status
from agent_client.tray.upload_words import send_now_words, sending_words, upload_wait_words
from agent_client.tray.words import Words, english

MOODS: dict[Mood, str] = {
    Mood.SIGNED_OUT: "Signed out",
    Mood.READY: "Ready",
    Mood.RECORDING: "Recording",
    Mood.PAUSED: "Paused",
    Mood.WRAP_UP: "Recording after-call work",
    Mood.UPLOADING: "Ready, sending recordings",
    Mood.ATTENTION: "Needs attention",
}
"""Each icon's meaning in words: a picture alone tells a screen reader nothing."""

_ID_SHOWN = 8  # characters of a call id: enough to tell two calls apart
_MENU_LETTERS = 72  # in a line of the menu; the window has it in full
_MENU_PROBLEMS = 2  # said in the menu; the window has them all


class Ask(StrEnum):
    """What a person may ask of the tray."""

    PAUSE = "pause"
    RESUME = "resume"
    RECORD_NOW = "record-now"
    UPLOAD_NOW = "upload-now"
    PAIR = "pair"
    DIAGNOSE = "diagnose"
    SHOW = "show"
    ABOUT = "about"
    QUIT = "quit"


_EVENTS: dict[Ask, Event] = {
    Ask.PAUSE: PauseAsked(Source.TRAY),
    Ask.RESUME: ResumeAsked(Source.TRAY),
    Ask.RECORD_NOW: RecordNowAsked(Source.TRAY),
}


def event_of(ask: Ask) -> Event | None:
    """What the engine is told, or None where the asking does not concern it."""
    return _EVENTS.get(ask)


class Kind(StrEnum):
    """How a row is drawn."""

    HEADLINE = "headline"
    TEXT = "text"
    PROBLEM = "problem"  # somebody must act
    NOTE = "note"  # a problem that can wait
    REMEDY = "remedy"
    ACTION = "action"
    SEPARATOR = "separator"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the menu. A row of words opens the status window when it is chosen."""

    kind: Kind
    text: str = ""
    ask: Ask = Ask.SHOW
    enabled: bool = True
    hint: str = ""  # its tooltip, and what a screen reader adds
    confirm: str = ""  # asked back before it is done, unless empty
    key: int | None = None  # where in its text the letter stands that chooses it on the keyboard

    def marked(self) -> str:
        """The text as Qt takes it, with an ampersand before the key's letter."""
        if self.key is None:
            return _doubled(self.text)
        return _doubled(self.text[: self.key]) + "&" + _doubled(self.text[self.key :])


_SEPARATOR = Row(Kind.SEPARATOR)


def rows(status: Status, now: timedelta, words: Words = english) -> tuple[Row, ...]:
    """The whole menu at engine time `now`, top to bottom, in full: the status window's."""
    quit_asked = words(
        "A recording is running. It will be ended here and kept; the rest of this call will not be "
        "recorded."
    )
    return (
        Row(Kind.HEADLINE, words(status.headline)),
        *(row for problem in status.problems for row in _problem(problem, words)),
        *_about_call(status, now, words),
        *_about_agent(status, words),
        _SEPARATOR,
        *_orders(status, words),
        *_uploads(status, words),
        _SEPARATOR,
        *_pairing(status, words),
        _action(
            words("&Diagnostics…"),
            Ask.DIAGNOSE,
            hint=words("Save a file for IT that tells how Twinreel is, without personal data"),
        ),
        _action(words("&About Twinreel"), Ask.ABOUT),
        replace(
            _action(
                words("&Quit Twinreel"),
                Ask.QUIT,
                hint=words("Nothing is recorded until it is started again"),
            ),
            confirm=quit_asked if status.since is not None else "",
        ),
    )


def fitted(wanted: tuple[Row, ...], words: Words = english) -> tuple[Row, ...]:
    """The rows as a menu can hold them: long words over several lines, the first problems only."""
    fit: list[Row] = []
    problems = 0
    for row in wanted:
        problems += row.kind in _PROBLEMS
        of_problem = row.kind in {*_PROBLEMS, Kind.REMEDY}
        if not of_problem and problems > _MENU_PROBLEMS:
            fit.append(Row(Kind.TEXT, _more(problems - _MENU_PROBLEMS, words)))
            problems = 0
        if not of_problem or problems <= _MENU_PROBLEMS:
            fit += _wrapped(row)
    return tuple(fit)


def tooltip(status: Status, now: timedelta, words: Words = english) -> str:
    """What hovering over the icon says; whole minutes, so that it seldom changes."""
    lines = [f"Twinreel: {words(MOODS[status.mood])}", words(status.headline)]
    if status.since is not None:
        lines.append(words("for {length}", length=minutes(now - status.since, words)))
    lines += [_words_of(problem, words).happened for problem in status.problems[:1]]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def stopwatch(length: timedelta) -> str:
    """2:05, or 1:02:05 from an hour on; never negative."""
    seconds = max(0, int(length.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def minutes(length: timedelta, words: Words = english) -> str:
    """Less than a minute, 1 minute, 12 minutes; as it stands after "for"."""
    whole = max(0, int(length.total_seconds() // 60))
    if not whole:
        return words("less than a minute")
    return words("1 minute") if whole == 1 else words("{count} minutes", count=whole)


def redraw_in(status: Status, now: timedelta, *, watched: bool) -> timedelta | None:
    """When rows or tooltip say something else by themselves; None: never.

    While nobody looks (not `watched`) only the tooltip counts, in which whole minutes stand.
    """
    step = timedelta(seconds=1) if watched else timedelta(minutes=1)
    watches = (status.since, status.paused_since)
    return min((step - (now - one) % step for one in watches if one is not None), default=None)


def _action(label: str, ask: Ask, *, enabled: bool = True, hint: str = "") -> Row:
    """`label` has an ampersand before the letter of its key."""
    before, _, after = label.partition("&")
    return Row(Kind.ACTION, before + after, ask, enabled, hint, key=len(before))


def _pairing(status: Status, words: Words) -> tuple[Row, ...]:
    if not status.may_pair:
        return ()
    hint = words("Enter the code that Twinreel's page in Workspace shows")
    return (_action(words("Connect &Workspace page…"), Ask.PAIR, hint=hint),)


def _doubled(text: str) -> str:
    return text.replace("&", "&&")


def _about_call(status: Status, now: timedelta, words: Words) -> tuple[Row, ...]:
    if status.call_id is None:
        return ()
    call = status.call_id[:_ID_SHOWN]
    text = words("Call {call}, not recorded", call=call)
    if status.since is not None:
        length = stopwatch(now - status.since)
        text = words("Call {call}, recording for {length}", call=call, length=length)
    if status.paused_since is not None:
        length = stopwatch(now - status.paused_since)
        text = words("Call {call}, paused for {length}", call=call, length=length)
    return (Row(Kind.TEXT, text, hint=words("The call's id is {call}", call=status.call_id)),)


def _about_agent(status: Status, words: Words) -> tuple[Row, ...]:
    if status.agent_id is None:
        return ()
    return (Row(Kind.TEXT, words("Signed in to Workspace as {agent}", agent=status.agent_id)),)


def _problem(problem: Problem, words: Words) -> tuple[Row, ...]:
    said = _words_of(problem, words)
    hint = words("Code for IT: {code}", code=problem.code)
    kind = Kind.PROBLEM if problem.urgent else Kind.NOTE
    happened = Row(kind, said.happened, hint=hint)
    if not said.remedy:
        return (happened,)
    return (happened, Row(Kind.REMEDY, said.remedy, hint=hint))


def _words_of(problem: Problem, words: Words) -> Problem:
    """The problem in the reader's language."""
    happened = words(problem.happened)
    if problem.code not in PROBLEMS and problem.code in problem.happened:
        happened = words("There is a problem that has no words yet: {code}.", code=problem.code)
    return replace(problem, happened=happened, remedy=words(problem.remedy))


def _orders(status: Status, words: Words) -> tuple[Row, ...]:
    why_not = words(status.why_not) if status.why_not else ""
    no_pause = why_not or words("It is paused already.")
    no_resume = why_not or words("Nothing is paused.")
    said = (Row(Kind.TEXT, why_not),) if why_not else ()
    record_now = (
        (
            _action(
                words("Record this &call's screen"),
                Ask.RECORD_NOW,
                hint=words("Record the screen of the present call, though it was not selected"),
            ),
        )
        if status.may_record_now
        else ()
    )
    return (
        _action(
            words("&Pause recording"),
            Ask.PAUSE,
            enabled=status.may_pause,
            hint=words("Voice and screen, until you resume") if status.may_pause else no_pause,
        ),
        _action(
            words("&Resume recording"),
            Ask.RESUME,
            enabled=status.may_resume,
            hint=words("Voice and screen") if status.may_resume else no_resume,
        ),
        *said,
        *record_now,
    )


def _uploads(status: Status, words: Words) -> tuple[Row, ...]:
    if not status.uploads_known:
        return ()
    if not status.uploads_waiting:
        return (_SEPARATOR, Row(Kind.TEXT, words("All recordings are sent")))
    if status.uploads_total:
        return (_SEPARATOR, Row(Kind.TEXT, sending_words(status, words)))
    waits = upload_wait_words(status, words)
    said = (Row(Kind.TEXT, waits),) if waits else ()
    return (_SEPARATOR, *said, _action(send_now_words(status, words), Ask.UPLOAD_NOW))


def _more(count: int, words: Words) -> str:
    if count == 1:
        return words("1 more problem: see the status window")
    return words("{count} more problems: see the status window", count=count)


def _wrapped(row: Row) -> tuple[Row, ...]:
    """Its words over as many lines as they need; what follows the first is only read on."""
    lines = _lines(row.text) if row.kind not in _WHOLE else []
    if len(lines) < 2:  # noqa: PLR2004 it fits on one
        return (row,)
    hint = row.hint and f"{row.text} {row.hint}"
    rest = Kind.TEXT if row.kind in {Kind.NOTE, Kind.PROBLEM} else row.kind
    first = replace(row, text=lines[0], hint=hint)
    return (first, *(Row(rest, line, hint=hint) for line in lines[1:]))


def _lines(text: str) -> list[str]:
    """As few lines as hold it, about equally long."""
    fewest = len(wrap(text, _MENU_LETTERS, break_on_hyphens=False))
    for width in range(len(text) // max(fewest, 1) or 1, _MENU_LETTERS):
        lines = wrap(text, width, break_on_hyphens=False)
        if len(lines) <= fewest:
            return lines
    return wrap(text, _MENU_LETTERS, break_on_hyphens=False)


_PROBLEMS = (Kind.PROBLEM, Kind.NOTE)
_WHOLE = (Kind.ACTION, Kind.SEPARATOR)
