"""A real central on loopback, started as a program, and a desk that speaks to it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import requests

from contract import policy, protocol
from contract.canonical import unb64
from contract.envelope import Recipient, Sealer
from contract.manifest import Canvas, EndReason, Manifest, Segment, to_json
from contract.selection import RecordingDecision
from contract.signing import key_id

PATIENCE = 60.0  # seconds; the machine may be slow
BYTES = "application/offset+octet-stream"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_T = TypeVar("_T")


def eventually(ask: Callable[[], _T]) -> _T:
    """The first answer that is true."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)
    return answer


@dataclass(frozen=True)
class Prepared:
    """A data folder after its first run, to copy, and what that run showed."""

    folder: Path
    first: dict[str, Any]


class Central:
    """The program, with a data folder of its own."""

    def __init__(self, folder: Path, settings: str = "", prepared: Prepared | None = None) -> None:
        self.folder = folder
        if prepared is not None:
            shutil.copytree(prepared.folder, folder)
        self._settings = folder.with_suffix(".toml")
        self._settings.write_text(f'data_dir = "{folder.as_posix()}"\n{settings}')
        self._program: subprocess.Popen[str] | None = None
        self.url = ""
        self.first: dict[str, Any] = prepared.first if prepared is not None else {}

    def start(self) -> None:
        """Serve; on the same port as before, if it served before."""
        listen = self.url.removeprefix("http://") or f"127.0.0.1:{_own_port()}"
        self._program = self._popen("serve", "--json", "--listen", listen)
        assert self._program.stdout is not None
        for line in self._program.stdout:
            said = json.loads(line)
            self.url = said["url"]
            if said["event"] == "ready":
                return
            self.first = said
        raise AssertionError(f"central did not start: {self._program.wait()}")

    def stop(self) -> None:
        """Ask it to end."""
        self._end(lambda program: program.terminate())

    def kill(self) -> None:
        """kill -9."""
        self._end(lambda program: program.kill())

    def _end(self, how: Callable[[subprocess.Popen[str]], None]) -> None:
        program, self._program = self._program, None
        if program is not None:
            how(program)
            program.communicate(timeout=PATIENCE)

    def run(self, *command: str) -> Any:  # noqa: ANN401 - JSON
        """A command beside the server; what it says, read as JSON."""
        program = self._popen(*command)
        said, _ = program.communicate(timeout=PATIENCE)
        lines = [json.loads(line) for line in said.splitlines()]
        return (
            lines if command[:2] == ("audit", "export") else {**lines[0], "rc": program.returncode}
        )

    def _popen(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "central", "--config", str(self._settings), *command],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TWINREEL_DATA_DIR": ""},
        )

    def enrol(self) -> Desk:
        """A new desk."""
        token = protocol.EnrolmentToken.parse(self.first["enrolment_token"])
        asked = {"token": token.secret, "device_name": "desk", "client_version": "1"}
        answer = requests.post(self.url + protocol.ENROL, json=asked, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert token.fits(unb64(told["root_key"]))
        return Desk(self, told["device_id"], told["device_secret"], unb64(told["root_key"]))

    def files(self) -> list[str]:
        """Everything in the data folder but keys and database, for what must not be left."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file() and path.parent.name != "keys" and "central.db" not in path.name
        )

    def audit(self, tag: str) -> list[dict[str, Any]]:
        """Its entries of this kind; read from its rows, because a program takes a second."""
        rows = self.folder / "central.db"
        if not rows.exists():
            entries = [line["entry"] for line in self.run("audit", "export")]
            return [entry for entry in entries if entry["tag"] == tag]
        with closing(
            sqlite3.connect(f"{rows.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)
        ) as database:
            question = "SELECT entry FROM store_auditentry WHERE tag = ? ORDER BY seq"
            return [json.loads(text) for (text,) in database.execute(question, (tag,))]


def _own_port() -> int:
    """One that the system gives to nobody else, not even while its central is down."""
    if sys.platform == "win32":
        return 0  # there one that is held cannot be listened on
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    atexit.register(held.close)
    return int(held.getsockname()[1])


@dataclass
class Desk:
    """What an uploader does, by hand."""

    central: Central
    device_id: str
    secret: str
    root: bytes
    session: requests.Session = field(default_factory=requests.Session)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request, signed in."""
        return self.session.request(
            method,
            path if path.startswith("http") else self.central.url + path,
            data=body,
            headers={"Authorization": f"Bearer {self.device_id}.{self.secret}", **(headers or {})},
            timeout=PATIENCE,
        )

    def tus(
        self, method: str, path: str, body: bytes | None = None, /, **headers: str
    ) -> requests.Response:
        """A tus request; `upload_offset=3` becomes the header Upload-Offset."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(method, path, body, {"Tus-Resumable": "1.0.0", **named})

    def create(self, key: str, content: bytes, **headers: str) -> requests.Response:
        """Announce a file."""
        return self.tus(
            "POST",
            protocol.UPLOADS,
            Idempotency_Key=key,
            Upload_Length=str(len(content)),
            **{"Repr_Digest": protocol.repr_digest(sha256(content).hexdigest()), **headers},
        )

    def created(self, key: str, content: bytes) -> str:
        """Announce a file; its Location."""
        answer = self.create(key, content)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def patch(
        self, location: str, content: bytes, offset: int, **headers: str
    ) -> requests.Response:
        """Send bytes."""
        return self.tus(
            "PATCH",
            location,
            content,
            Content_Type=BYTES,
            Upload_Offset=str(offset),
            **headers,
        )

    def offset(self, location: str) -> int:
        """What central has."""
        answer = self.tus("HEAD", location)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def send(self, key: str, content: bytes) -> None:
        """A whole file."""
        answer = self.patch(self.created(key, content), content, 0)
        assert answer.status_code == 204, answer.text

    def policy(self) -> policy.Policy:
        """What central tells desks."""
        document = self.ask("GET", protocol.POLICY).content
        return policy.accept(document, {key_id(self.root): self.root}, datetime.now(UTC))

    def recipients(self) -> list[Recipient]:
        """Whom to seal to."""
        return [key.recipient() for key in self.policy().seal_to]

    def receipt(self, answer: requests.Response) -> protocol.Receipt:
        """The receipt in an answer, its signature checked."""
        assert answer.status_code == 200, answer.text
        trusted = {key.kid: unb64(key.public) for key in self.policy().receipt_keys}
        return protocol.read_receipt(answer.content, trusted)

    def finish(self, manifest: Manifest) -> requests.Response:
        """Send the manifest."""
        return self.ask("POST", f"{protocol.RECORDINGS}/{manifest.recording_id}", to_json(manifest))


def sealed(recipients: list[Recipient], *pieces: bytes, final: bool = True) -> bytes:
    """A sealed file; without `final`, as a crash leaves it."""
    sealer = Sealer({"test": "segment"}, recipients, os.urandom(32))
    file = sealer.header + b"".join(sealer.seal(piece) for piece in pieces)
    return file + sealer.seal(b"", final=True) if final else file


def manifest_of(
    desk: Desk,
    segments: list[bytes],
    *,
    end_reason: EndReason = EndReason.WRAPPED_UP,
    call_id: str | None = None,
) -> Manifest:
    """A recording of these files, each a second long."""
    return Manifest(
        recording_id=str(uuid.uuid4()),
        call_id=call_id or f"call-{uuid.uuid4()}",
        agent_id="agent42",
        device_id=desk.device_id,
        started_at=NOON,
        duration=timedelta(seconds=len(segments)),
        clock_offset=timedelta(milliseconds=250),
        clock_round_trip=timedelta(milliseconds=10),
        decision=RecordingDecision(
            selected=True, bucket=17, percentage=Decimal("12.34"), salt="salt"
        ),
        canvas=Canvas(64, 48, ((0, 0, 64, 48),)),
        segments=tuple(
            Segment(
                index=index,
                offset=timedelta(seconds=index),
                duration=timedelta(seconds=1),
                size=len(content),
                sha256=sha256(content).hexdigest(),
                frames=5,
            )
            for index, content in enumerate(segments)
        ),
        pauses=(),
        views=(),
        troubles=(),
        legs=(),
        details_sha256=None,
        end_reason=end_reason,
        client_version="1",
    )
