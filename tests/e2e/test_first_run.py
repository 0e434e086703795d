"""The first minutes of somebody who has just installed it: no stage, only the commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bench.stage.office import ROOT
from tests.e2e.filmed import PATIENCE

pytestmark = pytest.mark.e2e

MISTAKEN = 2
ENDED = (0, -signal.SIGTERM)  # asked to end, it may say by what


def run(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`twinreel-WORD WORDS`, as the entry points start it."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        env={**bare(), **(env or {})},
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )


def bare() -> dict[str, str]:
    """The environment without a word for our programs."""
    return {name: value for name, value in os.environ.items() if "TWINREEL" not in name}


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Central on a folder, as `twinreel-central --data-dir FOLDER serve` runs it."""
    command = ["central", "--data-dir", str(folder), "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        env=bare(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as central:
        yield central
        central.send_signal(signal.SIGTERM)


def said(central: subprocess.Popen[str]) -> list[str]:
    """All that it prints until it can be reached."""
    assert central.stdout is not None
    lines: list[str] = []
    for line in central.stdout:
        lines.append(line.strip())
        if line.startswith("Central is at "):
            return lines
    raise AssertionError(f"central ended: {lines}")


def test_central_serves_from_an_empty_folder_and_shows_its_secrets_once(tmp_path: Path) -> None:
    folder = tmp_path / "central"
    with serving(folder) as central:
        lines = said(central)
        assert lines[0].startswith("First run.")
        names = ("URL", "sign in", "enrolment token", "import key")
        assert all(any(line.startswith(name) for line in lines) for name in names)
        url = lines[-1].removeprefix("Central is at ")
        page = requests.get(url, timeout=PATIENCE)
        assert page.ok
        assert page.url.startswith(f"{url}/sign-in")
    assert central.returncode in ENDED
    with serving(folder) as central:
        assert len(said(central)) == 1
    assert central.returncode in ENDED


@pytest.mark.parametrize("program", ["agent_client", "uploader", "central"])
def test_every_program_explains_itself(program: str) -> None:
    done = run(program, "--help")
    assert done.returncode == 0
    name = {"agent_client": "twinreel-agent"}.get(program, f"twinreel-{program}")
    assert done.stdout.startswith(f"usage: {name}")


def test_the_uploader_tells_how_a_desk_is_before_it_ever_ran(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'state_dir = "{tmp_path / "state"}"\n[central]\nurl = "https://central.example"\n'
    )
    done = run("uploader", "--config", str(config), "status", "--json")
    assert done.returncode == 0
    status = json.loads(done.stdout)
    assert (status["running"], status["device_id"], status["waiting"]) == (False, None, 0)


@pytest.mark.parametrize("program", ["agent_client", "uploader"])
def test_a_wrong_desk_configuration_is_explained_at_once_and_whole(
    program: str, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('log_level = "loud"\n[central]\nurl = "ftp://central"\nurk = 1\n')
    done = run(program, "--config", str(config), env={"QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == MISTAKEN
    for key in ("log_level", "central.url", "central.urk"):
        assert key in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("program", ["agent_client", "uploader"])
def test_a_configuration_that_is_not_there_is_named(program: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere.toml")
    done = run(program, "--config", missing, env={"QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == MISTAKEN
    assert missing in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_of_central_are_explained_at_once_and_whole(tmp_path: Path) -> None:
    config = tmp_path / "central.toml"
    config.write_text('port = "high"\nfilm_grace_seconds = -1\nsurprise = true\n')
    done = run("central", "--config", str(config), "serve")
    assert done.returncode == MISTAKEN
    for key in ("port", "film_grace_seconds", "surprise"):
        assert key in done.stderr
    assert "Traceback" not in done.stderr


def test_a_central_that_was_never_set_up_says_what_to_do(tmp_path: Path) -> None:
    done = run("central", "--data-dir", str(tmp_path / "empty"), "check")
    assert done.returncode == 1
    assert "init" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as central:
        address = said(central)[-1].removeprefix("Central is at http://")
        done = run("central", "--data-dir", str(tmp_path / "two"), "serve", "--listen", address)
        assert done.returncode == 1
        assert address in done.stderr
        assert "Traceback" not in done.stderr
