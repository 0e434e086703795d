"""Start the client: what it needs is there, the icon is shown, until it ends for some reason.

The icon comes first. The client's other parts take several times as long to import as Qt does, and
are imported on a thread while the icon is there already.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Self

from agent_client.capture import heap
from agent_client.config import VERSION, Settings
from agent_client.core.events import ScreenLocked
from agent_client.core.status import status
from agent_client.core.world import World
from agent_client.host import Host, this_host
from agent_client.logs import open_logs
from agent_client.tray.menu import Ask
from agent_client.tray.shell import Hands, Shell
from contract.desk_config import SPOOL
from contract.make_way import MakeWay
from uploader.make_way import standing
from uploader.make_way.waiter import leave_waiter
from uploader.spool import AlreadyRunningError, Spool
from uploader.spool.ownership import own_folder
from uploader.start_failure import tell_failure

if TYPE_CHECKING:
    from agent_client.app import Client

logger = logging.getLogger(__name__)

NO_DESKTOP = 3
ALREADY_RUNNING = 4
NO_STATE_DIR = 5


def run(settings: Settings) -> int:
    """Be the client until somebody quits; the process's exit status."""
    heap.keep_small()
    gc.disable()  # what is imported stays, and to look through it takes a tenth of the start
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
    _check(settings)
    with Coming(settings, host, spool) as coming:
        shell = Shell(
            coming.ask,
            _monotonic,
            host.tray_is_there,
            coming.hands(),
            version=VERSION,
            log=log,
            language=settings.language,
            folder=settings.state_dir,
        )
        shell.run(
            at_session_end=coming.end_session,
            first=status(World()),
            shown=lambda: coming.begin(shell),
        )
    return coming.marker


class Coming:
    """The client behind its icon: imported on a thread, then built, started and stopped on ours.

    All but `_import` is called on the main thread. What a person asks before the client is there
    waits for it.
    """

    def __init__(self, settings: Settings, host: Host, spool: Spool) -> None:
        self._settings = settings
        self._host = host
        self._spool = spool
        self._client: Client | None = None
        self._hands = Hands()
        self._waiting: list[Callable[[Client, Hands], None]] = []
        self._failure: Exception | None = None
        self._is_over = False  # and so is not to begin any more
        self._thread = Thread(target=self._import, name="start", daemon=True)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the client, as far as it has come; raises what it could not be started for."""
        self._is_over = True
        if self._thread.ident is not None:
            self._thread.join()
        self._running.close()
        if self._failure is not None:
            raise self._failure

    @property
    def marker(self) -> MakeWay | None:
        """For what the client made way, if it did."""
        return self._client.aside.marker if self._client is not None else None

    def begin(self, shell: Shell) -> None:
        """Import what there is to import, while this shell shows the icon, and start then."""
        self._shell = shell
        shell.bridge.imported.connect(self._start)
        self._thread.start()

    def ask(self, ask: Ask) -> None:
        """What a person chose in the tray."""
        self._when_up(lambda client, _hands: client.ask(ask))

    def hands(self) -> Hands:
        """For the shell."""
        return Hands(
            leave_out=lambda window: self._when_up(lambda _, hands: hands.leave_out(window)),
            pair=lambda code: self._when_up(lambda _, hands: hands.pair(code)),
            diagnose=lambda folder: self._when_up(lambda _, hands: hands.diagnose(folder)),
            has_read=self._has_read,
            confirm_read=lambda *words: self._when_up(lambda _, hands: hands.confirm_read(*words)),
        )

    def end_session(self) -> None:
        """The user signs off."""
        self._is_over = True
        if self._client is not None:
            self._client.end_session()

    def _when_up(self, act: Callable[[Client, Hands], None]) -> None:
        if self._client is not None:
            act(self._client, self._hands)
        else:
            self._waiting.append(act)

    def _has_read(self, version: str, agent_id: str) -> bool:
        return self._hands.has_read(version, agent_id)

    def _import(self) -> None:
        try:
            from agent_client import app  # noqa: F401, PLC0415 -- the reason for this class
        except Exception as error:  # noqa: BLE001 it is raised again on the main thread
            self._failure = error
        self._shell.bridge.imported.emit()

    def _start(self) -> None:
        """Build and start it; a shell without a client would be an icon that does nothing."""
        try:
            if self._failure is None and not self._is_over:
                self._build()
        except Exception as error:  # noqa: BLE001 Qt would end the process where it stands
            self._failure = error
        if self._failure is not None:
            logger.critical("the client cannot be started", exc_info=self._failure)
            self._shell.bridge.end()

    def _build(self) -> None:
        from agent_client.app import Client  # noqa: PLC0415 -- imported by now

        client = Client(self._settings, self._host, self._spool)
        watch = self._host.watch_absence(lambda absent: client.post(ScreenLocked(absent)))
        self._running.callback(client.stop)
        self._running.callback(watch.stop)
        client.start(self._shell.bridge)  # by then it may be known that the screen is locked
        self._client, self._hands = client, client.errands.hands(client.leave_out)
        for act in self._waiting:
            act(client, self._hands)
        self._waiting.clear()
        gc.freeze()
        gc.enable()


def _check(settings: Settings) -> None:
    """ConfigError is raised before there is a Qt: one process can start it only once."""
    if settings.workspace.https_certificate is not None:
        from agent_client.meaning import loopback_settings  # noqa: PLC0415 -- slow to import

        loopback_settings(settings.workspace, settings.state_dir)


def _monotonic() -> timedelta:
    """As the engine's clock."""
    return timedelta(seconds=time.monotonic())


def _same(settings: Settings) -> tuple[str, ...]:
    """What starts this client again."""
    from agent_client.desk_link import again, hello  # noqa: PLC0415 -- seldom needed, and slow

    return hello(VERSION, again(settings.config_file, settings.state_dir)).command


def _refuse(code: int, why: str) -> int:
    tell_failure(f"Twinreel cannot start. {why}")
    return code
