"""The table of sub-commands: what it names is there, and tells of itself."""

from __future__ import annotations

import pytest

from agent_client.command_table import TABLE, SubCommand, described
from agent_client.config import Settings, asked

NAMES = [one.name for one in TABLE]


def unread() -> Settings:
    raise AssertionError("help needs no settings")


@pytest.mark.parametrize("command", TABLE, ids=NAMES)
def test_every_command_is_there_and_tells_of_itself(
    command: SubCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.load()(["--help"], unread)
    assert ended.value.code == 0
    assert f"usage: twinreel-agent {command.name}" in capsys.readouterr().out


def test_help_lists_every_command_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        asked(["--help"])
    text = capsys.readouterr().out
    assert described() in text
    assert len(set(NAMES)) == len(NAMES)
    for one in TABLE:
        assert f"  {one.name} " in text
        assert not one.help.endswith(".")


def test_what_stands_after_a_commands_name_is_its_own() -> None:
    wish = asked(["--state-dir", "here", "call", "start", "--id", "c-1", "--state-dir", "there"])
    assert (wish.state_dir, wish.command) == ("here", "call")
    assert wish.rest == ("start", "--id", "c-1", "--state-dir", "there")
    assert asked([]).command is None


@pytest.mark.parametrize("words", [["tape"], ["--screen", "state"], ["--tape", "state"]])
def test_what_is_no_command_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        asked(words)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err
