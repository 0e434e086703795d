"""How this desk is, read from its state folder and, if an uploader runs, told by it."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract.canonical import utc_text
from contract.desk_config import CLOCK, IDENTITY, POLICY, SPOOL
from uploader.app.standing_file import LastStanding, last_standing
from uploader.desk import Uploads, watched
from uploader.spool import AlreadyRunningError, Spool

_ANSWER_SECONDS = 3.0


def report(state: Path, version: str) -> dict[str, Any]:
    """What IT asks first; no secret, and no personal thing. docs/it/uploader.md has the keys."""
    identity = _read(state / IDENTITY)
    policy = _read(state / POLICY)
    clock = _read(state / CLOCK)
    spool = Spool(state / SPOOL) if (state / SPOOL).is_dir() else None
    running = spool is not None and is_locked(state, spool)
    last = last_standing(state)
    live = told(state) if running else None
    return {
        "running": running,
        "by": last.by if running and last is not None else None,
        "version": version,
        "uploader_version": last.version if running and last is not None else None,
        "device_id": identity.get("device_id"),
        "central": identity.get("central_url"),
        "policy_version": dict(policy.get("body") or {}).get("version"),
        "clock_offset_us": clock.get("offset_us"),
        **_uploads(live, last),
        **_spooled(spool),
    }


def is_locked(state: Path, spool: Spool) -> bool:
    """Whether an uploader has this spool."""
    if not (state / SPOOL / "uploader.lock").exists():
        return False
    try:
        spool.lock("uploader").close()
    except AlreadyRunningError:
        return True
    return False


def told(state: Path) -> Uploads | None:
    """What the running uploader says; None if it cannot be asked."""

    async def first() -> Uploads | None:
        async with asyncio.timeout(_ANSWER_SECONDS), aclosing(watched(str(state))) as told:
            async for uploads in told:
                return uploads
        return None

    try:
        return asyncio.run(first())
    except (OSError, TimeoutError):
        return None


def _uploads(live: Uploads | None, last: LastStanding | None) -> dict[str, Any]:
    """As it is told now, else as it was last."""
    if live is not None:
        uploads, at = live, datetime.now(UTC)
    elif last is not None:
        uploads, at = last.uploads, last.at
    else:
        return dict.fromkeys(
            ("known_at", "connected", "problem", "held", "until", "sending_bytes", "sent_bytes")
        )
    return {
        "known_at": utc_text(at),
        "connected": uploads.connected_to_central,
        "problem": uploads.problem or None,
        "held": uploads.held or None,
        "until": None if uploads.until is None else utc_text(uploads.until.astimezone(UTC)),
        "sending_bytes": uploads.total or None,
        "sent_bytes": uploads.sent if uploads.total else None,
    }


def _spooled(spool: Spool | None) -> dict[str, Any]:
    if spool is None:
        nothing = {"waiting": 0, "waiting_bytes": 0, "oldest_at": None, "oldest_seconds": None}
        return {**nothing, "quarantined": 0, "quarantine": [], "spool_bytes": 0, "last_sent": None}
    waiting, aside = spool.waiting(), spool.quarantined()
    oldest = _ready_at(spool, waiting)
    age = None if oldest is None else max(0, int((datetime.now(UTC) - oldest).total_seconds()))
    sent = spool.last_sent() or {}
    return {
        "waiting": len(waiting),
        "waiting_bytes": sum(spool.size_of(one) for one in waiting),
        "oldest_at": None if oldest is None else utc_text(oldest),
        "oldest_seconds": age,
        "quarantined": len(aside),
        "quarantine": [{"recording_id": one.recording_id, "why": one.why} for one in aside],
        "spool_bytes": spool.size_bytes(),
        "last_sent": {key: sent.get(key) for key in ("recording_id", "size", "stored_at")}
        if sent
        else None,
    }


def _ready_at(spool: Spool, waiting: list[str]) -> datetime | None:
    for recording_id in waiting:
        try:
            return spool.ready_at(recording_id)
        except OSError:
            continue  # it left just now
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}
