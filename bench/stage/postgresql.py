"""A PostgreSQL of our own: a cluster in a folder of its own, gone when the block ends."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.stage.display import StageError
from bench.stage.office import free_port

if sys.platform == "win32":
    raise SystemExit("this bench runs on Unix only")

_NOBODY = "nobody"  # PostgreSQL does not run as root


def programs() -> list[Path]:
    """Where each installed version's programs are, the newest last."""
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def postgresql(options: str = "") -> Iterator[str]:
    """The address of an empty database `central`; fsync is on, as it is by default.

    `options` of the server: "-c max_connections=40".
    """
    found = programs()
    if not found:
        raise StageError("no PostgreSQL server is installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="twinreel-postgresql-", dir="/tmp"))
    user = pwd.getpwnam(_NOBODY) if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [found[-1] / program, *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "twinreel", "-A", "trust", "--no-sync")
    port = free_port()
    listen = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {options}"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", listen, "start")
    try:
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "twinreel", "central")
        yield f"postgresql://twinreel@127.0.0.1:{port}/central"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)
