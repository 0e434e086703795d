"""The console that a command was typed in."""

from __future__ import annotations

import sys

import pytest

from agent_client.host.console import speak_to_console


def test_what_is_piped_stays_piped(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    speak_to_console()
    assert (sys.stdout, sys.stderr) == before
    sys.stdout.write("said\n")
    assert capsys.readouterr().out == "said\n"
