"""One zip that tells IT how Twinreel is on a desk, without personal data.

In it: versions and system, the configuration without secrets, names and addresses, what the policy
sets, how the screen is read, what waits in the spool, and the end of both logs (`plain_log` says
what stands of them). Not in it: agents, calls, numbers, addresses, tokens, pictures. What stands is
named here, one by one, so that what is added to the product later does not get in by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import shutil
import sys
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from agent_client.capture.diagnosis import diagnosed
from agent_client.clock_file import to_central
from agent_client.command_table import program
from agent_client.config import VERSION, Settings
from agent_client.meaning import capture_settings
from agent_client.plain_log import plain, spoken
from agent_client.policy_file import PolicyFile, Reading
from contract.desk_config import CLOCK, IDENTITY, LOGS, POLICY, SPOOL, Mistake
from contract.desk_keys import BY_NAME, KEYS, SECTIONS, Key
from contract.policy import Policy
from uploader.desk_settings import Asking, read
from uploader.spool import Spool

_LINES = 3000  # of each log
_LOGS = ("agent.log", "uploader.log")
_PACKAGES = (
    *("PyQt6", "PyQt6-Qt6", "aiohttp", "av", "cryptography", "jeepney", "keyring", "msgspec"),
    *("mss", "pynput", "python-xlib", "requests", "truststore"),
)
_SESSION = ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "QT_QPA_PLATFORM", "LANG")
_PRESENT = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SSH_CONNECTION")
_MONITORS = ("all", "primary", "workspace")
_NO_SECRETS = ("system", "none", "127.0.0.1", "::1", "localhost")  # texts that are a choice
_SCHEMES = ("http", "https", "file")
_FAILED = 1


def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int:
    """`twinreel-agent diagnostics [--out FILE]`."""
    parser = argparse.ArgumentParser(
        prog=program("diagnostics"),
        description="Saves one zip that tells how Twinreel is on this desk, without personal data.",
    )
    parser.add_argument(
        "--out", metavar="FILE", help="where to; without it, a new file in the current folder"
    )
    out = parser.parse_args(arguments).out
    settings = find()
    try:
        path = write(settings, Path.cwd()) if out is None else write_to(settings, Path(out))
    except OSError as error:
        print(f"The diagnostics cannot be saved: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return _FAILED
    print(f"Saved at {path}")  # noqa: T201
    return 0


def write(settings: Settings, folder: Path) -> Path:
    """Save the diagnostics under a new name in this folder; OSError if that is impossible."""
    now = datetime.now(UTC)
    return write_to(settings, folder / f"twinreel-diagnostics-{now:%Y%m%d-%H%M%S}.zip")


def write_to(settings: Settings, path: Path) -> Path:
    """Save the diagnostics as this file, which appears whole or not at all; OSError as above."""
    salt = secrets.token_bytes(32)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)  # somebody else's, or a link to elsewhere, where others write too
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for name, text in _contents(settings, salt):
                archive.writestr(name, text)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return path.absolute()


def _contents(settings: Settings, salt: bytes) -> Iterator[tuple[str, str]]:
    reading = PolicyFile(settings.state_dir, lambda: datetime.now(UTC)).read()
    yield "twinreel.json", _json(_program(settings))
    yield "configuration.json", _json(_configuration(settings))
    yield "policy.json", _json(_policy(reading))
    yield "screen.txt", _screen(reading, salt)
    yield "spool.json", _json(_spool(settings.state_dir, salt))
    for name in _LOGS:
        yield f"logs/{name}", _log(settings.state_dir / LOGS / name, salt)


def _json(facts: object) -> str:
    return json.dumps(facts, indent=2, ensure_ascii=False, default=str) + "\n"


def _program(settings: Settings) -> dict[str, Any]:
    offset, round_trip = to_central(settings.state_dir)
    there = {name: (settings.state_dir / name).is_file() for name in (IDENTITY, POLICY, CLOCK)}
    return {
        "twinreel": VERSION,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "frozen": bool(getattr(sys, "frozen", False)),
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "session": {name: os.environ.get(name, "") for name in _SESSION},
        "present": {name: bool(os.environ.get(name)) for name in _PRESENT},
        "time_zone_offset_minutes": _zone_minutes(),
        "central_clock_offset_seconds": offset.total_seconds(),
        "central_round_trip_seconds": round_trip.total_seconds(),
        "files": there,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _zone_minutes() -> float:
    offset = datetime.now().astimezone().utcoffset()
    return offset.total_seconds() / 60 if offset is not None else 0.0


def _configuration(settings: Settings) -> dict[str, Any]:
    """Numbers and choices as they are; of texts only whether they are there; which layer decides.

    Names of keys that there are not are left out: a person wrote them.
    """
    named = str(settings.config_file) if settings.config_file is not None else None
    asking = Asking(os.environ, str(Path.home()), named, str(settings.state_dir))
    merged = read(asking).merged
    facts: dict[str, Any] = {section: {} for section in SECTIONS}
    for key in KEYS:
        table = facts[key.section] if key.section else facts
        table[key.word] = _told(key, merged.value(key.name))
    return facts | {
        "from": {key: str(merged.origin(key).layer) for key in merged.origins},
        "mistakes": [_mistake(one) for one in (*merged.mistakes, *merged.of_user)],
        "not_known": [_mistake(one) for one in merged.told],
    }


def _told(key: Key, value: Any) -> Any:  # noqa: ANN401 -- of the key's kind
    if key.kind != "text" or value in _NO_SECRETS:
        return value
    scheme, _, rest = (value or "").partition("://")
    return f"{scheme}://…" if rest and scheme in _SCHEMES else "given" if value else "not given"


def _mistake(one: Mistake) -> str:
    ours = one.key in BY_NAME or one.key.startswith("the ")  # the file, the folder
    return f"{one.layer}: {one.key if ours else 'no key of ours'}"


def _policy(reading: Reading) -> dict[str, Any]:
    facts: dict[str, Any] = {"problem": reading.problem}
    if reading.policy is not None:
        facts |= _facts_of(reading.policy)
    return facts


def _facts_of(policy: Policy) -> dict[str, Any]:
    capture, pausing = policy.capture, policy.pausing
    monitor = capture.monitor if capture.monitor in _MONITORS else "one by its name"
    return {
        "version": policy.version,
        "issued_at": policy.issued_at,
        "expires_at": policy.expires_at,
        "percentage": policy.selection.percentage,
        "rules": len(policy.selection.rules),
        "agents_with_units": len(policy.agent_units),
        "agents_with_groups": len(policy.agent_groups),
        "limits": {
            "provisional_wrap_up_seconds": policy.limits.provisional_wrap_up_seconds,
            "tail_seconds": policy.limits.tail_seconds,
            "recording_seconds": policy.limits.recording_seconds,
            "ping_seconds": policy.limits.ping_seconds,
        },
        "capture": {
            "frames_per_second": capture.frames_per_second,
            "quantiser": capture.quantiser,
            "segment_seconds": capture.segment_seconds,
            "bits_per_second": capture.bits_per_second,
            "cpu_share": capture.cpu_share,
            "monitor": monitor,
            "method": capture.method,
            "click_marker": capture.click_marker,
            "excluded_windows": len(capture.exclude),
        },
        "pausing": {
            "agent_may_pause": pausing.agent_may_pause,
            "agent_may_record_now": pausing.agent_may_record_now,
            "hotkey": bool(pausing.hotkey),
            "hotkey_listener": pausing.hotkey_listener,
            "remind_seconds": pausing.remind_seconds,
        },
        "desk": {"pill": policy.desk.pill, "consent": bool(policy.desk.consent_version)},
        "servers": len(policy.workspace.servers),
        "origins": len(policy.workspace.origins),
        "details_keys": len(policy.details_keys),
        "seal_to": [{"from": key.not_before, "to": key.not_after} for key in policy.seal_to],
        "receipt_keys": len(policy.receipt_keys),
    }


def _screen(reading: Reading, salt: bytes) -> str:
    """As `--screen` says it, in our own words only."""
    settings = capture_settings(reading.policy, "", datetime.now(UTC))
    _, said = diagnosed(settings.screen)
    return "\n".join(spoken(line, salt) for line in said.splitlines()) + "\n"


def _spool(state: Path, salt: bytes) -> dict[str, Any]:
    spool = Spool(state / SPOOL)
    try:
        room = shutil.disk_usage(state).free
        waiting, refused = spool.waiting(), spool.quarantined()
        open_or_left, size = spool.abandoned(), spool.size_bytes()
    except OSError as error:
        return {"problem": error.strerror}
    return {
        "waiting": len(waiting),
        "open_or_left_by_a_crash": len(open_or_left),
        "set_aside": len(refused),
        "why_set_aside": Counter(spoken(one.why, salt) for one in refused),
        "bytes": size,
        "free_bytes": room,
    }


def _log(path: Path, salt: bytes) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            last = deque(file, maxlen=_LINES)
    except OSError as error:
        return f"{error.strerror}\n"
    return "".join(f"{line}\n" for line in plain((line.rstrip("\n") for line in last), salt))
