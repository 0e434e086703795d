from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from agent_client.clock_file import to_central
from contract.desk_config import CLOCK, Clock


def test_what_the_uploader_measured_counts(tmp_path: Path) -> None:
    measured = Clock(offset_us=-1500, round_trip_us=42, measured_at="2026-11-22T08:00:00.000000Z")
    (tmp_path / CLOCK).write_bytes(msgspec.json.encode(measured))
    assert to_central(tmp_path) == (timedelta(microseconds=-1500), timedelta(microseconds=42))


@pytest.mark.parametrize("content", [None, b"", b'{"offset_us": "x"}'])
def test_an_unknown_clock_is_taken_for_ours(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / CLOCK).write_bytes(content)
    assert to_central(tmp_path) == (timedelta(), timedelta())
