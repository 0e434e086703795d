"""A desk's folder and its uploader, as a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from uploader.spool import Spool

ROOT = Path(__file__).parents[2]


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def beforehand(folder: Path, code: str, environment: dict[str, str]) -> dict[str, str]:
    """The environment of a program that runs this code before its own."""
    modules = folder / "modules"
    modules.mkdir()
    (modules / "sitecustomize.py").write_text(code)
    return {**environment, "PYTHONPATH": os.pathsep.join((str(modules), str(ROOT)))}


class Desk:
    """A desk's folder, and how its uploader is started."""

    def __init__(self, folder: Path, url: str, token: object, environment: dict[str, str]) -> None:
        self.state = folder / "state"
        self.secrets = [str(token).rpartition(".")[2]]  # that must be in no file
        self.environment = environment
        self.config = folder / "config.toml"
        self.config.write_text(
            f'state_dir = "{self.state.as_posix()}"\nlog_level = "debug"\n'
            f'[central]\nurl = "{url}"\n[enrolment]\ntoken = "{token}"\n'
        )
        self.spool = Spool(self.state / "spool", ballast_bytes=0, reserve_bytes=0)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "uploader", "--config", str(self.config), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """At the end it is asked to end, if it has not ended by then."""
        before = self._starts()
        with (self.state.parent / "stderr").open("a") as log:
            process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment, text=True, stderr=log
            )
        try:
            yield process
        finally:
            # Before it is up it has no ear for a signal yet.
            until(lambda: process.poll() is not None or self._starts() > before)
            if process.poll() is None:
                process.terminate()
                assert process.wait(60) == 0

    def _starts(self) -> int:
        """How often it came up."""
        return self.log().count(" is ready")

    def log(self) -> str:
        return "".join(one.read_text() for one in (self.state / "logs").glob("uploader.log*"))

    def holds_no_secret(self, *secrets: str) -> bool:
        """Whether the token's secret, and these, are in no file of the state folder."""
        files = [one for one in self.state.rglob("*") if one.is_file()]
        return not any(
            secret.encode() in one.read_bytes()
            for one in files
            for secret in (*self.secrets, *secrets)
        )
