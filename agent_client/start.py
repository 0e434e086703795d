"""Start the client: what it needs is there, the icon is shown, until it ends for some reason."""

from __future__ import annotations

import logging
import os
import sys

from agent_client.app import Client
from agent_client.capture import heap
from agent_client.config import VERSION, Settings
from agent_client.core.events import ScreenLocked
from agent_client.desk_link import again, hello
from agent_client.engine import monotonic
from agent_client.host import Host, this_host
from agent_client.logs import open_logs
from agent_client.tray.shell import Shell
from contract.desk_config import SPOOL
from contract.make_way import MakeWay
from uploader.make_way import standing
from uploader.make_way.waiter import leave_waiter
from uploader.spool import AlreadyRunningError, Spool
from uploader.spool.ownership import own_folder
from uploader.start_failure import tell_failure

logger = logging.getLogger(__name__)

NO_DESKTOP = 3
ALREADY_RUNNING = 4
NO_STATE_DIR = 5


def run(settings: Settings) -> int:
    """Be the client until somebody quits; the process's exit status."""
    heap.keep_small()
    host = this_host()
    if why := host.no_desktop():
        return _refuse(NO_DESKTOP, why)
    marker = standing()
    if marker is not None:
        print("Twinreel is being replaced; it starts by itself when that is done.", file=sys.stderr)  # noqa: T201 as below
        leave_waiter(_same(settings), marker)
        return 0
    try:
        own_folder(settings.state_dir)
        log = open_logs(settings.state_dir, settings.log_level)
        spool = Spool(settings.state_dir / SPOOL)
        lock = spool.lock("client")
    except AlreadyRunningError:
        print("It runs already for this user: look for its icon.", file=sys.stderr)  # noqa: T201 nobody else would say it
        return ALREADY_RUNNING
    except OSError as error:
        where = settings.state_dir
        return _refuse(NO_STATE_DIR, f"Its folder {where} cannot be used: {error.strerror}.")
    with lock:
        logger.info("twinreel-agent %s, pid %s, log %s", VERSION, os.getpid(), log)
        for one in settings.told:
            logger.warning("the configuration: %s", one)
        marker = _show(settings, host, spool, str(log))
        logger.info("ended")
    if marker is not None:  # and not before the lock is free: whoever is started next needs it
        leave_waiter(_same(settings), marker)
    return 0


def _show(settings: Settings, host: Host, spool: Spool, log: str) -> MakeWay | None:
    """Until the end. The marker, if the client is to come back when that is gone."""
    client = Client(settings, host, spool)
    shell = Shell(
        client.ask,
        monotonic,
        host.tray_is_there,
        client.errands.hands(client.leave_out),
        version=VERSION,
        log=log,
        language=settings.language,
        folder=settings.state_dir,
    )
    watch = host.watch_absence(lambda absent: client.post(ScreenLocked(absent)))
    client.start(shell.bridge)  # by then it may be known that the screen is locked
    try:
        shell.run(at_session_end=client.end_session)
    finally:
        watch.stop()
        client.stop()
    return client.aside.marker


def _same(settings: Settings) -> tuple[str, ...]:
    """What starts this client again."""
    return hello(VERSION, again(settings.config_file, settings.state_dir)).command


def _refuse(code: int, why: str) -> int:
    tell_failure(f"Twinreel cannot start. {why}")
    return code
