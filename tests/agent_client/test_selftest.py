import json
import os
import re
import subprocess
import sys

import pytest

from agent_client import selftest
from agent_client.host import this_host
from contract.selftest import Verdict, findings
from tests.agent_client.capture.desktops import x_server


def _verdicts(*names: str) -> dict[str, Verdict]:
    checks = [one for one in selftest.checks(this_host()) if one.name in names]
    return {one.name: one.verdict for one in findings(checks)}


def test_the_client_tests_itself_without_desktop_and_configuration() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    done = subprocess.run(
        [sys.executable, "-m", "agent_client", "--selftest", "--json"],
        env={**environment, "TWINREEL_CONFIG": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = json.loads(done.stdout)
    verdicts = {one["name"]: one["verdict"] for one in told["checks"]}
    assert (done.returncode, told["passed"]) == (0, True), told
    without_desktop = {name for name, verdict in verdicts.items() if verdict == "lacking"}
    if sys.platform == "linux":
        needed = {"desktop", "tray", "icons and words", "screen", "pointer", "hotkey"}
        assert without_desktop == needed
    assert "bad" not in verdicts.values()


def test_a_picture_that_does_not_come_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _verdicts("encoder and seal") == {"encoder and seal": Verdict.WELL}
    monkeypatch.setattr(selftest, "fragment", lambda *_: b"")
    assert _verdicts("encoder and seal") == {"encoder and seal": Verdict.BAD}


def test_an_uploader_that_is_not_there_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "uploader_command", lambda _: ("/nowhere/twinreel-uploader",))
    assert _verdicts("uploader") == {"uploader": Verdict.BAD}


@pytest.mark.skipif(sys.platform != "linux", reason="the display is an X server")
def test_how_the_screen_is_read_is_said_on_one_line_with_parts_that_stand_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with x_server("640x400") as name:
        monkeypatch.setenv("DISPLAY", name)
        (check,) = (one for one in selftest.checks(this_host()) if one.name == "screen")
        said = check.ask()
    assert re.fullmatch(r"X11, [^\n]*[^.]; Size: 640x400 pixels; [^\n]*", said), said
