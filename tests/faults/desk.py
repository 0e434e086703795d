"""A desk and its central: recorder, uploader and central as programs, each to be killed at will."""

from __future__ import annotations

import json
import shutil
import signal
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from bench.stage.office import free_port
from contract.canonical import unb64
from contract.policy import accept
from contract.signing import key_id
from tests.faults.forked import Fork, Point, Prepared
from tests.faults.oracle import Judgement, Oracle, at_central, spooled
from tests.faults.recording import acknowledged


class Site:
    """Both, in one folder. `with Site(folder) as site`: the desk is enrolled, central is down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.state = folder / "state"
        self.spool = self.state / "spool"
        self.log = folder / "strace.log"
        self._config = folder / "config.toml"
        self._served: Fork | None = None
        self.counted: list[Point] = []  # central's calls to the file system, once they are known
        self._judged = set[str]()  # recordings of earlier rounds
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._stack.close()

    def record(self) -> Oracle:
        """Have a recording made; what its writer acknowledged."""
        order = {"root": str(self.spool), "record": [str(uuid.uuid4())], **self._seal_to}
        done = self._writer.run(do="record", **order)
        assert done.status == 0, done.why
        return acknowledged(done.heard)

    def begin_again(self) -> Fork:
        """The client's start, which salvages; then the uploader, to its end."""
        client = self._writer.run(do="start", root=str(self.spool))
        assert client.status == 0, client.why
        return self.upload()

    def left(self) -> list[str]:
        """Folders of recordings that are in the spool."""
        return [f"{copy.recording_id} is left in the {copy.place}" for copy in spooled(self.spool)]

    def upload(self, *, held: bool = False) -> Fork:
        """`twinreel-uploader --once`: to its end, or held to be traced."""
        fork = self._uploader.start(do=["--config", str(self._config), "--once"], held=held)
        if not held:
            fork.wait()
        return fork

    def serve(self, *, held: bool = False) -> Fork:
        """Start central; it serves, or is held to be traced."""
        self._served = self._central.start(do=["serve"], held=held)
        if not held:
            self._served.until("ready")
        return self._served

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End central, if it serves."""
        if self._served is not None:
            self._served.end(how)
            self._served = None

    def check(self) -> list[str]:
        """What `twinreel-central check --depth hash` finds; central must not be serving."""
        done = self._central.run(do=["check", "--depth", "hash"])
        (said,) = done.all("done")
        return [*said["faults"], *said["dead_jobs"]]

    def keep(self, name: str = "enrolled") -> None:
        """Keep desk and central as they are now, for `fresh`; central must not be serving."""
        for folder in (self.state, self.data):
            kept = self._kept(folder, name)
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("*.sock"))

    def fresh(self, name: str = "enrolled") -> None:
        """As they were at `keep`; central must not be serving."""
        for folder in (self.state, self.data):
            shutil.rmtree(folder)
            shutil.copytree(self._kept(folder, name), folder)

    def fresh_desk(self) -> None:
        """The desk as it was when it had enrolled: with nothing in its spool."""
        shutil.rmtree(self.state)
        shutil.copytree(self._kept(self.state, "enrolled"), self.state)

    def judge(self, oracle: Oracle) -> list[Judgement]:
        """Where each recording is, and what else central took since the last round."""
        return oracle.judge(self.spool, at_central(self.data, self._judged))

    def done(self, oracle: Oracle) -> None:
        """These recordings are judged; central keeps them."""
        self._judged.update(oracle.recorded)

    def _set_up(self) -> None:
        settings = self.folder / "central.toml"
        settings.write_text(f'data_dir = "{self.data}"\nworker_inline = false\n')
        listen = f"127.0.0.1:{free_port()}"
        self._central = self._prepared("central", str(settings), listen)
        self._uploader = self._prepared("uploading", str(self.folder / "keyring.json"))
        self._writer = self._prepared("writer")
        (first,) = self._central.run(do="init").all("first")
        self._config.write_text(
            f'state_dir = "{self.state}"\nlog_level = "error"\n'
            f'[central]\nurl = "http://{listen}"\n'
            f'[enrolment]\ntoken = "{first["enrolment_token"]}"\n'
        )
        self.serve()
        enrolled = self.upload()
        assert enrolled.sent, f"it does not enrol; see {self.folder}: {enrolled.why}"
        self._seal_to = self._read_policy()
        self.stop()
        self.keep()

    def _kept(self, folder: Path, name: str) -> Path:
        return self.folder / name / folder.name

    def _prepared(self, name: str, *arguments: str) -> Prepared:
        log = self.folder / f"{name}.log"
        return self._stack.enter_context(Prepared(name, *arguments, log=log))

    def _read_policy(self) -> dict[str, Any]:
        """Whom to seal to, and as which desk."""
        identity = json.loads((self.state / "identity.json").read_bytes())
        root = unb64(identity["root_key"])
        policy = accept((self.state / "policy.json").read_bytes(), {key_id(root): root}, None)
        key = policy.seal_to[0]
        return {
            "key": {"kid": key.kid, "public": key.public},
            "device_id": identity["device_id"],
        }
