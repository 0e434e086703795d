"""Where the client's log goes: a rotating file in the state folder, and the terminal."""

from __future__ import annotations

import logging
import os
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from contract.desk_config import LOGS, LogLevel

logger = logging.getLogger(__name__)

_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_FILE_BYTES = 2 * 1024 * 1024
_FILES = 5


def open_logs(state_dir: Path, level: LogLevel) -> Path:
    """Log from now on; returns the file. Lines hold ids, never names, numbers or bodies."""
    folder = state_dir / LOGS
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "agent.log"
    handlers: list[logging.Handler] = [
        RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
    ]
    if sys.stderr is not None:  # a windowed program on Windows has none
        handlers.append(logging.StreamHandler())
    if sys.platform != "win32":
        os.chmod(path, 0o600)
    logging.basicConfig(format=_FORMAT, level=level.upper(), handlers=handlers, force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # its lines hold addresses
    sys.excepthook = _uncaught  # without one of ours, Qt aborts the process
    threading.excepthook = lambda what: _uncaught(
        what.exc_type, what.exc_value or what.exc_type(), what.exc_traceback
    )
    return path


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    logger.critical("nobody caught this", exc_info=(kind, error, traceback))
