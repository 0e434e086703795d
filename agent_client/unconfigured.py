"""What an agent sees while the configuration of this desk is missing or wrong.

A desk may be signed in before its policy arrives, and nobody reads what an autostarted program
prints. So an icon says what is wrong, the log says it in full, and the client takes this program's
place, in the same session, as soon as everything is right.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread

from agent_client.config import VERSION, Finder, Settings
from agent_client.core.problems import (
    CONFIGURATION_WRONG,
    NOT_CONFIGURED,
    Problem,
    problem,
)
from agent_client.core.status import Headline, Mood, Status
from agent_client.desk_link import own_command
from agent_client.diagnostics import write
from agent_client.engine import monotonic
from agent_client.host import Host, this_host
from agent_client.logs import open_logs
from agent_client.meaning import loopback_settings
from agent_client.tray.bridge import Bridge
from agent_client.tray.shell import Hands, Shell
from contract.desk_checks import MISSING
from contract.desk_config import SPOOL, ConfigError, Mistake
from contract.desk_workspace import WorkspaceConfig
from contract.make_way import MakeWay
from uploader.make_way import standing
from uploader.make_way.waiter import leave_waiter, outer
from uploader.spool import AlreadyRunningError, Spool
from uploader.spool.ownership import own_folder
from uploader.start_failure import tell_failure

logger = logging.getLogger(__name__)

WRONG_SETTINGS = 2
ALREADY_RUNNING = 4
_LOOK_SECONDS = 3.0


def run(find: Finder, arguments: Sequence[str]) -> int:
    """Say what is wrong until it is mended or somebody quits; the exit status.

    `arguments` are the words with which this program was started.
    """
    host = this_host()
    if host.no_desktop():
        return WRONG_SETTINGS
    reading = find.reading()
    folder, log = reading.state_dir, ""
    settings = Settings(reading.named, folder, "info", WorkspaceConfig())
    command = own_command(tuple(arguments))
    try:
        own_folder(folder)
        log = str(open_logs(folder, "info"))
        with Spool(folder / SPOOL).lock("client"):
            watch = Watch(find)
            _show(watch, host, settings, log, reading.merged.config.language)
    except AlreadyRunningError:
        return ALREADY_RUNNING
    except OSError as error:
        tell_failure(f"Its folder {folder} cannot be used: {error.strerror}.")
        return WRONG_SETTINGS
    if watch.marker is not None:
        leave_waiter(command, watch.marker)
    elif watch.is_mended:
        logger.info("the configuration is right now; the client starts")
        _become(command)
    return 0


class Watch:
    """Looks every few seconds whether it is mended, on a thread of its own."""

    def __init__(self, find: Finder, look: Callable[[], MakeWay | None] = standing) -> None:
        self.marker: MakeWay | None = None  # files are to be replaced: end at once
        self.is_mended = False
        self._find = find
        self._look = look
        self._stopped = Event()
        self._told: tuple[Mistake, ...] = ()
        self._thread = Thread(target=self._run, name="configuration", daemon=True)
        self._bridge: Bridge | None = None

    def start(self, bridge: Bridge) -> None:
        """Tell the tray from now on."""
        self._bridge = bridge
        self._thread.start()

    def stop(self) -> None:
        """And wait for the thread's end."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over():
            if self._stopped.wait(_LOOK_SECONDS):
                return

    def _is_over(self) -> bool:
        """Look once; whether there is nothing more to wait for."""
        assert self._bridge is not None  # noqa: S101 `start` has set it
        self.marker = self._look()
        if self.marker is not None:
            self._bridge.step_aside(self.marker.purpose)
            return True
        found = mistakes(self._find)
        if not found:
            self.is_mended = True
            self._bridge.end()
            return True
        if found != self._told:
            self._told = found
            for one in found:
                logger.error("the configuration: %s", one)
            self._bridge.publish(status(found))
        return False


def mistakes(find: Finder) -> tuple[Mistake, ...]:
    """Why the client could not start now."""
    try:
        settings = find()
        loopback_settings(settings.workspace, settings.state_dir)
    except ConfigError as error:
        return error.mistakes
    return ()


def status(found: Sequence[Mistake]) -> Status:
    """What the tray says of these mistakes: first to the agent, then to IT."""
    nothing_said = [(one.key, one.reason) for one in found] == [("central.url", MISSING)]
    code = NOT_CONFIGURED if nothing_said else CONFIGURATION_WRONG
    details = tuple(Problem(code, str(one), "", urgent=False) for one in found)
    return Status(
        mood=Mood.ATTENTION,
        headline=Headline.ATTENTION,
        agent_id=None,
        call_id=None,
        since=None,
        may_pause=False,
        may_resume=False,
        why_not="Nobody is signed in.",
        may_record_now=False,
        uploads_waiting=0,
        uploads_known=False,
        may_pair=False,
        problems=(problem(code), *details),
    )


def _show(watch: Watch, host: Host, settings: Settings, log: str, language: str) -> None:
    """Until it is mended, somebody quits, or files are to be replaced."""
    bridges: list[Bridge] = []  # the tray's, which is made with the hands that answer there

    def diagnose(folder: Path) -> None:
        Thread(target=_diagnose, args=(settings, folder, bridges[0]), daemon=True).start()

    hands = Hands(leave_out=host.leave_out, diagnose=diagnose)
    shell = Shell(
        lambda _ask: None,
        monotonic,
        host.tray_is_there,
        hands,
        version=VERSION,
        log=log,
        language=language,
        folder=settings.state_dir,
    )
    bridges.append(shell.bridge)
    watch.start(shell.bridge)
    try:
        shell.run(at_session_end=lambda: None)
    finally:
        watch.stop()


def _diagnose(settings: Settings, folder: Path, bridge: Bridge) -> None:
    try:
        bridge.say_diagnosed(str(write(settings, folder)), "")
    except OSError as error:
        bridge.say_diagnosed("", error.strerror or type(error).__name__)


def _become(command: Sequence[str]) -> None:
    """The client in this program's place: a second Qt in one process would find no tray."""
    environment = outer(os.environ)
    if sys.platform == "win32":
        subprocess.Popen(command, env=environment)  # noqa: S603 it is this program
    else:
        os.execve(command[0], tuple(command), environment)  # noqa: S606 as above
