"""The uploader's command line: run, look, release."""

from __future__ import annotations

import argparse
import json
import logging
import logging.handlers
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from contract.desk_config import LOGS, SPOOL, ConfigError
from contract.manifest import ManifestError
from uploader.app import Uploader
from uploader.app.report import report
from uploader.config import Settings, load, version
from uploader.spool import AlreadyRunningError, Spool, durable

logger = logging.getLogger(__name__)

_LOG_BYTES = 1024**2
_LOG_FILES = 5
OK, WAITING, MISTAKEN, ALREADY_RUNNING, FAILED = range(5)
_EPILOG = """exit status: 0 done; 1 with --once: something waits or is in quarantine;
2 the command or the configuration is wrong; 3 another uploader has this spool; 4 the disk refuses.
Codes of problems and what to do: docs/it/uploader.md."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        settings = load(asked.config, os.environ)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return MISTAKEN
    match asked.command:
        case "status":
            return _status(settings, as_json=asked.json)
        case "list":
            return _list(settings)
        case "release":
            return _release(settings, asked.recording)
        case _:
            return _run(settings, once=asked.once)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twinreel-uploader",
        description="Carries finished recordings to central. Without a command it runs until it "
        "is asked to stop.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="the desk's config.toml; or TWINREEL_CONFIG in the environment",
    )
    parser.add_argument("--once", action="store_true", help="try each recording once, then end")
    parser.add_argument("--version", action="version", version=f"Twinreel {version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    status = command("status", "How this desk is.")
    status.add_argument("--json", action="store_true", help="print JSON, for programs")
    command("list", "What waits, and what is in quarantine with the reason.")
    release = command("release", "Send a recording in quarantine again.")
    release.add_argument("recording", metavar="ID", help="as `list` shows it")
    return parser


def _run(settings: Settings, *, once: bool) -> int:
    try:
        _log_to(settings)
        uploader = Uploader(settings)
    except AlreadyRunningError:
        print("another uploader has this spool", file=sys.stderr)
        return ALREADY_RUNNING
    except OSError as error:
        print(f"the state folder cannot be used: {error}", file=sys.stderr)
        return FAILED

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        uploader.end()

    signals = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        signals.append(signal.SIGHUP)
    for one in signals:
        signal.signal(one, end)
    if once:
        return OK if uploader.once() else WAITING
    try:
        uploader.run()
    except OSError as error:
        print(f"the desk socket cannot be made: {error}", file=sys.stderr)
        return FAILED
    return OK


def _status(settings: Settings, *, as_json: bool) -> int:
    found = report(settings.state)
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name.replace('_', ' '):20} {value}")
    return OK


def _list(settings: Settings) -> int:
    spool = _spool(settings.state)
    if spool is not None:
        for recording_id in spool.waiting():
            print(f"{recording_id} waiting")
        for one in spool.quarantined():
            print(f"{one.recording_id} quarantine: {one.why}")
    return OK


def _release(settings: Settings, recording_id: str) -> int:
    spool = _spool(settings.state)
    held = [] if spool is None else [one.recording_id for one in spool.quarantined()]
    if spool is None or recording_id not in held:
        print("no such recording is in quarantine", file=sys.stderr)
        return MISTAKEN
    try:
        spool.release(recording_id)
    except (ManifestError, OSError) as error:
        print(f"it cannot be released: {error}", file=sys.stderr)
        return FAILED
    return OK


def _spool(state: Path) -> Spool | None:
    return Spool(state / SPOOL) if (state / SPOOL).is_dir() else None


def _log_to(settings: Settings) -> None:
    logs = settings.state / LOGS
    durable.private_folder(settings.state)
    durable.private_folder(logs)
    to_file = logging.handlers.RotatingFileHandler(
        logs / "uploader.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
    )
    form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s")
    form.converter = time.gmtime
    form.default_time_format = "%Y-%m-%dT%H:%M:%S"
    form.default_msec_format = ""
    root = logging.getLogger()
    root.setLevel(settings.desk.log_level.upper())
    for handler in (to_file, logging.StreamHandler()):
        handler.setFormatter(form)
        root.addHandler(handler)
    # What other packages say below warning may hold addresses.
    for package in ("urllib3", "requests", "keyring", "asyncio"):
        logging.getLogger(package).setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
