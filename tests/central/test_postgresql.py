"""Central on PostgreSQL: a server program of this machine's own, in a folder of the test's own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import msgspec
import psycopg
import pytest
import requests

from contract.protocol import POLICY, SECRET, Decision, segment_name
from contract.selection import decide
from tests.central.serving import NOON, PATIENCE, Central, Desk, eventually, manifest_of, sealed

if sys.platform == "win32":
    pytest.skip("the cluster is started as Unix does it", allow_module_level=True)

from bench.stage.postgresql import postgresql, programs

pytestmark = pytest.mark.skipif(not programs(), reason="no PostgreSQL server is installed")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty one."""
    with postgresql("-c max_connections=40") as address:
        yield address


@pytest.fixture(scope="module")
def served(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    folder = tmp_path_factory.mktemp("postgresql") / "data"
    one = Central(folder, f'database = "{database}"\nworker_inline = false\n')
    one.start()
    yield one
    one.kill()


def _again(desk: Desk) -> Desk:
    return Desk(desk.central, desk.device_id, desk.secret, desk.root)


def test_a_desks_new_secret_takes_the_place_of_its_old_one(served: Central) -> None:
    desk, new = served.enrol(), "n" * 43
    told = {"sha256": sha256(new.encode()).hexdigest()}
    changed = Desk(served, desk.device_id, new, desk.root)
    assert changed.ask("POST", SECRET, json.dumps(told).encode()).status_code == 401
    assert desk.ask("POST", SECRET, json.dumps(told).encode()).status_code == 204
    assert desk.ask("GET", POLICY).status_code == 200  # both are let in
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(_again(changed).ask, "GET", POLICY) for _ in range(4)]
    assert [one.result().status_code for one in asked] == [200] * 4
    refused = desk.ask("GET", POLICY)
    assert (refused.status_code, refused.json()["error"]) == (401, "secret-replaced")
    assert [one["subject"] for one in served.audit("desk:secret-changed")] == [desk.device_id]


def test_what_is_asked_several_times_at_once_is_done_once(served: Central) -> None:
    desk = served.enrol()
    segments = [sealed(desk.recipients(), os.urandom(5_000)) for _ in range(2)]
    manifest = manifest_of(desk, segments)
    keys = [f"{manifest.recording_id}/{segment_name(index)}" for index in range(2)]
    with ThreadPoolExecutor(6) as pool:
        made = pool.map(lambda _: _again(desk).create(keys[0], segments[0]), range(6))
        assert len({answer.headers["Location"] for answer in made}) == 1
        for key, segment in zip(keys, segments, strict=True):
            desk.patch(desk.create(key, segment).headers["Location"], segment, 0)
        answers = list(pool.map(lambda _: _again(desk).finish(manifest), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    desk.receipt(answers[0])
    received = served.audit("recording:received")
    assert [entry["subject"] for entry in received] == [manifest.recording_id]


def test_masks_and_recordings_at_once_do_not_wait_for_each_other(served: Central) -> None:
    desk = served.enrol()
    manifests = [manifest_of(desk, [], call_id="one-call") for _ in range(8)]

    def mask(second: int) -> requests.Response:
        since = f"2026-11-22T12:00:{second:02}Z"
        body = f'{{"call_id":"one-call","agent_id":"a","since":"{since}","reason":"asked"}}'
        return _again(desk).ask("POST", "/desk/masks", body.encode())

    with ThreadPoolExecutor(8) as pool:
        taken = pool.map(lambda manifest: _again(desk).finish(manifest), manifests)
        masked = pool.map(mask, range(8))
        assert {answer.status_code for answer in taken} == {200}
        assert {answer.status_code for answer in masked} == {204}


def test_pages_leave_no_connection_behind(served: Central, database: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(
            lambda _: requests.get(f"{served.url}/sign-in", timeout=PATIENCE), "x" * 80
        )
        assert {answer.status_code for answer in asked} == {200}
    session = requests.Session()
    session.get(f"{served.url}/sign-in", timeout=PATIENCE)
    form = {
        "username": served.first["admin"],
        "password": served.first["password"],
        "csrfmiddlewaretoken": session.cookies["csrftoken"],
    }
    assert session.post(f"{served.url}/sign-in", form, timeout=PATIENCE).ok
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(lambda _: session.get(f"{served.url}/audit", timeout=PATIENCE), "x" * 80)
        assert {answer.status_code for answer in asked} == {200}
    question = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = 'central' AND pid <> pg_backend_pid()
    """
    with psycopg.connect(database) as rows:
        [count] = rows.execute(question).fetchone() or [0]
    assert count <= 12  # one for each thread that works beside Django


def test_the_audit_cannot_be_changed_and_its_chain_holds(served: Central, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as rows:
        for change in ("UPDATE store_auditentry SET tag = ''", "TRUNCATE store_auditentry"):
            with pytest.raises(psycopg.errors.RaiseException):
                rows.execute(change)
    assert served.run("check", "--depth", "hash", "--json")["faults"] == []


def test_orders_and_jobs_work_there_too(served: Central) -> None:
    desk = served.enrol()
    number = served.run("order", "pause", "--device", desk.device_id, "--json")["number"]
    assert desk.ask("GET", "/desk/orders?after=0").json()["last"] == number
    assert served.run("work", "--drain", "--json")["rc"] == 0


def test_what_was_acknowledged_is_there_after_a_kill(served: Central) -> None:
    desk = served.enrol()
    content = sealed(desk.recipients(), os.urandom(5_000))
    manifest = manifest_of(desk, [content])
    location = desk.created(f"{manifest.recording_id}/000.seg", content)
    desk.patch(location, content[:2_000], 0)
    served.kill()
    served.start()
    assert eventually(lambda: desk.offset(location)) == 2_000
    desk.patch(location, content[2_000:], 2_000)
    desk.receipt(desk.finish(manifest))


def test_decisions_groups_and_pages_work_there_too(served: Central) -> None:
    served.run("place-agent", "--agent", "a1", "--unit", "/sales", "--group", "new", "--json")
    served.run("policy", "set", "--group-percentage", "new=25", "--json")
    desk = served.enrol()
    policy = desk.policy()
    assert policy.percentage_for("a1") == 25
    redone = decide("call-1", policy.percentage_for("a1"), policy.selection.salt)
    said = Decision(
        call_id="call-1",
        agent_id="a1",
        at=NOON,
        selected=redone.selected,
        bucket=redone.bucket,
        percentage=redone.percentage,
        salt=redone.salt,
        policy_version=policy.version,
    )

    def tell(path: str, body: bytes) -> int:
        return _again(desk).ask("POST", path, body).status_code

    with ThreadPoolExecutor(6) as pool:  # told several times at once, it is kept once
        told = pool.map(lambda _: tell("/desk/decisions", msgspec.json.encode(said)), range(6))
        assert set(told) == {204}
    assert served.run("decisions", "verify", "--json")["differences"] == []
    assert len(served.audit("call:decided")) == 1
    state = b'{"agent_id":"a1","call_id":"call-1","doing":"recording"}'
    assert tell("/desk/state", state) == 204
    notice = b'{"version":"1","agent_id":"a1","at":"2026-11-22T12:00:00Z"}'
    assert tell("/desk/notices", notice) == 204
    page = requests.post(f"{served.url}/bridge/relay/v1/pair", json={"page": "p"}, timeout=PATIENCE)
    code = page.json()["code"]
    assert tell("/desk/bridge/pair", f'{{"code":"{code}"}}'.encode()) == 204
    orders = desk.ask("GET", "/desk/orders?after=0").json()["orders"]
    assert "bridge" in {one["order"] for one in orders}
