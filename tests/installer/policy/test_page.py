"""The page of all keys is as the declarations are."""

from pathlib import Path

import pytest

from contract.desk_keys import KEYS
from installer.policy.page import NoPlace, with_table

_PAGE = Path(__file__).parents[3] / "docs" / "it" / "configuration.md"


def test_the_page_is_not_stale() -> None:
    text = _PAGE.read_text("utf-8")
    assert with_table(text) == text, "run: python -m installer templates --page"


def test_every_key_is_on_the_page() -> None:
    text = _PAGE.read_text("utf-8")
    assert [key.name for key in KEYS if f"| `{key.name}` |" not in text] == []


def test_a_page_without_marks_is_not_written_over() -> None:
    with pytest.raises(NoPlace):
        with_table("# Configuration\n")
