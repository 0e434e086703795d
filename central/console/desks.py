"""What desks have told: `desks`, `decisions`, `notices`."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import datetime

from central.console.saying import say, say_lines
from central.core.audit import AuditTag
from central.services import audit, decisions, notices
from central.services import desks as known
from central.services.decisions import Missing
from central.services.errors import Unusable
from contract.canonical import utc_text
from contract.versions import is_version


def list_desks(asked: Namespace) -> int:
    """`desks`; 1 if some are older than was asked about."""
    if asked.older_than and not is_version(asked.older_than):
        raise Unusable(f"not a version: {asked.older_than}; give numbers, as 1.2.0")
    audit.act(AuditTag.DESKS_SEEN, audit.OPERATOR, "desks")
    rows = known.listed(asked.older_than)
    read = notices.of_agents({desk.agent_id for desk in rows})
    found = [
        {
            "device_id": desk.device_id,
            "name": desk.name,
            "agent_id": desk.agent_id,
            "version": desk.client_version,
            "seen_at": desk.seen_at.isoformat() if desk.seen_at else None,
            "waiting": desk.spooled_count,
            "quarantined": desk.quarantined_count,
            "problem": desk.problem,
            "notice_read": {
                "version": read[desk.agent_id].version,
                "at": utc_text(read[desk.agent_id].at),
            }
            if desk.agent_id in read
            else None,
        }
        for desk in rows
    ]
    lines = [
        f"{one['device_id']}  {one['name']:<20}  {one['agent_id'] or '-':<16}  "
        f"waiting {one['waiting']}, quarantine {one['quarantined']}, {one['problem'] or 'well'}, "
        f"version {one['version'] or '-'}, last heard {_moment(seen_at)}"
        for one, seen_at in zip(found, (desk.seen_at for desk in rows), strict=True)
    ]
    counts = known.versions()
    lines += [f"version {version or '-'}: desks {count}" for version, count in counts.items()]
    none = f"No desk is older than {asked.older_than}." if counts else "No desk has enrolled yet."
    text = "\n".join(lines) if rows else none
    say(asked, {"desks": found, "versions": counts}, text)
    return 1 if asked.older_than and rows else 0


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "never"


def show_decisions(asked: Namespace) -> int:
    """`decisions verify`, `missing` and `export`."""
    audit.act(AuditTag.DECISIONS_SEEN, audit.OPERATOR, "decisions", {"what": asked.what})
    match asked.what:
        case "verify":
            differences = list(decisions.verify())
            text = "\n".join(differences) or "Every decision agrees with its policy."
            say(asked, {"differences": differences}, text)
            return 1 if differences else 0
        case "missing":
            lost = decisions.missing()
            document = [{**asdict(one), "at": utc_text(one.at)} for one in lost]
            text = "\n".join(_missing(one) for one in lost)
            say(asked, {"missing": document}, text or "No recording is missing.")
            return 1 if lost else 0
        case _:
            say_lines(decisions.exported())
            return 0


def list_notices(asked: Namespace) -> int:
    """`notices`."""
    audit.act(AuditTag.NOTICES_SEEN, audit.OPERATOR, "notices")
    rows = list(notices.exported())
    lines = [f"{one['at']}  {one['agent_id']:<16}  {one['version']}" for one in rows]
    say(asked, {"notices": rows}, "\n".join(lines) or "No agent has confirmed a notice yet.")
    return 0


def _missing(one: Missing) -> str:
    where = f"desk {one.desk}: waiting {one.waiting}, quarantine {one.quarantined}"
    return f"{utc_text(one.at)}  {one.call_id}  {one.agent_id}  " + (
        where if one.desk else "no desk has spoken of it"
    )
