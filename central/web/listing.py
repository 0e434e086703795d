"""The list of recordings: what was asked for, as a query, and each call as a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import QueryDict

from central.core.recording import CallState, RecordingState
from central.store.models import Agent, Call, Film, Recording

PAGE = 50
_HERE = (RecordingState.RECEIVED.value, RecordingState.PLAYABLE.value)


class Screen(StrEnum):
    """Whether there is a picture of the screen."""

    YES = "yes"
    NO = "no"  # not selected
    MISSING = "missing"  # selected, and not here


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; what cannot be understood is as if it was not asked for."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    screen: Screen | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Wanted:
        screen = query.get("screen", "")
        return cls(
            text=query.get("q", "").strip()[:100],
            since=_date(query.get("from", "")),
            until=_date(query.get("to", "")),
            screen=Screen(screen) if screen in set(Screen) else None,
        )

    def query(self) -> str:
        """As it stands in an address."""
        fields = {
            "q": self.text,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "screen": self.screen.value if self.screen else "",
        }
        return urlencode({name: value for name, value in fields.items() if value})


@dataclass(frozen=True, slots=True)
class Row:
    """A call, as the list shows it."""

    call: Call
    agent_name: str
    film: Film | None
    screen: Screen
    pauses_confirmed: bool

    @property
    def duration(self) -> timedelta | None:
        return timedelta(microseconds=self.film.duration_us) if self.film else None

    @property
    def pauses(self) -> int:
        return int(self.film.facts.get("pauses", 0)) if self.film else 0

    @property
    def state(self) -> str:
        """In words."""
        return STATES[CallState(self.call.state)]


STATES = {
    CallState.WAITING: "being prepared",
    CallState.PLAYABLE: "ready",
    CallState.PARTIAL: "ready, in part",
    CallState.FAILED: "cannot be played",
}


def found(calls: QuerySet[Call], wanted: Wanted) -> QuerySet[Call]:
    """Those that fit."""
    if wanted.text:
        agents = Agent.objects.filter(name__icontains=wanted.text).values("agent_id")
        calls = calls.filter(
            Q(agent_id__icontains=wanted.text)
            | Q(agent_id__in=agents)
            | Q(call_id__icontains=wanted.text)
            | Q(ani__icontains=wanted.text)
            | Q(dnis__icontains=wanted.text)
        )
    if wanted.since:
        calls = calls.filter(started_at__gte=_midnight(wanted.since))
    if wanted.until:
        calls = calls.filter(started_at__lt=_midnight(wanted.until) + timedelta(days=1))
    if wanted.screen is not None:
        films = Film.objects.filter(call=OuterRef("pk"), has_screen=True)
        shown = Exists(films)
        match wanted.screen:
            case Screen.YES:
                calls = calls.filter(shown)
            case Screen.MISSING:
                calls = calls.filter(~shown, screen_expected=True)
            case Screen.NO:
                calls = calls.filter(~shown).exclude(screen_expected=True)
    return calls


def rows(calls: QuerySet[Call]) -> list[Row]:
    """These calls with what stands in their row, in four queries however many they are."""
    held = list(
        calls.prefetch_related(
            Prefetch("films", Film.objects.order_by("-version")),
            Prefetch("recordings", Recording.objects.filter(state__in=_HERE).defer("manifest")),
        )
    )
    names = dict(
        Agent.objects.filter(agent_id__in={call.agent_id for call in held}).values_list(
            "agent_id", "name"
        )
    )
    return [_row(call, names.get(call.agent_id, "")) for call in held]


def row(call: Call) -> Row:
    """One call."""
    return rows(Call.objects.filter(pk=call.pk))[0]


def _row(call: Call, agent_name: str) -> Row:
    film = next(iter(call.films.all()), None)
    if film is not None and film.has_screen:
        screen = Screen.YES
    else:
        screen = Screen.MISSING if call.screen_expected else Screen.NO
    manifests = bool(call.recordings.all())
    confirmed = manifests or call.screen_expected is False
    return Row(call, agent_name, film, screen, confirmed)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
