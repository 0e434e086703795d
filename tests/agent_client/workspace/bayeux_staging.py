"""Bayeux servers by others, under Node.js, in a process of their own.

What they are made of is fetched by npm once, as the lock file beside them says, into a folder of
the user's cache: the lock file's digest is its name, so another lock file means another folder.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent / "peers"
_DEADLINE = 30.0  # seconds; CI is slow
_NPM_SECONDS = 240.0
_NPM_TRIES = 3

Json = dict[str, Any]


def node_modules(here: Path = _HERE) -> Path:
    """Where the packages are that the lock file in `here` names, fetched if they are not there yet.

    Raises AssertionError with npm's own words if they cannot be had: a test does not pass unheld.
    """
    digest = hashlib.sha256((here / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "twinreel" / "test-peers" / digest
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
            _fetch(here, Path(draft))
            with contextlib.suppress(OSError):  # another run has fetched them
                Path(draft, "node_modules").rename(folder)
    assert folder.is_dir()
    return folder


def _fetch(here: Path, folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(here / name, folder)
    npm = shutil.which("npm")
    assert npm, "npm is missing: `make setup` installs it (installer/linux/apt-packages.txt)"
    words = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    for _ in range(_NPM_TRIES):
        done = subprocess.run(
            [npm, *words],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=_NPM_SECONDS,
        )
        if not done.returncode:
            return
    raise AssertionError(
        f"npm cannot fetch what {here / 'package-lock.json'} names. Is there a "
        f"way to the npm registry?\n{done.stdout}{done.stderr}"
    )


class Peer:
    """One server. It can be ended, and started again at the same address."""

    def __init__(self, kind: str, modules: Path, **options: object) -> None:
        self.heard: list[Json] = []  # Bayeux messages
        self.port = 0
        self._kind = kind
        self._modules = modules
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        node = shutil.which("node")
        assert node, "node is missing: `make setup` installs it"
        port = self.port
        self.port = 0
        self._process = await asyncio.create_subprocess_exec(
            node,
            str(_HERE / "bayeux.js"),
            self._kind,
            str(port),
            json.dumps(self._options),
            env={**os.environ, "NODE_PATH": str(self._modules)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read(self._process))
        await self.until(lambda _: bool(self.port))

    async def stop(self) -> None:
        """End it with -9: nobody is told."""
        if self._process is None or self._reading is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading
        self._process = None

    async def order(self, *words: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        await self._process.stdin.drain()

    async def publish(self, **call: object) -> None:
        """News of a call."""
        data = {"messageType": "CallStateChangeMessage", "call": call}
        await self.order("publish", "/v2/me/calls", data)

    def count(self, channel: str) -> int:
        """How many messages of this kind were heard."""
        return sum(message["channel"] == channel for message in self.heard)

    async def until(self, holds: Callable[[list[Json]], bool]) -> None:
        """Wait until what it heard fulfils a condition."""
        try:
            async with asyncio.timeout(_DEADLINE):
                while not holds(self.heard):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"the server never heard it: {self.heard}") from None

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            told: Json = json.loads(line)
            if "port" in told:
                self.port = told["port"]
            else:
                self.heard.append(told)
            self._news.set()


@asynccontextmanager
async def peer(kind: str, modules: Path, **options: object) -> AsyncIterator[Peer]:
    """A server for the block's length."""
    server = Peer(kind, modules, **options)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
