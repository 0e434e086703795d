"""The uploader in this process, for tests that need no program of its own."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.desk_checks import parse
from tests.uploader.desk_program import until
from tests.uploader.false_central import FalseCentral
from uploader.app import Uploader
from uploader.config import Settings
from uploader.spool import Spool


class KeptSecrets:
    """Secrets in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        return self.kept.get(name)

    def write(self, name: str, secret: str) -> None:
        self.kept[name] = secret

    def remove(self, name: str) -> None:
        self.kept.pop(name, None)


class DeskHere:
    """A desk's folder, and its uploader in a thread."""

    def __init__(self, folder: Path, central: FalseCentral) -> None:
        self.state = folder / "state"
        self.config = folder / "config.toml"
        self.config.write_text(
            f'state_dir = "{self.state.as_posix()}"\n[central]\nurl = "{central.url}"\n'
            f'[enrolment]\ntoken = "{central.token}"\n'
        )
        self.secrets = KeptSecrets()
        self.reread()
        self.spool = Spool(self.state / "spool", ballast_bytes=0, reserve_bytes=0)

    def reread(self) -> None:
        """The configuration."""
        self.settings = Settings(
            parse(self.config.read_text()), self.state, ssl.create_default_context()
        )

    def uploader(self) -> Uploader:
        return Uploader(self.settings, self.secrets)

    @contextmanager
    def running(self) -> Iterator[tuple[Uploader, threading.Thread]]:
        """One that listens on the desk socket; it is ended at the end, if it has not ended."""
        uploader = self.uploader()
        thread = threading.Thread(target=uploader.run)
        thread.start()
        try:
            until(lambda: uploader._server._ready.done() or not thread.is_alive())
            yield uploader, thread
        finally:
            uploader.end()
            thread.join(60)
            assert not thread.is_alive()
