"""What a program leaves behind when it makes way: the system's own shell, which starts it again.

It uses no file of ours, for ours are being replaced. It waits until the marker is gone, or counts
no longer, and starts the program if that is still installed; one that finds a marker again leaves
a waiter again. On macOS it has launchd start the client, which starts none that runs: the package's
script does the same, but where an installation fails on the way nobody calls that script.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from contract.make_way import MakeWay
from uploader.make_way import PLACE

logger = logging.getLogger(__name__)

LAUNCH_AGENT = "com.twinreel.agent"  # as installer/macos has it
_LAUNCHCTL = "/bin/launchctl"
_LOOK_SECONDS = 2
_LATER_SECONDS = 5  # than the marker's end, by which the program goes

_SHELL = f"""
marker=$1 left=$2
shift 2
while [ -e "$marker" ] && [ "$left" -gt 0 ]; do
    sleep {_LOOK_SECONDS}
    left=$((left - {_LOOK_SECONDS}))
done
exec "$@"
"""


def leave_waiter(command: Sequence[str], marker: MakeWay) -> subprocess.Popen[bytes] | None:
    """Have `command`, whose first word is the program's path, started when the marker is gone.

    On macOS launchd starts its client, whatever `command` says. The shell that waits, which nobody
    need wait for; None if there could be none.
    """
    if sys.platform == "darwin":
        command = kickstart(os.getuid())
    left = int((marker.until - datetime.now(UTC)).total_seconds()) + _LATER_SECONDS
    try:
        waiter = _started(command, max(left, 0))
    except OSError as error:
        logger.error("nobody will start this program again: %s", error.strerror)  # noqa: TRY400 the reason is enough
        return None
    logger.info("process %s waits to start this program again", waiter.pid)
    return waiter


def kickstart(user: int) -> tuple[str, ...]:
    """Has launchd start the client of the user with this number, unless it runs."""
    return (_LAUNCHCTL, "kickstart", f"gui/{user}/{LAUNCH_AGENT}")


def outer(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment as it was around our bundle: nothing that leads into it."""
    inside = getattr(sys, "_MEIPASS", "")
    cleaned = dict[str, str]()
    for name, value in environment.items():
        left = _without(inside, value) if inside in value else value
        if not name.startswith("_PYI_") and (left or not value):
            cleaned[name] = left
    libraries = cleaned.pop("LD_LIBRARY_PATH_ORIG", None)
    if libraries is not None:
        cleaned["LD_LIBRARY_PATH"] = libraries
    return cleaned


def _without(inside: str, places: str) -> str:
    """A list of places, but those in this folder; nowhere: all of them."""
    if not inside:
        return places
    return os.pathsep.join(one for one in places.split(os.pathsep) if inside not in one)


def windows_words(command: Sequence[str], marker: str, left: int) -> str:
    """What cmd.exe is told: one line, for files of users are often barred from being run.

    Once the marker is gone the rest of the rounds is over at once.
    """
    rest = f"%SystemRoot%\\System32\\ping.exe -n {_LOOK_SECONDS + 1} 127.0.0.1 >nul"
    rounds = left // _LOOK_SECONDS
    words = " ".join(f'"{word}"' for word in command)
    return (
        f'(for /l %i in (1,1,{rounds}) do @if exist "{marker}" {rest})'
        f'&if exist "{command[0]}" start "" {words}'
    )


if sys.platform == "win32":

    def _started(command: Sequence[str], left: int) -> subprocess.Popen[bytes]:
        system = os.environ.get("SYSTEMROOT", "C:\\Windows") + "\\System32"
        return subprocess.Popen(  # noqa: S603 the system's own shell
            f'"{system}\\cmd.exe" /d /q /s /c "{windows_words(command, PLACE, left)}"',
            cwd=system,
            env=outer(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP,
        )

else:

    def _started(command: Sequence[str], left: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 as above
            ("/bin/sh", "-c", _SHELL, "twinreel-waiter", PLACE, str(left), *command),
            cwd="/",  # what is held by a working folder cannot be removed
            env=outer(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # launchd kills what is left of the group of who ended
        )
