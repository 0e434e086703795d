"""The package from installation to removal at one desk: its own programs record real calls."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.stage.display import child, untouched, wait_for
from bench.stage.office import free_port
from installer.contents.parts import contents, modules_within
from tests.e2e.filmed import PATIENCE
from tests.e2e.scene import Scene
from tests.installer.linux.deb import fresh, session
from tests.installer.linux.deb.conftest import NEXT, Layers, Packages
from tests.installer.linux.deb.fresh import USER, Machine
from tests.installer.linux.deb.session import InstalledDesk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

_MARKER = "run/twinreel/make-way.json"


@pytest.fixture(scope="module")
def computer(place: Path, layers: Layers) -> Iterator[Machine]:
    """One for all that happens here, in this order."""
    with fresh.machine(
        place / "computer", [layers.installed, layers.libraries, layers.debian]
    ) as m:
        yield m


@pytest.fixture(scope="module")
def scene(place: Path, computer: Machine) -> Iterator[Scene]:
    """The user is at the desk, and the agent signed in."""
    folder = Path(tempfile.mkdtemp(dir=place, prefix="house"))
    folder.chmod(0o711)
    with ExitStack() as stack:
        house = stack.enter_context(session.house(folder))
        desk = InstalledDesk(folder / "desk", house.central, free_port(), machine=computer)
        desk.install()
        stack.enter_context(desk.running(house.env))
        scene = Scene(house, desk)
        wait_for("the desk's policy", (desk.state / "policy.json").exists, PATIENCE)
        scene.sign_in()
        yield scene


def test_the_list_of_contents_knows_every_file_that_is_installed(packages: Packages) -> None:
    assert contents(packages.programs, modules_within(packages.programs)).unknown == ()


def test_the_installed_programs_record_a_call_and_send_it(scene: Scene, computer: Machine) -> None:
    assert len(computer.pids("/opt/twinreel/twinreel-agent")) == 1
    assert len(computer.pids("/opt/twinreel/twinreel-uploader")) == 1
    talk = scene.short_call()
    ((received,),) = scene.received(talk)
    assert len(received.segments) == 1


def test_an_upgrade_waits_for_the_end_of_the_call_and_the_client_comes_back(
    scene: Scene, computer: Machine, packages: Packages
) -> None:
    talk = scene.ring()
    talk.answer()
    file = computer.bring(packages.following)
    before = computer.pids("/opt/twinreel/twinreel-agent")
    with upgrading(computer, file) as upgrade:
        wait_for("the marker", (computer.root / _MARKER).exists, PATIENCE)
        scene.until_tray_says("An update of Twinreel waits for the end of this call.")
        assert upgrade.poll() is None
        assert set(before) <= set(computer.pids("/opt/twinreel/twinreel-agent"))
        talk.ends()
        said, _ = upgrade.communicate(timeout=PATIENCE)
    assert upgrade.returncode == 0, said
    assert NEXT in computer.do("twinreel-agent", "--version")
    assert computer.status() == "ii"
    assert not (computer.root / _MARKER).exists()
    wait_for("the new client", lambda: computer.pids("/opt/twinreel/twinreel-agent"), PATIENCE)
    assert not set(before) & set(computer.pids("/opt/twinreel/twinreel-agent"))
    scene.sign_in()
    after = scene.short_call()
    of_first, of_second = scene.received(talk, after)
    assert (len(of_first), len(of_second)) == (1, 1)
    assert len(of_first[0].segments) == 1


def test_a_token_that_central_does_not_know_is_said_with_a_remedy(
    scene: Scene, computer: Machine
) -> None:
    right = scene.desk.config.read_text("utf-8")
    token = scene.central.enrolment_token
    wrong = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    stranger = computer.root / "home" / USER / "stranger.toml"
    stranger.write_text(right.replace(token, wrong), encoding="utf-8")
    env = {**scene.house.env, "TWINREEL_STATE_DIR": f"/home/{USER}/stranger"}
    program = ("twinreel-uploader", "--config", f"/home/{USER}/stranger.toml")
    said = [computer.run(*program, word, user=USER, env=env).text for word in ("--once", "status")]
    assert "not-enrolled" in said[0]
    assert "write a new enrolment token into the configuration" in said[1]
    assert wrong not in "".join(said)


def test_the_machines_uploader_enrols_when_it_is_started_as_its_unit_says(
    scene: Scene, computer: Machine
) -> None:
    unit = (computer.root / "lib/systemd/system/twinreel-uploader.service").read_text("utf-8")
    (start,) = re.findall(r"(?m)^ExecStart=(.+)$", unit)
    config = 'state_dir = "/var/spool/twinreel/{user}"\n' + scene.desk.config.read_text("utf-8")
    (computer.root / "root/service.toml").write_text(config, encoding="utf-8")
    computer.do("install", "-d", "-m", "0700", "/var/lib/twinreel-service")  # StateDirectory
    env = {"TWINREEL_CONFIG": "/root/service.toml"}
    before = set(scene.desk.pids("uploader"))
    command = computer.command(*start.split(), env=env)
    with child(command, untouched(), scene.house.folder / "service.log"):
        policy = computer.root / "var/lib/twinreel-service/policy.json"
        wait_for("the machine's uploader", policy.exists, PATIENCE)
        for pid in set(scene.desk.pids("uploader")) - before:
            os.kill(pid, signal.SIGTERM)


def test_removal_and_purge_keep_what_central_has_not_confirmed(
    scene: Scene, computer: Machine
) -> None:
    scene.central.stop()
    scene.short_call()
    wait_for("the recording", scene.desk.recordings, PATIENCE)
    said = computer.apt("purge", "twinreel")
    assert said.status == 0, said.text
    kept = scene.desk.recordings()
    assert len(kept) == 1
    assert f"kept: 1 recording(s) that central has not confirmed, in /home/{USER}" in said.text
    assert computer.pids("/opt/twinreel/twinreel-agent") == []
    assert computer.pids("/opt/twinreel/twinreel-uploader") == []
    assert computer.status() == ""
    assert computer.leftovers() == []
    assert not (computer.root / "var/lib/twinreel-service").exists()


def upgrading(computer: Machine, file: str) -> subprocess.Popen[str]:
    """An upgrade as IT's tool begins it, that may take its time."""
    return subprocess.Popen(
        computer.command("dpkg", "--install", file, env={"DEBIAN_FRONTEND": "noninteractive"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
