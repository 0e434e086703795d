"""The service on Linux and macOS: a supervisor that is root, opens nothing of a user's, and forks.

A child gives up being root before it opens anything of its user's. It is forked and executes no
other program: so the system lets no program of the user look into its memory, which holds the
service's secret. The supervisor itself never speaks to the network. The macOS side was never run:
checked by types and review.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from uploader.config import Settings
from uploader.service.carrying import carry, desk_of, tend
from uploader.service.owners import NoOwnersError, Owner, owners

logger = logging.getLogger(__name__)

ROUND_SECONDS = 60.0
_LOOK_SECONDS = 0.5
_MOST_AT_ONCE = 8
_LONGEST_SECONDS = 3600  # then it is begun anew: a user's folder may hold what never answers
_END_SECONDS = 10.0
_TENDER = "the service itself"
_PROXIES = ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY")

if sys.platform != "win32":
    import pwd

    def become(owner: Owner) -> None:
        """Be this user and nobody else, for ever; OSError if that cannot be."""
        os.setgroups(os.getgrouplist(owner.name, owner.group))
        os.setgid(owner.group)
        os.setuid(owner.user)
        if (os.getuid(), os.geteuid(), os.getgid(), os.getegid()) != (
            owner.user,
            owner.user,
            owner.group,
            owner.group,
        ):
            raise PermissionError("the process is somebody else")
        with contextlib.suppress(PermissionError):
            os.setuid(0)
            raise RuntimeError("the process could become root again")
        home = pwd.getpwuid(owner.user).pw_dir
        proxies = {name: os.environ[name] for name in _PROXIES if name in os.environ}
        os.environ.clear()
        os.environ.update(
            proxies, HOME=home, USER=owner.name, LOGNAME=owner.name, PATH="/usr/bin:/bin"
        )
        os.umask(0o077)
        os.chdir("/")

    class Supervisor:
        """Forks a child for each spool, and one for the service's own desk."""

        def __init__(
            self, settings: Settings, state: Path, round_seconds: float = ROUND_SECONDS
        ) -> None:
            """`state` is the service's own folder. NoOwnersError if the configuration is wrong."""
            self._settings = settings
            self._state = state
            self._round_seconds = round_seconds
            self._children: dict[int, str] = {}
            self._stopping = False
            self._waiting: list[Owner] = []
            list(owners(settings.desk.state_dir))  # what is mistaken is said at the start

        def run(self) -> None:
            """Until SIGTERM or SIGINT."""
            for one in (signal.SIGTERM, signal.SIGINT):
                signal.signal(one, self._stop)
            due = 0.0
            while not self._stopping:
                self._reap()
                if time.monotonic() >= due:
                    due = time.monotonic() + self._round_seconds
                    self._round()
                self._start_some()
                time.sleep(_LOOK_SECONDS)
            self._end()

        def _stop(self, number: int, frame: FrameType | None) -> None:
            del number, frame
            self._stopping = True

        def _round(self) -> None:
            if _TENDER not in self._children.values():
                self._fork(_TENDER, lambda: tend(self._settings, self._state))
            try:
                found = list(owners(self._settings.desk.state_dir))
            except (OSError, NoOwnersError) as error:
                logger.error("the users' folders cannot be listed: %s", error)  # noqa: TRY400
                return
            queued = {one.name for one in self._waiting}
            self._waiting += [one for one in found if one.name not in queued]

        def _start_some(self) -> None:
            while self._waiting and len(self._children) < _MOST_AT_ONCE:
                owner = self._waiting.pop(0)
                if owner.name not in self._children.values():
                    self._fork(owner.name, lambda: self._carry_as(owner))  # noqa: B023  # called in the child, now

        def _carry_as(self, owner: Owner) -> None:
            desk = desk_of(self._state)
            become(owner)
            if desk is not None:
                carry(self._settings, desk, owner.state)

        def _fork(self, name: str, act: Callable[[], object]) -> None:
            child = os.fork()
            if child:
                self._children[child] = name
                return
            status = 1
            try:
                for one in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
                    signal.signal(one, signal.SIG_DFL)
                signal.alarm(_LONGEST_SECONDS)
                act()
                status = 0
            except BaseException:
                logger.exception("a child for %s failed", name)
            finally:
                logging.shutdown()
                os._exit(status)

        def _reap(self) -> None:
            for child in tuple(self._children):
                with contextlib.suppress(ChildProcessError):
                    if os.waitpid(child, os.WNOHANG) == (0, 0):
                        continue
                del self._children[child]

        def _end(self) -> None:
            for child in self._children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGTERM)
            deadline = time.monotonic() + _END_SECONDS
            while self._children and time.monotonic() < deadline:
                self._reap()
                time.sleep(0.05)
            logger.info("the service ends")

    def serve(settings: Settings, state: Path, environment: Mapping[str, str]) -> None:
        """Be the service until SIGTERM. PermissionError unless root; NoOwnersError."""
        del environment
        if os.geteuid() != 0:
            raise PermissionError("the machine's uploader has to be started by root")
        supervisor = Supervisor(settings, state)
        logger.info("the machine's uploader is ready")
        supervisor.run()
