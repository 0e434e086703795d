"""Twinreel itself: the whole client with its tray, recording a real call to sealed files.

An agent signs in at the loopback endpoint, a call that the policy selects is answered in the
Workspace stand-in, and the client records it. Counted is the client's process with all that it
started but the uploader, which is counted apart. The film is what central received, opened with
central's key; its size is that of the sealed segments.
"""

from __future__ import annotations

import platform
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from bench.capture.meter import family
from bench.capture.recorders import Recorded, Scene
from bench.stage import office
from bench.stage.display import StageError, wait_for
from central.media import keys
from contract.envelope import opened
from contract.manifest import Manifest, from_json
from contract.policy import Capture
from contract.protocol import segment_name

_AGENT = "JohnSmith"
_ORIGIN = "https://workspace.example.com"
_PATIENCE = 60.0
_SETTLING_SECONDS = 1.5
_FILM_GRACE_SECONDS = 36_000.0  # central makes no films while others are measured
_SLATE = timedelta(milliseconds=1)


class Product:
    """Keeps a central, a Workspace stand-in and a desk for all rounds."""

    name = "twinreel"
    about = "Twinreel: client with tray, sealed to disk"
    missing = ""

    def __init__(self, folder: Path) -> None:
        """`folder`: for all that they keep."""
        self.key_seconds = Capture().segment_seconds
        self._folder = folder
        self._life = ExitStack()
        self._central: office.Central | None = None
        self._workspace: office.Workspace | None = None
        self._desks: dict[str, office.Desk] = {}

    def version(self) -> str:
        """Its own and Python's."""
        return f"Twinreel {version('twinreel')}, Python {platform.python_version()}"

    def close(self) -> None:
        """End everything."""
        self._life.close()

    @contextmanager
    def recording(self, scene: Scene) -> Iterator[Recorded]:
        """A call for the block's length."""
        central, workspace = self._office()
        desk = self._desk(scene)
        with desk.running(scene.env) as client:
            wait_for("the desk's policy", (desk.state / "policy.json").exists, _PATIENCE)
            wait_for("the loopback endpoint", lambda: _signed_in(workspace, desk), _PATIENCE)
            call_id = uuid4().hex.upper()
            workspace.play("ring", call_id=call_id, number="+15551230001", user_data={})
            time.sleep(_SETTLING_SECONDS)
            workspace.play("answer", call=call_id)
            wait_for("the recording to begin", lambda: _begun(desk), _PATIENCE)
            time.sleep(_SETTLING_SECONDS)
            recorded = Recorded(
                pids=lambda: family([client.pid], without=desk.pids("uploader")),
                beside=lambda: desk.pids("uploader"),
            )
            yield recorded
            workspace.play("release", call=call_id)
            workspace.play("wrap_up")
            workspace.play("complete", call=call_id)
            workspace.play("ready")
            wait_for("the upload", lambda: not desk.recordings(), _PATIENCE)
            workspace.play("sign_out")
        manifest = _fetch(central, call_id, scene.folder, recorded)
        answered = datetime.fromisoformat(workspace.call(call_id)["answered_at"])
        first = manifest.started_at + manifest.segments[0].offset + _SLATE
        recorded.first_picture_ms = (first - answered).total_seconds() * 1000

    def _office(self) -> tuple[office.Central, office.Workspace]:
        """Central and Workspace, from the first round on."""
        if self._central is None or self._workspace is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            central = office.Central(self._folder, film_grace_seconds=_FILM_GRACE_SECONDS)
            self._life.enter_context(central.serving())
            central.hire([_AGENT])
            workspace = self._life.enter_context(office.workspace(self._folder))
            where = ("--server", workspace.url, "--origin", _ORIGIN)
            central.command("policy", "set", "--json", "--percentage", "100.00", *where)
            self._central, self._workspace = central, workspace
        return self._central, self._workspace

    def _desk(self, scene: Scene) -> office.Desk:
        """The desk of this session, enrolled but once: its secret is in the session's keyring."""
        session = scene.env["XDG_DATA_HOME"]
        if session not in self._desks and self._central is not None:
            number = len(self._desks)
            desk = office.Desk(self._folder / f"desk{number}", self._central, office.free_port())
            desk.install()
            self._desks[session] = desk
        return self._desks[session]


def _signed_in(workspace: office.Workspace, desk: office.Desk) -> bool:
    time.sleep(0.2)
    with suppress(StageError):
        answer = workspace.play("sign_in", loopback=desk.loopback, origin=_ORIGIN)
        return bool(answer["status"] == HTTPStatus.OK)
    return False


def _begun(desk: office.Desk) -> bool:
    """Whether a segment is being written."""
    journals = [folder / "journal.jsonl" for folder in desk.recordings()]
    return any("segment-opened" in path.read_text(encoding="utf-8") for path in journals)


def _fetch(central: office.Central, call_id: str, folder: Path, recorded: Recorded) -> Manifest:
    """The call's segments from central, opened, into the folder of this round."""
    manifest = _manifest(central, call_id)
    if not manifest.segments:
        raise StageError(f"the recording of this call has no segments: {manifest.end_reason}")
    ring = keys.load(central.data / "keys").opening
    paths = _files(central, manifest.recording_id)
    for segment in manifest.segments:
        clear = folder / f"twinreel-{segment.index:03}.mp4"
        with paths[segment_name(segment.index)].open("rb") as sealed, clear.open("wb") as file:
            file.writelines(opened(sealed, ring))
        recorded.parts.append((clear, segment.offset.total_seconds()))
    recorded.size = sum(segment.size for segment in manifest.segments)
    recorded.began_at = manifest.started_at.timestamp()
    return manifest


def _manifest(central: office.Central, call_id: str) -> Manifest:
    query = "SELECT manifest FROM store_recording WHERE call_id = ?"
    found = _rows(central, query, call_id)
    if len(found) != 1:
        raise StageError(f"central has {len(found)} recordings of one call")
    return from_json(bytes(found[0]["manifest"]))


def _files(central: office.Central, recording_id: str) -> dict[str, Path]:
    query = "SELECT name, path FROM store_recordingfile WHERE recording_id = ?"
    return {row["name"]: central.data / row["path"] for row in _rows(central, query, recording_id)}


def _rows(central: office.Central, query: str, value: str) -> list[sqlite3.Row]:
    address = f"file:{central.data / 'central.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
        database.row_factory = sqlite3.Row
        return list(database.execute(query, (value,)))
