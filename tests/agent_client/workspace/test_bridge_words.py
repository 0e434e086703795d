"""The page's words: whole in every language, and the same as the tray's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from agent_client.core import verdict
from agent_client.core.status import Headline
from agent_client.core.verdict import Verdict

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "central/web/static/web"
PAGE = (ROOT / "central/web/templates/web/bridge.html").read_text(encoding="utf-8")
WORDS: dict[str, dict[str, str]] = json.loads(
    re.findall(
        r"export const WORDS = (\{.*?\n\});",
        (SCRIPTS / "bridge-words.js").read_text(encoding="utf-8"),
        re.DOTALL,
    )[0]
)
LANGUAGES = sorted(WORDS)
# A wish of the page's is a pause or a resume; recording now is asked elsewhere.
_OF_PAUSES = ("signed-out", "not-allowed", "no-call", "not-paused", "call-over")


def shown(text: str, language: str) -> str:
    """As bridge-words.js finds it: whole, or else sentence by sentence."""
    words = WORDS[language]
    return words.get(text) or ". ".join(words.get(part, part) for part in text.split(". "))


def tray(language: str) -> dict[str, str]:
    """What the tray says, without the marks of its keys."""
    path = ROOT / f"agent_client/tray/translations/twinreel_{language}.ts"
    messages = ET.parse(path).iter("message")  # noqa: S314 our own file
    pairs = ((one.findtext("source"), one.findtext("translation")) for one in messages)
    return {
        source.replace("&", ""): words.replace("&", "")
        for source, words in pairs
        if source and words
    }


def own_texts() -> set[str]:
    """Every text in the page and in its script."""
    script = (SCRIPTS / "bridge.js").read_text(encoding="utf-8")
    moods = re.search(r"MOODS = \{(.*?)\}", script, re.DOTALL)
    assert moods is not None
    return {
        *re.findall(r'data-text="([^"]+)"', PAGE),
        *re.findall(r'say\("([^"]+)"\)', script),
        *re.findall(r'text\(\$\("way"\), "([^"]+)"\)', script),
        *re.findall(r'"(Connect[^"]+)"', script),
        *re.findall(r': "([A-Z][^"]+)"', moods[1]),
        "Not connected",
        "Pause recording",
        "Resume recording",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_page_has_its_words(language: str) -> None:
    assert own_texts() - set(WORDS[language]) == set()
    assert set(WORDS[language]) == set(WORDS["de"])
    assert all(WORDS[language].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_client_says_is_said_as_the_tray_says_it(language: str) -> None:
    verdicts = [one for one in vars(verdict).values() if isinstance(one, Verdict)]
    of_pauses = [one for one in verdicts if one.reason in _OF_PAUSES and "record" not in one.text]
    texts = {one.text for one in of_pauses}
    said = tray(language)
    for text in {*(one.value for one in Headline), *texts}:
        assert shown(text, language) == said[text]
    assert {one.reason for one in of_pauses} == set(_OF_PAUSES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_the_row_of_the_trays_menu_as_it_is_named_there(language: str) -> None:
    (text,) = [one for one in WORDS[language] if "Connect Workspace page…" in one]
    assert tray(language)["Connect Workspace page"] in WORDS[language][text]
