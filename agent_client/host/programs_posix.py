"""Linux: by /proc. macOS: by `ps`, for it has nothing else that needs no library.

The macOS side was never run: checked by types and review, and its reading by `ps` of Linux.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from agent_client.host.programs import Program, named

if sys.platform != "win32":
    import pwd

    _GONE = " (deleted)"  # the kernel's word for an executable that was replaced meanwhile

    def programs() -> list[Program]:
        """All of this installation but ourselves."""
        found = _by_ps() if sys.platform == "darwin" else _by_proc(Path("/proc"))
        return [one for one in found if one.pid != os.getpid()]

    def end(pid: int, at_once: bool) -> None:  # noqa: FBT001 as `programs.end` hands it on
        """By a signal."""
        found = programs() if sys.platform == "darwin" else [_of_proc(Path("/proc", str(pid)))]
        with suppress(ProcessLookupError):
            if any(one is not None and one.pid == pid for one in found):
                os.kill(pid, signal.SIGKILL if at_once else signal.SIGTERM)

    def _by_proc(folder: Path) -> Iterator[Program]:
        entries = (entry for entry in folder.iterdir() if entry.name.isdecimal())
        yield from (one for one in map(_of_proc, entries) if one is not None)

    def _of_proc(entry: Path) -> Program | None:
        """Which of ours this process is. One with another root, in a container, has other files."""
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            executable = os.readlink(entry / "exe").removesuffix(_GONE)
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            name = named(executable, words)
            if name is not None and os.path.samefile(entry / "root", "/"):
                return Program(int(entry.name), name, _user(entry.stat().st_uid))
        return None

    def _user(number: int) -> str:
        try:
            return pwd.getpwuid(number).pw_name
        except KeyError:
            return f"user {number}"

    def _by_ps() -> Iterator[Program]:
        told = subprocess.run(
            ("/bin/ps", "-axww", "-o", "pid=,user=,args="),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if told.returncode != 0:
            raise OSError(f"ps ended with status {told.returncode}")
        for line in told.stdout.splitlines():
            pid, user, *rest = line.split(None, 2)
            words = _words(rest[0]) if rest else []
            name = named(words[0], words) if words else None
            if name is not None:
                yield Program(int(pid), name, user)

    def _words(command: str) -> list[str]:
        try:
            return shlex.split(command)
        except ValueError:  # somebody else's quotation marks
            return command.split()
