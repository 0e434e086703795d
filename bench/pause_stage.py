"""The stage for pauses: the client but for its icon in this very process, and who asks it to pause.

The Workspace stand-in is a process of its own, and so are the X server and what is drawn there. The
client is the product's: only the uploader is not there, so that recordings stay in the spool.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import msgspec
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_client.app import Client
from agent_client.config import Settings
from agent_client.core.status import Status
from agent_client.host import this_host
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.menu import Ask
from agent_client.workspace.api_operations import PREFIX
from agent_client.workspace.api_token import read_token
from bench.stage.display import StageError, wait_for
from bench.stage.office import Workspace, free_port, workspace
from contract.canonical import b64
from contract.desk_config import IDENTITY, POLICY, SPOOL, Identity
from contract.desk_workspace import WorkspaceConfig
from contract.make_way import Purpose
from contract.policy import Capture, Policy, PublicKey, Selection, publish
from contract.policy import Workspace as WorkspaceRules
from uploader.desk import DeskServer
from uploader.spool import Spool

_ORIGIN = "https://workspace.example.com"
_CALL = "0123456789ABCDEF0123456789ABCDEF"
_PATIENCE = 60.0
WAYS = ("workspace", "api", "tray")

Keys = dict[str, X25519PrivateKey]


class Tray:
    """In the place of the icon: it keeps the last status."""

    def __init__(self) -> None:
        self.mood = ""

    def publish(self, status: Status) -> None:
        """Keep it."""
        self.mood = status.mood

    def publish_rules(self, rules: HouseRules) -> None:
        """They are for the icon."""

    def say_refused(self, text: str) -> None:
        """Nobody is there to read it; the mood tells."""

    def say_paired(self, reason: str) -> None:
        """There is no page."""

    def say_diagnosed(self, path: str, failure: str) -> None:
        """Nobody asked."""

    def step_aside(self, purpose: Purpose) -> None:
        """Nothing is replaced."""


class Stage:
    """A call that is being recorded, and three ways to pause it."""

    def __init__(self, client: Client, tray: Tray, desk: Workspace, state: Path, port: int) -> None:
        self._client = client
        self._tray = tray
        self._workspace = desk
        self._api = f"http://127.0.0.1:{port}{PREFIX}"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {read_token(state)}"

    def pause(self, way: str) -> float:
        """Have it paused; when that was asked for, in seconds since 1970.

        In Workspace: when the stand-in sent its message. The others: before they were called.
        """
        return self._ask(way, "pause", Ask.PAUSE)

    def resume(self, way: str) -> float:
        """Have it go on; when that was asked for."""
        return self._ask(way, "resume", Ask.RESUME)

    def until(self, mood: str) -> None:
        """Wait until the client says this of itself."""
        wait_for(f"the client to be {mood}", lambda: self._tray.mood == mood, _PATIENCE)

    def until_voice(self, state: str) -> None:
        """Wait until Workspace's own recording is in this state: then it may be asked again."""
        wait_for(f"voice to be {state}", lambda: self._voice() == state, _PATIENCE)

    def answer(self) -> None:
        """The agent answers, and Workspace records voice."""
        self._workspace.play("ring", call_id=_CALL, number="+15551230001", user_data={})
        self._workspace.play("answer", call=_CALL)
        self.until("recording")

    def hang_up(self) -> None:
        """The call ends, and what follows it."""
        for verb in ("release", "complete"):
            self._workspace.play(verb, call=_CALL)
        self._workspace.play("ready")

    def _ask(self, way: str, word: str, ask: Ask) -> float:
        asked_at = time.time()
        match way:
            case "workspace":
                told = self._workspace.play(f"{word}_recording", call=_CALL)
                since, until = (told["voice"]["pauses"][-1][edge] for edge in ("since", "until"))
                return datetime.fromisoformat(until or since).timestamp()
            case "api":
                answer = self._session.post(self._api + word, timeout=_PATIENCE)
                if answer.status_code != HTTPStatus.OK:
                    raise StageError(f"{word} by the local API: {answer.status_code}")
            case _:
                self._client.ask(ask)
        return asked_at

    def _voice(self) -> str:
        return str(self._workspace.call(_CALL)["voice"]["state"])


@contextmanager
def stage(folder: Path, display: str, frames_per_second: float) -> Iterator[tuple[Stage, Keys]]:
    """The agent is signed in; a call can be answered."""
    state = folder / "state"
    port = free_port()
    with ExitStack() as stack:
        stack.enter_context(shown_on(display))
        desk = stack.enter_context(workspace(folder))
        keys = enrol(state, desk.url, frames_per_second)
        there = DeskServer(str(state), heard=lambda _: None, gone=lambda _hello, _goodbye: None)
        there.start()
        stack.callback(there.stop)
        settings = Settings(
            config_file=folder / "config.toml",
            state_dir=state,
            log_level="warning",
            workspace=WorkspaceConfig(loopback_ports=(port,), client_id="twinreel"),
        )
        tray = Tray()
        client = Client(settings, this_host(), Spool(state / SPOOL))
        client.start(tray)
        stack.callback(client.stop)
        wait_for("the loopback endpoint", lambda: signed_in(desk, port), _PATIENCE)
        wait_for("the client to be ready", lambda: tray.mood == "ready", _PATIENCE)
        yield Stage(client, tray, desk, state, port), keys


@contextmanager
def shown_on(display: str) -> Iterator[None]:
    """Have this process look at that display for the block's length."""
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = display
    try:
        yield
    finally:
        del os.environ["DISPLAY"]
        if before is not None:
            os.environ["DISPLAY"] = before


def signed_in(desk: Workspace, port: int) -> bool:
    """Whether Workspace could sign in at the client."""
    time.sleep(0.1)
    with suppress(StageError):
        answer = desk.play("sign_in", loopback=f"http://127.0.0.1:{port}", origin=_ORIGIN)
        return bool(answer["status"] == HTTPStatus.OK)
    return False


def enrol(state: Path, genesys: str, frames_per_second: float) -> Keys:
    """As the uploader would: every call is selected. Returns what opens its recordings."""
    root, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    now, day = datetime.now(UTC), timedelta(days=1)
    public = b64(sealing.public_key().public_bytes_raw())
    policy = Policy(
        version=1,
        issued_at=now,
        expires_at=now + day,
        selection=Selection(percentage=Decimal(100), salt="s"),
        workspace=WorkspaceRules(servers=(genesys,), origins=(_ORIGIN,)),
        capture=Capture(
            frames_per_second=frames_per_second, bits_per_second=50_000_000, cpu_share=1
        ),
        seal_to=(PublicKey(kid="k", public=public, not_before=now - day, not_after=now + day),),
        receipt_keys=(),
    )
    identity = Identity(
        device_id="desk-7",
        root_key=b64(root.public_key().public_bytes_raw()),
        central_url="http://127.0.0.1:9",
    )
    state.mkdir(mode=0o700, parents=True)
    (state / IDENTITY).write_bytes(msgspec.json.encode(identity))
    (state / POLICY).write_bytes(publish(policy, root))
    return {"k": sealing}
