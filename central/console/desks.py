"""What desks have told: `desks`, `decisions`, `notices`."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from central.console.saying import say, say_lines
from central.core.audit import AuditTag
from central.services import audit, decisions, notices
from central.services import desks as known
from central.services.decisions import Missing
from contract.canonical import utc_text


def list_desks(asked: Namespace) -> int:
    """`desks`."""
    audit.act(AuditTag.DESKS_SEEN, audit.OPERATOR, "desks")
    rows = known.listed()
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
        f"waiting {one['waiting']}, quarantine {one['quarantined']}, {one['problem'] or 'well'}"
        for one in found
    ]
    say(asked, {"desks": found}, "\n".join(lines) or "No desk has enrolled yet.")
    return 0


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
