"""The product's programs as processes of their own: central, and a desk's client and uploader."""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
import requests

from bench.stage.display import StageError, child, piped, untouched, wait_for
from contract.desk_config import IDENTITY
from contract.voice import VoiceMetadata

ROOT = Path(__file__).parents[2]
_SECONDS = 30.0


def processes(*words: str) -> list[int]:
    """The ids of all processes whose command line has each of these words."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has ended
        if set(words) <= set(command):
            found.append(int(entry.name))
    return found


@dataclass
class Central:
    """A central of our own, in a folder of its own."""

    folder: Path
    film_grace_seconds: float = 20.0  # for a part of a film that is missing
    settings: str = ""  # lines for central.toml
    url: str = ""
    enrolment_token: str = ""
    import_key: str = ""
    passwords: dict[str, str] = field(default_factory=dict)  # by sign-in name
    process: subprocess.Popen[bytes] | None = None
    _life: ExitStack = field(default_factory=ExitStack)

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "central"

    def environment(self) -> dict[str, str]:
        """For its commands."""
        config = self.folder / "central.toml"
        if not config.exists():
            grace = self.film_grace_seconds
            lines = f'data_dir = "{self.data}"\nport = 0\nfilm_grace_seconds = {grace}\n'
            config.write_text(lines + self.settings, encoding="utf-8")
        return {**untouched(), "TWINREEL_CENTRAL_CONFIG": str(config)}

    def command(self, *words: str) -> str:
        """What `twinreel-central WORDS` prints; StageError with its complaint if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "central", *words],
            env=self.environment(),
            cwd=ROOT,
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            raise StageError(f"twinreel-central {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve for the block's length, always at the same address."""
        log = self.folder / "central.log"
        begins = log.stat().st_size if log.exists() else 0
        listen = self.url.removeprefix("http://") or f"127.0.0.1:{free_port()}"
        words = ["serve", "--json", "--listen", listen]
        command = [sys.executable, "-m", "central", *words]
        with child(command, self.environment(), log) as self.process:
            wait_for("central", lambda: self._read(log, begins), _SECONDS)
            yield
        self.process = None

    def start(self) -> None:
        """Serve until `stop`, or until killed; at the same address as before."""
        self.stop()
        self._life.enter_context(self.serving())

    def stop(self) -> None:
        """Ask it to end what `start` began; safe to call twice."""
        self._life.close()

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """As a power cut would end it, but for the page cache."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _read(self, log: Path, begins: int) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise StageError(f"central ended at once; see {log}")
        for line in log.read_bytes()[begins:].decode().splitlines():
            if not line.startswith("{"):
                continue
            said = json.loads(line)
            if said.get("event") == "first-run":
                self.enrolment_token = said["enrolment_token"]
                self.import_key = said["import_key"]
                self.passwords[said["admin"]] = said["password"]
            if said.get("event") == "ready":
                self.url = said["url"]
                return True
        return False

    def hire(self, agents: Sequence[str]) -> None:
        """Sample people, and a unit for each agent."""
        placed = [word for agent in agents for word in ("--agent", agent)]
        people = json.loads(self.command("sample-people", "--json", *placed))["people"]
        self.passwords |= {one["name"]: one["password"] for one in people}

    def import_voice(self, metadata: VoiceMetadata, audio: Path) -> None:
        """Deliver a voice recording, as a voice recorder does."""
        text = msgspec.json.encode(metadata).decode()
        with audio.open("rb") as file:
            answer = requests.post(
                f"{self.url}/voice",
                data={"metadata": text},
                files={"audio": (audio.name, file, "audio/wav")},
                headers={"Authorization": f"Bearer {self.import_key}"},
                timeout=_SECONDS,
            )
        if answer.status_code not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise StageError(f"voice import: {answer.status_code} {answer.text}")

    def visit(self, name: str) -> requests.Session:
        """A browser's session of this person, signed in; StageError if central will not."""
        session = requests.Session()
        page = session.get(f"{self.url}/sign-in", timeout=_SECONDS)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise StageError("the sign-in page has no form")
        form = {
            "csrfmiddlewaretoken": token[1],
            "username": name,
            "password": self.passwords[name],
        }
        answer = session.post(
            f"{self.url}/sign-in",
            data=form,
            headers={"Referer": f"{self.url}/sign-in"},
            timeout=_SECONDS,
        )
        if not answer.ok or answer.url.endswith("/sign-in"):
            raise StageError(f"{name} cannot sign in: {answer.status_code}")
        return session

    def audit(self) -> list[dict[str, Any]]:
        """Every audit entry so far."""
        return [json.loads(line) for line in self.command("audit", "export").splitlines()]


@dataclass
class Desk:
    """One desk: the client on a display, and the uploader that the client starts."""

    folder: Path
    central: Central
    port: int  # of the loopback endpoint
    extra: str = ""  # lines for config.toml
    url: str = ""  # of central, if something stands between
    gws_api: str = "v3"  # of Genesys' web services
    python: str = sys.executable  # which runs its programs
    modules: tuple[Path, ...] = ()  # folders that they import from before ours

    @property
    def config(self) -> Path:
        """Its configuration, as IT would put it there."""
        return self.folder / "config.toml"

    @property
    def state(self) -> Path:
        """Its state folder."""
        return self.folder / "state"

    @property
    def spool(self) -> Path:
        """Its spool."""
        return self.state / "spool"

    @property
    def loopback(self) -> str:
        """Where Workspace signs in."""
        return f"http://127.0.0.1:{self.port}"

    def install(self) -> None:
        """Write what IT installs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(
            f'state_dir = "{self.state}"\n{self.extra}'
            f'[central]\nurl = "{self.url or self.central.url}"\n'
            f'[enrolment]\ntoken = "{self.central.enrolment_token}"\n'
            f"[workspace]\nloopback_ports = [{self.port}]\n"
            f'gws_api = "{self.gws_api}"\nclient_id = "twinreel"\nclient_secret = ""\n',
            encoding="utf-8",
        )

    @contextmanager
    def running(self, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """The client for the block's length, whoever started it last; then the uploader ends."""
        command = [self.python, "-m", "agent_client", "--config", str(self.config)]
        log = self.folder / "client.log"
        with child(command, {**env, "PYTHONPATH": self.import_path}, log) as client:
            try:
                yield client
            finally:
                self.end("agent_client")
                self.end("uploader")

    @property
    def import_path(self) -> str:
        """Where its programs find their modules."""
        return os.pathsep.join(map(str, (*self.modules, ROOT)))

    def forget_secret(self, env: Mapping[str, str]) -> None:
        """Take this desk's secret out of the keyring, which may be somebody's own."""
        identity = self.state / IDENTITY
        if identity.exists():
            device = json.loads(identity.read_text(encoding="utf-8"))["device_id"]
            entry = (f"Twinreel {self.central.url}", device)
            command = [sys.executable, "-m", "keyring", "del", *entry]
            subprocess.run(command, env=dict(env), capture_output=True, check=False)

    def uploader(self) -> dict[str, Any]:
        """What `twinreel-uploader status` says."""
        done = subprocess.run(
            [sys.executable, "-m", "uploader", "--config", str(self.config), "status", "--json"],
            cwd=ROOT,
            capture_output=True,
            check=False,
            text=True,
        )
        return dict(json.loads(done.stdout)) if done.stdout.startswith("{") else {}

    def pids(self, module: str) -> list[int]:
        """The processes of this desk that run a module."""
        return processes(module, str(self.config))

    def signal(self, module: str, number: int) -> None:
        """Send a signal to a program of this desk."""
        for pid in self.pids(module):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self, module: str) -> None:
        """End a program of this desk with -9, and wait until it is gone."""
        gone = self.pids(module)
        self.signal(module, 9)  # SIGKILL, a name that Windows lacks
        wait_for(f"the end of {module}", lambda: not set(gone) & set(self.pids(module)))

    def end(self, module: str) -> None:
        """Ask a program of this desk to end, and wait until it has; in the end, insist."""
        self.signal(module, signal.SIGTERM)
        deadline = time.monotonic() + _SECONDS
        while self.pids(module):
            if time.monotonic() > deadline:
                self.kill(module)
            time.sleep(0.05)

    def recordings(self) -> list[Path]:
        """The folders of recordings that central has not confirmed."""
        if not self.spool.is_dir():
            return []
        return [path for path in self.spool.iterdir() if (path / "journal.jsonl").exists()]


class Workspace:
    """The Workspace stand-in as a process, driven from here."""

    def __init__(self, url: str) -> None:
        """`url` as the stand-in printed it."""
        self.url = url

    def play(self, verb: str, **body: object) -> dict[str, Any]:
        """One line of the script; StageError with its complaint."""
        try:
            answer = requests.post(f"{self.url}/stage/{verb}", json=body, timeout=_SECONDS)
        except requests.ConnectionError:
            if verb in {"restart", "drop_connections"}:
                return {}  # it cut ours off as well
            raise
        if not answer.ok:
            raise StageError(f"Workspace, {verb}: {answer.text}")
        return dict(answer.json())

    def calls(self) -> list[dict[str, Any]]:
        """The time line of every call."""
        return list(self._state()["calls"])

    def call(self, call_id: str) -> dict[str, Any]:
        """The time line of a call."""
        return next(call for call in self.calls() if call["call_id"] == call_id)

    def asked(self, request: str) -> int:
        """How often the desk has asked this: `GET /path`."""
        return int(self._state()["asked"].get(request, 0))

    def _state(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.url}/stage/state", timeout=_SECONDS).json())


@contextmanager
def workspace(folder: Path) -> Iterator[Workspace]:
    """A Workspace stand-in for the block's length."""
    log = folder / "workspace.log"
    command = [sys.executable, "-m", "bench.stage.workspace"]
    with child(command, {**untouched(), "PYTHONPATH": str(ROOT)}, log) as process:
        said: list[str] = []

        def ready() -> bool:
            if process.poll() is not None:
                raise StageError(f"the Workspace stand-in ended at once; see {log}")
            said[:] = [line for line in log.read_text().splitlines() if line.startswith('{"url"')]
            return bool(said)

        wait_for("the Workspace stand-in", ready)
        yield Workspace(json.loads(said[0])["url"])


class Desktop:
    """The scripted desktop, driven from here."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """A process of bench.stage.desktop with pipes."""
        self._process = process

    def do(self, line: str) -> str:
        """One command; returns when it was shown (UTC, ISO 8601)."""
        if self._process.stdin is None:
            raise StageError("the desktop has no standard input")
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
        return self.heard()

    def heard(self) -> str:
        """When it did what it says next."""
        if self._process.stdout is None:
            raise StageError("the desktop has no standard output")
        said = self._process.stdout.readline()
        if not said:
            raise StageError("the scripted desktop ended")
        return str(json.loads(said)["at"])


@contextmanager
def desktop(env: Mapping[str, str]) -> Iterator[Desktop]:
    """The scripted desktop for the block's length."""
    command = [sys.executable, "-m", "bench.stage.desktop"]
    with piped(command, {**env, "PYTHONPATH": str(ROOT)}) as process:
        played = Desktop(process)
        played.heard()
        yield played


def free_port() -> int:
    """A port of 127.0.0.1 for a program of ours: the system gives it to nobody who takes any."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    atexit.register(held.close)
    return int(held.getsockname()[1])
