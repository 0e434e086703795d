"""The client's way in, and what becomes of what nobody foresaw."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent_client.__main__ import BROKEN

_ROOT = Path(__file__).resolve().parents[2]
_WITHOUT = """\
import runpy
import sys

{streams}
for name in {broken}:
    sys.modules[name] = None
sys.argv = ["twinreel-agent", "config", "check"]
runpy.run_module("agent_client", run_name="__main__")
"""
_NO_STREAMS = "sys.stdout = sys.stderr = None"  # as a windowed program on Windows


def _started(*broken: str, streams: str = "") -> subprocess.CompletedProcess[str]:
    """The client, called from a folder with parts that cannot be imported."""
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(broken=list(broken), streams=streams)],
        cwd=_ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "broken",
    [
        ("agent_client.entry",),
        ("agent_client.subcommands.config",),
        ("contract.desk_config", "uploader.desk_settings"),
    ],
)
def test_a_broken_program_ends_by_itself_and_says_what_is_broken(broken: tuple[str, ...]) -> None:
    done = _started(*broken)
    assert done.returncode == BROKEN
    assert f"import of {broken[0]} halted" in done.stderr


def test_it_ends_even_when_it_cannot_say_so() -> None:
    done = _started("agent_client.entry", "uploader.start_failure")
    assert (done.returncode, done.stderr) == (BROKEN, "")
    silent = _started("agent_client.entry", streams=_NO_STREAMS)
    assert (silent.returncode, silent.stderr) == (BROKEN, "")
