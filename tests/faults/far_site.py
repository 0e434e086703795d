"""A desk's uploader, a front that breaks things, and central behind it: three real programs.

On one machine, or on two that a cable joins. The uploader's time may go faster than ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

import trustme

from contract.canonical import unb64
from contract.envelope import Recipient
from contract.policy import accept
from contract.signing import key_id
from tests.central.serving import Central, sealed
from tests.faults.forked import GO_ON, ROOT
from tests.faults.namespaces import CENTRAL, Cable
from tests.faults.oracle import Judgement, Oracle, at_central
from tests.uploader.recordings import left
from uploader.spool import Spool

PATIENCE = 90.0  # seconds; the machine may be slow


class FarCentral(Central):
    """Central, started by another command or with another environment."""

    prefix: tuple[str, ...] = ()
    environment: Mapping[str, str] = {}

    def _popen(self, *command: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "central", "--config", str(self._settings), *command]
        return subprocess.Popen(
            [*self.prefix, *line],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TWINREEL_DATA_DIR": "", **self.environment},
        )

    @property
    def pid(self) -> int:
        """Of the program that serves."""
        assert self._program is not None
        return self._program.pid


class FarSite:
    """All three. `with FarSite(folder) as site`: central serves, and the desk is enrolled."""

    def __init__(
        self,
        folder: Path,
        *,
        factor: float = 1.0,
        cable: Cable | None = None,
        desk_environment: Mapping[str, str] | None = None,
        central_environment: Mapping[str, str] | None = None,
    ) -> None:
        """`factor`: how much faster the desk's time goes."""
        self.folder = folder
        self.factor = factor
        self.state = folder / "state"
        self._cable = cable
        self._desk_environment = dict(desk_environment or {})
        self.central = FarCentral(folder / "data", "worker_inline = false\n")
        self.central.environment = dict(central_environment or {})
        self.central.prefix = tuple(cable.at(cable.central)) if cable else ()
        self._front: subprocess.Popen[str] | None = None
        self.desk: subprocess.Popen[bytes] | None = None
        self._judged = set[str]()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_desk()
        if self._front is not None:
            self._front.kill()
            self._front.communicate()
        self.central.kill()
        self._stack.close()

    def record(self, *sizes: int) -> Oracle:
        """A recording with segments of these sizes, for the uploader to find."""
        segments = [sealed(self._recipients, os.urandom(size)) for size in sizes]
        recording_id = left(self.spool, segments, sealed(self._recipients, b"{}"), self._device)
        oracle = Oracle()
        oracle.note(self.state / "spool", recording_id)
        return oracle

    def fault(self, name: str, *, value: int = 0, times: int = 1 << 30, chance: float = 1) -> int:
        """What the front does from now on; how often it did what it did before."""
        assert self._front is not None
        assert self._front.stdin is not None
        order = {"fault": name, "value": value, "times": times, "chance": chance}
        self._front.stdin.write(json.dumps(order) + "\n")
        self._front.stdin.flush()
        done: int = self._said()["done"]
        return done

    def waits(self) -> bool:
        """Whether anything is in the spool."""
        return bool(self.spool.waiting())

    def empty(self, seconds: float = PATIENCE) -> bool:
        """Wait until nothing is; False if it takes too long."""
        return eventually(lambda: not self.waits(), seconds)

    def judge(self, oracle: Oracle) -> list[Judgement]:
        """Where each recording is, and what else central took since the last time."""
        judged = oracle.judge(self.state / "spool", at_central(self.folder / "data", self._judged))
        self._judged.update(oracle.recorded)
        return judged

    def start_desk(self) -> None:
        """The uploader, in time that goes faster."""
        at = self._cable.at(self._cable.desk) if self._cable else []
        log = self._stack.enter_context((self.folder / "desk.log").open("ab"))
        keyring = str(self.folder / "keyring.json")
        program = (sys.executable, "-m", "tests.faults.programs.hurried", keyring)
        self.desk = subprocess.Popen(
            [*at, *program, str(self.factor), "--config", str(self.folder / "config.toml")],
            cwd=ROOT,
            env={**os.environ, **self._desk_environment},
            stdout=log,
            stderr=log,
        )

    def stop_desk(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        if self.desk is not None:
            self.desk.send_signal(GO_ON)
            self.desk.send_signal(how)
            try:
                self.desk.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.desk.kill()
                self.desk.wait()
            self.desk = None

    def _begin(self) -> None:
        self.central.start()
        certificate, url = [], "http://127.0.0.1"
        config = ""
        if self._cable:
            authority = trustme.CA()
            authority.cert_pem.write_to_path(self.folder / "ca.pem")
            mine = self.folder / "front.pem"
            authority.issue_cert(CENTRAL).private_key_and_cert_chain_pem.write_to_path(mine)
            certificate, url = [str(mine)], f"https://{CENTRAL}"
            config = f'site_ca = "{self.folder / "ca.pem"}"\n'
        log = self._stack.enter_context((self.folder / "front.log").open("ab"))
        self._front = subprocess.Popen(
            [
                *(self._cable.at(self._cable.central) if self._cable else []),
                *(sys.executable, "-m", "tests.faults.programs.front"),
                CENTRAL if self._cable else "127.0.0.1",
                self.central.url.rpartition(":")[2],
                *certificate,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        (self.folder / "config.toml").write_text(
            f'state_dir = "{self.state}"\nlog_level = "info"\n'
            f'[central]\nurl = "{url}:{self._said()["port"]}"\n{config}'
            f'[network]\nproxy = "none"\n'
            f'[enrolment]\ntoken = "{self.central.first["enrolment_token"]}"\n'
        )
        self.start_desk()
        self.spool = Spool(self.state / "spool", ballast_bytes=0, reserve_bytes=0)
        policy = self.state / "policy.json"
        if not eventually(policy.exists):
            raise TimeoutError(f"the desk did not enrol; see {self.folder / 'desk.log'}")
        identity = json.loads((self.state / "identity.json").read_bytes())
        root = unb64(identity["root_key"])
        accepted = accept(policy.read_bytes(), {key_id(root): root}, None)
        self._device = identity["device_id"]
        self._recipients: list[Recipient] = [key.recipient() for key in accepted.seal_to]

    def _said(self) -> dict[str, Any]:
        assert self._front is not None
        out: IO[str] | None = self._front.stdout
        assert out is not None
        said: dict[str, Any] = json.loads(out.readline())
        return said


def eventually(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Wait until it does; False if it takes too long."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
