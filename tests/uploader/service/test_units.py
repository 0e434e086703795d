"""What the systems are given to start the service with."""

import plistlib
import re
import shutil
import subprocess
from pathlib import Path

from tests.uploader.desk_program import ROOT

INSTALLER = ROOT / "installer"


def test_systemd_takes_the_unit_and_finds_it_closed_up(tmp_path: Path) -> None:
    unit = tmp_path / "twinreel-uploader.service"
    program = shutil.which("true")
    text = (INSTALLER / "linux" / unit.name).read_text()
    unit.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={program}", text))
    looked = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    said = [line for line in looked.stderr.splitlines() if unit.name in line]
    assert said == []
    weighed = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=30", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert weighed.returncode == 0, weighed.stdout


def test_the_launch_daemon_starts_the_service_and_keeps_it() -> None:
    with (INSTALLER / "macos" / "files" / "com.twinreel.uploader.plist").open("rb") as file:
        told = plistlib.load(file)
    assert told["Label"] == "com.twinreel.uploader"
    assert told["ProgramArguments"][-1] == "service"
    assert told["KeepAlive"] is True
    assert told["Umask"] == 0o077
