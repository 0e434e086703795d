"""No command: run until asked to stop; with --once, try each recording once."""

from __future__ import annotations

import argparse
import contextlib
import logging
import logging.handlers
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from contract.desk_config import LOGS
from uploader.app import Uploader
from uploader.commands.exits import ALREADY_RUNNING, FAILED, OK, WAITING
from uploader.config import Settings
from uploader.make_way.waiter import leave_waiter
from uploader.spool import AlreadyRunningError, durable
from uploader.spool.ownership import own_folder
from uploader.start_failure import tell_failure

logger = logging.getLogger(__name__)

_LOG_BYTES = 1024**2
_LOG_FILES = 5
if sys.platform == "win32":
    _SESSION_ENDS = (signal.SIGTERM, signal.SIGBREAK)
else:
    _SESSION_ENDS = (signal.SIGTERM, signal.SIGHUP)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """The uploader itself."""
    try:
        log_to(settings)
        uploader = Uploader(settings)
    except AlreadyRunningError:
        print("another uploader has this spool", file=sys.stderr)
        return ALREADY_RUNNING
    except OSError as error:
        tell_failure(f"Twinreel's uploader cannot start. Its folder cannot be used: {error}")
        return FAILED

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        _apart(uploader.end)

    def sign_off(number: int, frame: FrameType | None) -> None:
        del number, frame
        for one in _SESSION_ENDS:
            signal.signal(one, end)  # who says it twice does not want to wait
        _apart(uploader.sign_off)

    signal.signal(signal.SIGINT, end)
    for one in _SESSION_ENDS:
        signal.signal(one, end if asked.once else sign_off)
    try:
        if asked.once:
            return OK if uploader.once() else WAITING
        uploader.run()
    except OSError as error:
        tell_failure(f"Twinreel's uploader ends. Its folder or socket cannot be used: {error}")
        return FAILED
    if (marker := uploader.making_way.owed) is not None:
        leave_waiter(uploader.making_way.client or _same(), marker)
    return OK


def _apart(act: Callable[[], None]) -> None:
    """For a signal's handler: what it interrupts may hold the very lock that is needed to wake it.

    So a thread waits for that lock. There is none any more when the program is at its end.
    """
    with contextlib.suppress(RuntimeError):
        threading.Thread(target=act, daemon=True).start()


def _same() -> tuple[str, ...]:
    """What starts this uploader again."""
    program = (
        (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "uploader")
    )
    return (*program, *sys.argv[1:])


def log_form() -> logging.Formatter:
    """UTC, to the millisecond."""
    form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s")
    form.converter = time.gmtime
    form.default_time_format = "%Y-%m-%dT%H:%M:%S"
    form.default_msec_format = ""
    return form


def log_to(settings: Settings, *, aloud: bool = True) -> None:
    """Log to the state folder and, `aloud`, to stderr. OSError if the folder refuses."""
    logs = settings.state / LOGS
    own_folder(settings.state)
    durable.private_folder(logs)
    to_file = logging.handlers.RotatingFileHandler(
        logs / "uploader.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
    )
    root = logging.getLogger()
    root.setLevel(settings.desk.log_level.upper())
    handlers: list[logging.Handler] = [to_file, *([logging.StreamHandler()] if aloud else [])]
    for handler in handlers:
        handler.setFormatter(log_form())
        root.addHandler(handler)
    # What other packages say below warning may hold addresses.
    for package in ("urllib3", "requests", "keyring", "asyncio"):
        logging.getLogger(package).setLevel(logging.WARNING)
    for one in settings.told:
        logger.warning("%s", one)
    for one in settings.of_user:
        logger.error("passed over: %s", one)
