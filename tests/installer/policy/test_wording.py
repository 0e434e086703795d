"""Every language of the templates has every word."""

import string
from dataclasses import fields

import pytest

from contract.desk_keys import KEYS, SECTIONS
from installer.policy.wording import ENGLISH, WORDINGS, Wording

_OTHERS = [one for one in WORDINGS if one.culture != ENGLISH]


@pytest.mark.parametrize("wording", _OTHERS, ids=lambda one: one.culture)
def test_every_key_and_section_has_a_title(wording: Wording) -> None:
    assert set(wording.titles) == {key.name for key in KEYS}
    assert set(wording.sections) == set(SECTIONS)


@pytest.mark.parametrize("wording", _OTHERS, ids=lambda one: one.culture)
def test_sentences_have_the_places_of_the_english_ones(wording: Wording) -> None:
    for one in fields(Wording):
        english, other = getattr(WORDINGS[0], one.name), getattr(wording, one.name)
        if isinstance(english, str):
            places = [
                {name for _, name, _, _ in string.Formatter().parse(text)}
                for text in (english, other)
            ]
            assert places[0] == places[1], one.name


def test_titles_in_one_language_are_different_ones() -> None:
    for wording in WORDINGS:
        titles = [(key.section, wording.title(key)) for key in KEYS]
        assert len(set(titles)) == len(titles), wording.culture
