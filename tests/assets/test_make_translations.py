import re
import string
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QTranslator

from agent_client.tray.languages import CONTEXT, LANGUAGES
from assets.make_translations import document, path_of, sources, translated

TRANSLATED = LANGUAGES[1:]


def fields(text: str) -> list[str]:
    """The names in braces, sorted."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    yield from translated(language).items()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_an_agent_may_read_is_translated(language: str) -> None:
    said = translated(language)
    assert [text for text in sources() if not said.get(text)] == []
    assert sorted(said) == sources()


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_program_carries_is_what_the_translators_wrote(language: str) -> None:
    carried = QTranslator()
    assert carried.load(str(path_of(language, "qm")))
    for source, text in pairs(language):
        assert carried.translate(CONTEXT, source.encode()) == text  # type: ignore[arg-type]  # PyQt6 takes a str for ASCII


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_value_is_lost_in_translation(language: str) -> None:
    assert [source for source, text in pairs(language) if fields(source) != fields(text)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_has_a_key_has_one_in_every_language(language: str) -> None:
    marks = re.compile(r"&\w")
    for source, text in pairs(language):
        assert len(marks.findall(text)) == len(marks.findall(source)), text
        assert text.count("&") == source.count("&"), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_sentences_end_as_they_do_in_english(language: str) -> None:
    for source, text in pairs(language):
        assert (source[-1] in ".…") is (text[-1] in ".…"), text
        assert text == text.strip()


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language: str) -> None:
    same = {source for source, text in pairs(language) if source == text}
    assert same <= {"Code", "&Code:", "{count} minutes", "1 minute"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_files_are_as_they_are_written(language: str) -> None:
    known = translated(language)
    wanted = document(language, {source: known[source] for source in sources()})
    assert path_of(language).read_text("utf-8") == wanted
