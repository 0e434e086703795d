"""Which clients and uploaders of this installation run, whoever's they are; one file per system.

For an administrator, who alone sees other users' programs, and may end them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_NAMES = {"twinreel-agent": "client", "twinreel-uploader": "uploader"}
_MODULES = {"agent_client": "client", "uploader": "uploader"}
_NOT_A_USERS = {"make-way", "service"}  # who asks; the machine's own, which its package stops
_WITH_A_VALUE = ("--config", "--state-dir")


@dataclass(frozen=True, slots=True)
class Program:
    """One that runs."""

    pid: int
    name: str  # client, uploader
    user: str

    def __str__(self) -> str:
        return f"{self.name} of {self.user} (process {self.pid})"


def programs() -> list[Program]:
    """Those that run now, of any user. OSError if the system does not tell."""
    return _this_system()[0]()


def end(program: Program, *, at_once: bool) -> None:
    """Have the system end it: politely, or at once. One that is gone already is well.

    Its number may be another program's by then: who is none of ours is left alone.
    """
    _this_system()[1](program.pid, at_once)


def installation() -> str:
    """The folder of the executables that we are one of; "" where we run from source."""
    frozen = bool(getattr(sys, "frozen", False))
    return os.path.dirname(os.path.realpath(sys.executable)) if frozen else ""


def named(executable: str, words: Sequence[str]) -> str | None:
    """What this process is, if it is one of ours; `words` is its command line.

    From source it is told by the interpreter's name and module, as the client starts the uploader.
    """
    folder = installation()
    if _command(words[1 if folder else 3 :]) in _NOT_A_USERS:
        return None
    if folder:
        where, name = os.path.split(os.path.normcase(executable))
        return _NAMES.get(name.removesuffix(".exe")) if where == os.path.normcase(folder) else None
    if len(words) > 2 and words[0] == sys.executable and words[1] == "-m":  # noqa: PLR2004 a name follows
        return _MODULES.get(words[2])
    return None


def _command(words: Sequence[str]) -> str:
    """The command among a program's words; a file that has a command's name is none."""
    rest = iter(words)
    for word in rest:
        if len(word) > len("--") and any(one.startswith(word) for one in _WITH_A_VALUE):
            next(rest, None)
        elif word and not word.startswith("-"):
            return word
    return ""


def _this_system() -> tuple[Callable[[], list[Program]], Callable[[int, bool], None]]:
    if sys.platform == "win32":
        from agent_client.host import programs_windows  # noqa: PLC0415 exists only there

        return programs_windows.programs, programs_windows.end
    from agent_client.host import programs_posix  # noqa: PLC0415 exists only there

    return programs_posix.programs, programs_posix.end
