"""What a person reads, in that person's language: English source texts, translated where shown."""

from __future__ import annotations

from typing import Protocol


class Words(Protocol):
    """Says a source text in the language of the person who reads it."""

    def __call__(self, text: str, /, **values: object) -> str:
        """The text, translated, with `{name}` in it replaced by the value of that name."""


def english(text: str, /, **values: object) -> str:
    """The source texts as they are."""
    return text.format_map(values) if values else text
