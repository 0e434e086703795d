import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_client.logs import open_logs


@pytest.fixture(autouse=True)
def _undisturbed_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(before):
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def test_lines_go_to_a_file_that_only_the_user_reads(tmp_path: Path) -> None:
    path = open_logs(tmp_path, "info")
    logging.getLogger("agent_client").info("recording %s opened", "r1")
    logging.getLogger("agent_client").debug("not this")
    text = path.read_text(encoding="utf-8")
    assert "agent_client: recording r1 opened" in text
    assert "not this" not in text
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
