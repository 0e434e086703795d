"""An administrator replaces the program: calls are waited for, and what comes back goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.stage.display import wait_for
from contract.make_way import marker_of
from contract.manifest import EndReason
from tests.e2e.filmed import PATIENCE
from tests.e2e.scene import AGENT, House, Scene

assert sys.platform != "win32"  # users have no numbers there

pytestmark = pytest.mark.e2e

_ROOT = Path(__file__).parents[2]
_AS_ADMINISTRATOR = """
from agent_client import certificate
certificate.is_admin = lambda: True
from agent_client.__main__ import main
raise SystemExit(main())
"""


class Computer:
    """An installation of its own, and where its administrator lays the marker."""

    def __init__(self, folder: Path) -> None:
        self.marker = folder / "run" / "make-way.json"
        self.python = _interpreter(folder / "python")
        self.modules = folder / "modules"
        self.modules.mkdir()
        (self.modules / "sitecustomize.py").write_text(
            "import uploader.make_way\nimport uploader.make_way.posix\n"
            f"uploader.make_way.PLACE = {str(self.marker)!r}\n"
            f"uploader.make_way.posix.ADMINISTRATOR = {os.getuid()}\n",
            encoding="utf-8",
        )

    def make_way(self, scene: Scene, *arguments: str) -> subprocess.Popen[str]:
        """As a package's script does."""
        return subprocess.Popen(
            [str(self.python), "-c", _AS_ADMINISTRATOR, "make-way", *arguments],
            env={**os.environ, "PYTHONPATH": scene.desk.import_path},
            stdout=subprocess.PIPE,
            text=True,
        )

    def start_client(self, scene: Scene) -> int:
        """As at a sign-in; its exit status."""
        started = subprocess.run(
            [str(self.python), "-m", "agent_client", "--config", str(scene.desk.config)],
            env={**scene.house.env, "PYTHONPATH": scene.desk.import_path},
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        return started.returncode


def _interpreter(folder: Path) -> Path:
    """Python by another name: `make-way` tells by it which programs are this installation's."""
    ours = Path(sys.prefix)
    (folder / "bin").mkdir(parents=True)
    (folder / "lib").symlink_to(ours / "lib")
    (folder / "pyvenv.cfg").write_bytes((ours / "pyvenv.cfg").read_bytes())
    python = folder / "bin" / "python"
    python.symlink_to(Path(sys.executable).resolve())
    return python


@pytest.fixture(scope="module")
def computer(tmp_path_factory: pytest.TempPathFactory) -> Computer:
    return Computer(tmp_path_factory.mktemp("computer"))


@pytest.fixture(scope="module")
def scene(house: House, computer: Computer) -> Iterator[Scene]:
    python, modules = str(computer.python), (computer.modules,)
    with house.desk("upgrade", python=python, modules=modules) as scene:
        yield scene


def test_an_upgrade_waits_for_the_end_of_a_call_and_then_the_client_comes_back(
    scene: Scene, computer: Computer
) -> None:
    talk = scene.ring()
    talk.answer()
    making_way = computer.make_way(scene, "--wait", "5")
    scene.until_tray_says("An update of Twinreel waits for the end of this call.")
    assert making_way.poll() is None
    talk.ends()
    said, _ = making_way.communicate(timeout=PATIENCE)
    assert making_way.returncode == 0
    assert "ends after its call" in said
    assert not running(scene)
    assert computer.marker.exists()
    assert computer.start_client(scene) == 0
    assert not running(scene)
    computer.marker.unlink()
    back(scene)
    ((one,),) = scene.received(talk)
    assert one.manifest.end_reason is EndReason.WRAPPED_UP


def test_a_call_that_outlasts_the_wait_is_recorded_on_by_the_new_client(
    scene: Scene, computer: Computer
) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(1)
    making_way = computer.make_way(scene, "--wait", "0")
    making_way.communicate(timeout=PATIENCE)
    assert making_way.returncode == 0
    assert marker_of(computer.marker.read_bytes()).now
    assert not running(scene)
    computer.marker.unlink()
    talk.until_recording()
    talk.goes_on(1)
    talk.ends()
    ((first, second),) = scene.received(talk)
    assert first.manifest.end_reason is EndReason.STOPPED
    assert second.manifest.end_reason is EndReason.WRAPPED_UP
    assert first.segments
    assert second.segments


def running(scene: Scene) -> list[int]:
    """The desk's programs; who only waits to start one is the system's shell."""
    named = [*scene.desk.pids("agent_client"), *scene.desk.pids("uploader")]
    return [pid for pid in named if _first_word(pid) == scene.desk.python]


def _first_word(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").partition("\0")[0]
    except OSError:
        return ""  # it has ended


def back(scene: Scene) -> None:
    """Wait until the client that was left a waiter for is at work."""
    wait_for("another client", lambda: running(scene), PATIENCE)
    scene.until_tray_says(f"Signed in to Workspace as {AGENT}")
