"""Decisions and confirmed notices as desks tell them, kept and redone."""

from __future__ import annotations

import json
import sqlite3
import uuid
from contextlib import closing
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from contract.canonical import utc_text
from contract.protocol import Decision
from contract.selection import decide
from tests.central.serving import NOON, Central, Desk


def decision(desk: Desk, **others: object) -> Decision:
    """What this desk would decide by central's policy, but for `others`."""
    policy = desk.policy()
    call_id = f"call-{uuid.uuid4()}"
    percentage = policy.percentage_for("agent42")
    redone = decide(call_id, percentage, policy.selection.salt)
    honest = Decision(
        call_id=call_id,
        agent_id="agent42",
        at=NOON,
        selected=redone.selected,
        bucket=redone.bucket,
        percentage=percentage,
        salt=policy.selection.salt,
        policy_version=policy.version,
    )
    return msgspec.structs.replace(honest, **others)


def tell(desk: Desk, said: Decision) -> int:
    return desk.ask("POST", "/desk/decisions", msgspec.json.encode(said)).status_code


def exported(central: Central, call_id: str) -> list[dict[str, Any]]:
    program = central._popen("decisions", "export")
    told, _ = program.communicate(timeout=60)
    rows = [json.loads(line) for line in told.splitlines()]
    return [row for row in rows if row["call_id"] == call_id]


def test_a_decision_told_twice_is_kept_once_and_agrees(own_central: Central) -> None:
    desk = own_central.enrol()
    said = decision(desk)
    again = msgspec.structs.replace(said, at=NOON.replace(microsecond=7))  # by a clock set since
    assert (tell(desk, said), tell(desk, said), tell(desk, again)) == (204, 204, 204)
    [row] = exported(own_central, said.call_id)
    assert row["recomputed"] == "agrees"
    assert Decimal(row["percentage"]) == said.percentage
    assert own_central.run("decisions", "verify", "--json")["differences"] == []
    [entry] = own_central.audit("call:decided")
    assert (entry["subject"], entry["details"]["fault"]) == (said.call_id, "")


def test_a_decision_is_redone_by_the_policy_of_its_time(own_central: Central) -> None:
    desk = own_central.enrol()
    before = decision(desk)
    own_central.run("policy", "set", "--percentage", "1", "--salt", "other", "--json")
    after = decision(desk)
    assert after.policy_version > before.policy_version
    assert (tell(desk, before), tell(desk, after)) == (204, 204)
    assert own_central.run("decisions", "verify", "--json")["rc"] == 0


def test_what_a_desk_decided_wrongly_is_named(own_central: Central) -> None:
    desk = own_central.enrol()
    said = decision(desk, selected=False)  # all calls are selected
    assert tell(desk, said) == 204
    verified = own_central.run("decisions", "verify", "--json")
    assert verified["rc"] == 1
    [difference] = verified["differences"]
    assert said.call_id in difference
    [row] = exported(own_central, said.call_id)
    assert row["recomputed"] == "differs"


def test_a_row_that_somebody_changed_is_named(own_central: Central) -> None:
    desk = own_central.enrol()
    said = decision(desk)
    assert tell(desk, said) == 204
    with closing(sqlite3.connect(own_central.folder / "central.db")) as database, database:
        database.execute("UPDATE store_decision SET agent_id = 'another'")
    [difference] = own_central.run("decisions", "verify", "--json")["differences"]
    assert "not what the desk said" in difference


def test_a_selected_call_without_a_recording_is_missing(own_central: Central) -> None:
    settings = own_central._settings
    settings.write_text(settings.read_text() + "film_grace_seconds = 0\n")
    desk = own_central.enrol()
    said = decision(desk)
    assert tell(desk, said) == 204
    [missing] = own_central.run("decisions", "missing", "--json")["missing"]
    assert (missing["call_id"], missing["agent_id"]) == (said.call_id, "agent42")
    state = {"agent_id": "agent42", "call_id": said.call_id, "doing": "recording"}
    desk.ask("POST", "/desk/state", json.dumps(state).encode())
    assert own_central.run("decisions", "missing", "--json")["missing"] == []  # it goes on


@pytest.mark.parametrize(
    ("others", "status"),
    [
        ({"percentage": Decimal("12.345")}, 422),
        ({"percentage": Decimal(101)}, 422),
        ({"bucket": 10_000}, 422),
        ({"bucket": -1}, 422),
        ({"call_id": ""}, 422),
        ({"call_id": "x" * 101}, 422),
        ({"salt": "s" * 201}, 422),
        ({"policy_version": 2**40}, 422),
        ({"at": NOON.replace(tzinfo=None)}, 400),
        ({"at": NOON.replace(year=9999)}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(
    central: Central, others: dict[str, object], status: int
) -> None:
    desk = central.enrol()
    assert tell(desk, decision(desk, **others)) == status


def test_who_is_no_desk_tells_nothing(central: Central) -> None:
    desk = central.enrol()
    said = decision(desk)
    desk.secret = "wrong"
    assert tell(desk, said) == 401


def test_a_notice_is_read_once_and_can_be_looked_up(own_central: Central) -> None:
    desk = own_central.enrol()
    read = {"version": "2026-1", "agent_id": "agent42", "at": utc_text(NOON)}
    for _ in range(2):
        answer = desk.ask("POST", "/desk/notices", json.dumps(read).encode())
        assert answer.status_code == 204
    health = {
        "client_version": "1", "agent_id": "agent42", "spooled": 0, "spooled_bytes": 0,
        "quarantined": 0, "problem": "", "clock_offset_us": 0,
    }  # fmt: skip
    desk.ask("POST", "/desk/health", json.dumps(health).encode())
    [row] = own_central.run("notices", "--json")["notices"]
    assert (row["version"], row["agent_id"]) == ("2026-1", "agent42")
    [one] = own_central.run("desks", "--json")["desks"]
    assert one["notice_read"]["version"] == "2026-1"
    [entry] = own_central.audit("agent:notice-read")
    assert entry["subject"] == "agent42"


@pytest.mark.parametrize(
    "read",
    [
        {"version": "", "agent_id": "a"},
        {"version": "x" * 65, "agent_id": "a"},
        {"version": "1", "agent_id": ""},
    ],
)
def test_a_notice_that_names_nothing_is_refused(central: Central, read: dict[str, str]) -> None:
    body = json.dumps({**read, "at": utc_text(NOON)}).encode()
    assert central.enrol().ask("POST", "/desk/notices", body).status_code == 422
