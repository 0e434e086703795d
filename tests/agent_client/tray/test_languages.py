import re
from dataclasses import replace
from datetime import timedelta

import pytest

from agent_client.core.problems import PROBLEMS
from agent_client.core.status import Mood, Status
from agent_client.tray.languages import LANGUAGES, Translation, chosen
from agent_client.tray.menu import Kind, fitted, rows, tooltip

NOW = timedelta(hours=5)
CROWDED = Status(
    mood=Mood.RECORDING,
    headline="Recording the screen of this call",
    agent_id="kate",
    call_id="0f3c9a7e-1111",
    since=NOW - timedelta(seconds=125),
    may_pause=True,
    may_resume=False,
    why_not="",
    may_record_now=True,
    uploads_waiting=3,
    problems=tuple(PROBLEMS.values()),
)


@pytest.mark.parametrize(
    ("wanted", "system", "spoken"),
    [
        ("", ["de-AT", "en"], "de"),
        ("", ["pt_BR", "es_MX"], "es"),
        ("", ["C"], "en"),
        ("", [], "en"),
        ("fr", ["de"], "fr"),
        ("", ["en-GB", "de"], "en"),
    ],
)
def test_the_first_language_that_is_known_is_spoken(
    wanted: str, system: list[str], spoken: str
) -> None:
    assert chosen(wanted, system) == spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_key_chooses_one_row_in_every_language(language: str) -> None:
    words = Translation(language).words()
    marked = [row.marked() for row in rows(CROWDED, NOW, words) if row.kind is Kind.ACTION]
    keys = [text[text.index("&") + 1].lower() for text in marked]
    assert len(keys) == len(set(keys)) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_the_menu_is_too_long_in_any_language(language: str) -> None:
    words = Translation(language).words()
    for problem in PROBLEMS.values():
        troubled = replace(CROWDED, problems=(problem,))
        assert max(len(row.text) for row in fitted(rows(troubled, NOW, words), words)) <= 72


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translated_menu_has_no_english_row(language: str) -> None:
    words = Translation(language).words()
    english = {row.text for row in rows(CROWDED, NOW)} | {row.hint for row in rows(CROWDED, NOW)}
    said = {row.text for row in rows(CROWDED, NOW, words)}
    said |= {row.hint for row in rows(CROWDED, NOW, words)}
    assert said & english - {""} == set()
    assert not set(tooltip(CROWDED, NOW, words).split("\n")) & set(
        tooltip(CROWDED, NOW).split("\n")
    )


def test_what_has_no_translation_is_said_in_english() -> None:
    words = Translation("de").words()
    assert words("A text that nobody ever wrote about {what}.", what="cats") == (
        "A text that nobody ever wrote about cats."
    )


def test_german_says_how_long() -> None:
    words = Translation("de").words()
    said = tooltip(replace(CROWDED, problems=()), NOW, words)
    assert re.search("seit 2 Minuten$", said)
