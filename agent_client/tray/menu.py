"""Status -> rows: what the tray's menu and window say, and what each row asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from agent_client.core.events import Event, PauseAsked, RecordNowAsked, ResumeAsked, Source
from agent_client.core.status import Mood, Problem, Status

MOODS: dict[Mood, str] = {
    Mood.SIGNED_OUT: "Signed out",
    Mood.READY: "Ready",
    Mood.RECORDING: "Recording",
    Mood.PAUSED: "Paused",
    Mood.WRAP_UP: "Recording after-call work",
    Mood.ATTENTION: "Needs attention",
}
"""Each icon's meaning in words: a picture alone tells a screen reader nothing."""

_LEAVE_CALL_OPEN = (
    "A recording is running. It will be ended here and kept; the rest of this call will not be "
    "recorded."
)
_ID_SHOWN = 8  # characters of a call id: enough to tell two calls apart


class Ask(StrEnum):
    """What a person may ask of the tray."""

    PAUSE = "pause"
    RESUME = "resume"
    RECORD_NOW = "record-now"
    UPLOAD_NOW = "upload-now"
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
    PROBLEM = "problem"
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
    key: str = ""  # the letter of its text that chooses it on the keyboard

    def marked(self) -> str:
        """The text as Qt takes it, with an ampersand before the key's letter."""
        before, key, after = self.text.partition(self.key) if self.key else (self.text, "", "")
        mark = "&" if key else ""
        return before.replace("&", "&&") + mark + key + after.replace("&", "&&")


_SEPARATOR = Row(Kind.SEPARATOR)


def rows(status: Status, now: timedelta) -> tuple[Row, ...]:
    """The whole menu at engine time `now`, top to bottom."""
    return (
        Row(Kind.HEADLINE, status.headline),
        *(row for problem in status.problems for row in _problem(problem)),
        *_about_call(status, now),
        *_about_agent(status),
        _SEPARATOR,
        *_orders(status),
        _SEPARATOR,
        _uploads(status.uploads_waiting),
        _SEPARATOR,
        Row(Kind.ACTION, "About Twinreel", Ask.ABOUT, key="A"),
        Row(
            Kind.ACTION,
            "Quit Twinreel",
            Ask.QUIT,
            hint="Nothing is recorded until it is started again",
            confirm=_LEAVE_CALL_OPEN if status.since is not None else "",
            key="Q",
        ),
    )


def tooltip(status: Status, now: timedelta) -> str:
    """What hovering over the icon says; whole minutes, so that it seldom changes."""
    lines = [f"Twinreel: {MOODS[status.mood]}", status.headline]
    if status.since is not None:
        lines.append(f"for {minutes(now - status.since)}")
    lines += [problem.happened for problem in status.problems[:1]]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def stopwatch(length: timedelta) -> str:
    """2:05, or 1:02:05 from an hour on; never negative."""
    seconds = max(0, int(length.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def minutes(length: timedelta) -> str:
    """Less than a minute, 1 minute, 12 minutes."""
    whole = max(0, int(length.total_seconds() // 60))
    if not whole:
        return "less than a minute"
    return "1 minute" if whole == 1 else f"{whole} minutes"


def _about_call(status: Status, now: timedelta) -> tuple[Row, ...]:
    if status.call_id is None:
        return ()
    doing = "not recorded"
    if status.since is not None:
        doing = f"recording for {stopwatch(now - status.since)}"
    if status.paused_since is not None:
        doing = f"paused for {stopwatch(now - status.paused_since)}"
    hint = f"The call's id is {status.call_id}"
    return (Row(Kind.TEXT, f"Call {status.call_id[:_ID_SHOWN]}, {doing}", hint=hint),)


def redraw_in(status: Status, now: timedelta, *, watched: bool) -> timedelta | None:
    """When rows or tooltip say something else by themselves; None: never.

    While nobody looks (not `watched`) only the tooltip counts, in which whole minutes stand.
    """
    step = timedelta(seconds=1) if watched else timedelta(minutes=1)
    watches = (status.since, status.paused_since)
    return min((step - (now - one) % step for one in watches if one is not None), default=None)


def _about_agent(status: Status) -> tuple[Row, ...]:
    if status.agent_id is None:
        return ()
    return (Row(Kind.TEXT, f"Signed in to Workspace as {status.agent_id}"),)


def _problem(problem: Problem) -> tuple[Row, ...]:
    hint = f"Code for IT: {problem.code}"
    kind = Kind.PROBLEM if problem.urgent else Kind.TEXT
    happened = Row(kind, problem.happened, hint=hint)
    if not problem.remedy:
        return (happened,)
    return (happened, Row(Kind.REMEDY, problem.remedy, hint=hint))


def _orders(status: Status) -> tuple[Row, ...]:
    why_not = () if not status.why_not else (Row(Kind.TEXT, status.why_not),)
    record_now = (
        (
            Row(
                Kind.ACTION,
                "Record this call's screen",
                Ask.RECORD_NOW,
                hint="Record the screen of the present call, though it was not selected",
                key="c",
            ),
        )
        if status.may_record_now
        else ()
    )
    return (
        Row(
            Kind.ACTION,
            "Pause recording",
            Ask.PAUSE,
            enabled=status.may_pause,
            hint=status.why_not if not status.may_pause else "Voice and screen, until you resume",
            key="P",
        ),
        Row(
            Kind.ACTION,
            "Resume recording",
            Ask.RESUME,
            enabled=status.may_resume,
            hint=status.why_not if not status.may_resume else "Voice and screen",
            key="R",
        ),
        *why_not,
        *record_now,
    )


def _uploads(waiting: int) -> Row:
    if not waiting:
        return Row(Kind.TEXT, "All recordings are sent")
    count = "1 waiting recording" if waiting == 1 else f"{waiting} waiting recordings"
    return Row(Kind.ACTION, f"Send {count} now", Ask.UPLOAD_NOW, key="S")
