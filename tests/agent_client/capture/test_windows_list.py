from __future__ import annotations

from agent_client.capture.windows_list import program_names


def test_a_program_may_be_named_with_and_without_its_ending() -> None:
    assert program_names(r"C:\Program Files\KeePass 2\KeePass.exe") == {"KeePass.exe", "KeePass"}


def test_a_program_that_cannot_be_asked_has_no_names() -> None:
    assert program_names("") == frozenset()
