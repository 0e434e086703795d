"""What agents read about recordings that wait."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import get_args

import pytest

from agent_client.core.events import Held
from agent_client.core.status import Status
from agent_client.tray.languages import LANGUAGES, Translation
from agent_client.tray.upload_words import sending_words, upload_wait_words
from agent_client.tray.words import english
from tests.agent_client.tray.test_menu import READY
from uploader.desk import Held as HeldAtTheUploader

WEDNESDAY = datetime(2026, 11, 25, 22, 7, 40, tzinfo=timezone(timedelta(hours=1)))
WAITING = replace(READY, uploads_waiting=2)


def held(why: Held, until: datetime | None = None, *, today: bool = False) -> Status:
    return replace(WAITING, uploads_held=why, uploads_until=until, uploads_until_today=today)


def test_a_time_is_as_the_clock_on_the_wall_shows_it() -> None:
    today = upload_wait_words(held("schedule", WEDNESDAY, today=True), english)
    assert today == "Recordings are sent from 22:07 on"
    later = upload_wait_words(held("schedule", WEDNESDAY), english)
    assert later == "Recordings are sent from Wednesday 22:07 on"
    assert upload_wait_words(held("shift", WEDNESDAY), english) == later


def test_what_nobody_can_time_is_named() -> None:
    assert "after you have signed out" in upload_wait_words(held("shift"), english)
    assert "after the call" in upload_wait_words(held("call"), english)
    assert upload_wait_words(WAITING, english) == ""


def test_client_and_uploader_know_the_same_reasons() -> None:
    assert get_args(Held) == get_args(HeldAtTheUploader)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_reason_and_every_day_is_said_in_each_language(language: str) -> None:
    words = Translation(language).words()
    for why in get_args(Held)[1:]:
        assert upload_wait_words(held(why), words) != upload_wait_words(held(why), english)
    week = {
        upload_wait_words(held("schedule", WEDNESDAY + timedelta(days=day)), words)
        for day in range(7)
    }
    assert len(week) == 7
    assert all("22:07" in text for text in week)


def test_how_far_it_is_never_goes_beyond_the_whole() -> None:
    sending = replace(WAITING, uploads_sent=2000, uploads_total=1000)
    assert sending_words(sending, english) == "Sending 2 recordings, 100 %"
