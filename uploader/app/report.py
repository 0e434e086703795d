"""How this desk is, read from its state folder; the uploader may run or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from contract.desk_config import CLOCK, IDENTITY, POLICY, SPOOL
from uploader.spool import AlreadyRunningError, Spool


def report(state: Path) -> dict[str, Any]:
    """What IT asks first; no secret, and no personal thing."""
    identity = _read(state / IDENTITY)
    policy = _read(state / POLICY)
    clock = _read(state / CLOCK)
    spool = Spool(state / SPOOL) if (state / SPOOL).is_dir() else None
    return {
        "running": spool is not None and _is_locked(spool),
        "device_id": identity.get("device_id"),
        "central": identity.get("central_url"),
        "policy_version": dict(policy.get("body") or {}).get("version"),
        "clock_offset_us": clock.get("offset_us"),
        "waiting": 0 if spool is None else len(spool.waiting()),
        "quarantined": 0 if spool is None else len(spool.quarantined()),
        "spool_bytes": 0 if spool is None else spool.size_bytes(),
    }


def _is_locked(spool: Spool) -> bool:
    try:
        spool.lock("uploader").close()
    except AlreadyRunningError:
        return True
    return False


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}
