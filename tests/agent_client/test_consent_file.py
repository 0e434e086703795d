import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent_client.consent_file import NAME, ConsentFile

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_what_was_confirmed_is_known_after_a_restart(tmp_path: Path) -> None:
    ConsentFile(tmp_path).confirm("3", "kate", AT)
    again = ConsentFile(tmp_path)
    assert again.has_read("3", "kate")
    assert not again.has_read("4", "kate")
    assert not again.has_read("3", "john")


def test_version_agent_and_time_are_written_down(tmp_path: Path) -> None:
    ConsentFile(tmp_path).confirm("3", "kate", AT)
    text = (tmp_path / NAME).read_text()
    assert '"version":"3","agent_id":"kate","at":"2026-11-22T08:00:00Z"' in text


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    ConsentFile(tmp_path).confirm("3", "kate", AT)
    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0


def test_what_the_uploader_has_need_not_be_said_again(tmp_path: Path) -> None:
    consents = ConsentFile(tmp_path)
    consents.confirm("3", "kate", AT)
    consents.confirm("3", "john", AT)
    consents.told("3", "kate")
    assert [one.agent_id for one in ConsentFile(tmp_path).untold()] == ["john"]
    assert ConsentFile(tmp_path).has_read("3", "kate")


def test_a_torn_line_costs_itself_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ConsentFile(tmp_path).confirm("3", "kate", AT)
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"version":"4","ag')
    consents = ConsentFile(tmp_path)
    assert consents.has_read("3", "kate")
    assert "passed over" in caplog.text
    consents.confirm("5", "kate", AT)
    assert ConsentFile(tmp_path).has_read("5", "kate")


def test_a_disk_that_takes_nothing_does_not_ask_the_agent_twice(tmp_path: Path) -> None:
    consents = ConsentFile(tmp_path / "not there")
    consents.confirm("3", "kate", AT)
    assert consents.has_read("3", "kate")
