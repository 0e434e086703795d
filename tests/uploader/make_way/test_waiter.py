"""The system's shell waits for the marker to go, and starts the program again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.make_way import MakeWay
from uploader.make_way import waiter
from uploader.make_way.waiter import leave_waiter, outer, windows_words


class Installed:
    """A program that tells that it was started, with what words and where."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.marker = folder / "the marker.json"
        self.program = folder / "the program"
        self.started = folder / "started"
        self.program.write_text(
            f'#!/bin/sh\npwd > "{self.started}.new"\n'
            f'for word; do echo "$word" >> "{self.started}.new"; done\n'
            f'mv "{self.started}.new" "{self.started}"\n'
        )
        self.program.chmod(0o755)
        monkeypatch.setattr(waiter, "PLACE", str(self.marker))

    @contextmanager
    def left(self, seconds: float = 600) -> Iterator[subprocess.Popen[bytes]]:
        """The waiter of a program that made way; `seconds`: as long as the marker counts."""
        then = datetime.now(UTC) + timedelta(seconds=seconds)
        shell = leave_waiter((str(self.program), "--config", "a b; c"), MakeWay(then, now=True))
        assert shell is not None
        try:
            yield shell
        finally:
            self.marker.unlink(missing_ok=True)
            shell.wait(60)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    return Installed(tmp_path, monkeypatch)


def test_the_program_is_started_when_the_marker_is_gone_and_not_before(
    installed: Installed,
) -> None:
    installed.marker.touch()
    with installed.left() as shell:
        with pytest.raises(subprocess.TimeoutExpired):
            shell.wait(0.7)
        assert not installed.started.exists()
        installed.marker.unlink()
        assert shell.wait(60) == 0
    assert installed.started.read_text().splitlines() == ["/", "--config", "a b; c"]


def test_a_marker_that_nobody_takes_away_is_waited_for_only_for_its_time(
    installed: Installed,
) -> None:
    installed.marker.touch()
    with installed.left(-4) as shell:
        assert shell.wait(60) == 0
        assert installed.marker.exists()
    assert installed.started.exists()


def test_a_program_that_was_removed_is_not_started(installed: Installed) -> None:
    installed.program.unlink()
    with installed.left() as shell:
        shell.wait(60)
    assert not installed.started.exists()


_ON_A_MAC = """
import sys
from datetime import UTC, datetime, timedelta
from contract.make_way import MakeWay
from uploader.make_way import waiter
waiter.PLACE, waiter._LAUNCHCTL = sys.argv[1:]
sys.platform = "darwin"
until = datetime.now(UTC) + timedelta(seconds=600)
print(waiter.leave_waiter(("/never", "run"), MakeWay(until, now=True)).pid)
"""


def test_on_macos_launchd_is_had_to_start_it_by_a_waiter_that_it_lets_be(
    installed: Installed,
) -> None:
    installed.marker.touch()
    if sys.platform == "win32":
        pytest.skip("there are no such groups")
    client = subprocess.Popen(
        [sys.executable, "-c", _ON_A_MAC, str(installed.marker), str(installed.program)],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert client.communicate(timeout=60)[0].strip().isdigit()
    with suppress(ProcessLookupError):
        os.killpg(client.pid, signal.SIGKILL)  # as launchd does when the job has ended
    assert not installed.started.exists()
    installed.marker.unlink()
    deadline = time.monotonic() + 60
    while not installed.started.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    _, *words = installed.started.read_text().splitlines()
    assert words == ["kickstart", f"gui/{os.getuid()}/com.twinreel.agent"]


def test_it_runs_in_the_environment_around_our_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"DISPLAY": ":1", "EMPTY": ""}
    inside = {
        **usual,
        "PATH": "/opt/twinreel/_internal/bin:/usr/bin:/bin",
        "LD_LIBRARY_PATH": "/opt/twinreel/_internal",
        "LD_LIBRARY_PATH_ORIG": "/usr/lib/x",
        "QT_PLUGIN_PATH": "/opt/twinreel/_internal/PyQt6/Qt6/plugins",
        "_PYI_APPLICATION_HOME_DIR": "/opt/twinreel/_internal",
    }
    monkeypatch.setattr("sys._MEIPASS", "/opt/twinreel/_internal", raising=False)
    around = {**usual, "PATH": "/usr/bin:/bin"}
    assert outer(inside) == {**around, "LD_LIBRARY_PATH": "/usr/lib/x"}
    del inside["LD_LIBRARY_PATH_ORIG"]
    assert outer(inside) == around


def test_from_source_the_environment_is_left_as_it_is() -> None:
    assert outer({"PATH": "/usr/bin:/bin", "A": ""}) == {"PATH": "/usr/bin:/bin", "A": ""}


def test_windows_shell_is_told_in_one_line() -> None:
    program = "C:\\Program Files\\R&D\\twinreel-agent.exe"
    said = windows_words((program, "--config", "C:\\a b.toml"), "C:\\P D\\make-way.json", 4)
    assert said == (
        '(for /l %i in (1,1,2) do @if exist "C:\\P D\\make-way.json" '
        "%SystemRoot%\\System32\\ping.exe -n 3 127.0.0.1 >nul)"
        f'&if exist "{program}" start "" "{program}" "--config" "C:\\a b.toml"'
    )
