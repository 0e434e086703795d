import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest
import requests

from contract.canonical import utc_text
from tests.central.serving import NOON, PATIENCE, Central, Desk


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_an_unknown_token_enrols_nobody(central: Central, secret: str) -> None:
    asked = {"token": secret, "device_name": "desk", "client_version": "1"}
    answer = requests.post(central.url + "/desk/enrol", json=asked, timeout=PATIENCE)
    assert answer.status_code == 403


def test_a_token_enrols_as_many_desks_as_it_says(central: Central) -> None:
    token = central.run("enrol-token", "--uses", "2", "--json")["enrolment_token"]
    asked = {"token": token.split(".")[2], "device_name": "desk", "client_version": "1"}
    codes = [
        requests.post(central.url + "/desk/enrol", json=asked, timeout=PATIENCE).status_code
        for _ in range(3)
    ]
    assert codes == [201, 201, 403]


def test_a_malformed_enrolment_is_told_what_is_wrong(central: Central) -> None:
    answer = requests.post(central.url + "/desk/enrol", json={"token": 1}, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")


def test_what_was_revoked_lets_nobody_in(own_central: Central) -> None:
    desk, other = own_central.enrol(), own_central.enrol()
    own_central.run("revoke", "desk", desk.device_id, "--json")
    own_central.run("revoke", "import-key", "first run", "--json")
    own_central.run("revoke", "enrol-token", "first run", "--json")
    assert desk.ask("GET", "/desk/policy").status_code == 401
    assert other.ask("GET", "/desk/policy").status_code == 200
    key = {"Authorization": f"Bearer {own_central.first['import_key']}"}
    assert (
        requests.post(own_central.url + "/voice", headers=key, timeout=PATIENCE).status_code == 401
    )
    with pytest.raises(AssertionError, match="not-allowed"):
        own_central.enrol()
    tags = [line["entry"]["tag"] for line in own_central.run("audit", "export")]
    assert {"desk:revoked", "voice:import-key-revoked", "desk:token-revoked"} < set(tags)


def test_the_policy_is_signed_and_fetched_once(central: Central) -> None:
    desk = central.enrol()
    first = desk.ask("GET", "/desk/policy")
    assert desk.policy().selection.percentage >= 0
    known = {"If-None-Match": first.headers["ETag"]}
    assert desk.ask("GET", "/desk/policy", headers=known).status_code == 304


def test_a_changed_policy_is_a_new_version_and_desks_are_told(central: Central) -> None:
    desk = central.enrol()
    before = desk.policy()
    old = desk.ask("GET", "/desk/policy").headers["ETag"]
    central.run("policy", "set", "--percentage", "12.34", "--json")
    answer = desk.ask("GET", "/desk/policy", headers={"If-None-Match": old})
    assert answer.status_code == 200
    after = desk.policy()
    assert (after.selection.percentage, after.version) == (Decimal("12.34"), before.version + 1)
    assert after.selection.salt == before.selection.salt
    orders = desk.ask("GET", "/desk/orders?after=0").json()["orders"]
    assert orders[-1]["order"] == "policy-changed"


def test_an_agent_that_moves_is_in_the_next_policy(central: Central) -> None:
    central.run("place-agent", "--agent", "mover", "--unit", "/sales/north", "--json")
    assert central.enrol().policy().agent_units["mover"] == "/sales/north"


def test_the_clock_answers_with_centrals_time(central: Central) -> None:
    desk = central.enrol()
    before = time.time()
    answer = desk.ask("POST", "/desk/clock", b"{}").json()
    after = time.time()
    assert before <= answer["received_us"] / 1e6 <= answer["sent_us"] / 1e6 <= after


def test_orders_are_held_until_there_is_one(central: Central) -> None:
    desk = central.enrol()
    heard: list[requests.Response] = []
    listening = threading.Thread(
        target=lambda: heard.append(desk.ask("GET", "/desk/orders?after=0"))
    )
    listening.start()
    other = Desk(central, desk.device_id, desk.secret, desk.root)
    number = central.run("order", "pause", "--device", desk.device_id, "--json")["number"]
    listening.join(PATIENCE)
    document = heard[0].json()
    assert [one["order"] for one in document["orders"]] == ["pause"]
    assert document["last"] == number
    central.run("order", "resume", "--device", desk.device_id, "--json")
    later = other.ask("GET", f"/desk/orders?after={number}").json()
    assert [one["order"] for one in later["orders"]] == ["resume"]


def test_an_order_reaches_one_desk_only(central: Central) -> None:
    desk, other = central.enrol(), central.enrol()
    central.run("order", "pause", "--device", desk.device_id, "--json")
    central.run("order", "record-now", "--device", other.device_id, "--json")
    orders = other.ask("GET", "/desk/orders?after=0").json()["orders"]
    assert [one["order"] for one in orders] == ["record-now"]


def test_a_mask_is_reported_and_then_ended(central: Central) -> None:
    desk = central.enrol()
    mask = {"call_id": "masked", "agent_id": "a", "since": utc_text(NOON), "reason": "asked"}
    for until in (None, utc_text(NOON + timedelta(seconds=3))):
        answer = desk.session.post(
            central.url + "/desk/masks",
            json={**mask, "until": until},
            headers={"Authorization": f"Bearer {desk.device_id}.{desk.secret}"},
            timeout=PATIENCE,
        )
        assert answer.status_code == 204, answer.text
    entries = [one for one in central.audit("call:masked") if one["subject"] == "masked"]
    assert [entry["details"]["ended"] for entry in entries] == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [{"since": "2026-11-22T12:00:00"}, {"until": "2026-11-22T11:00:00Z"}, {"more": 1}],
)
def test_a_mask_that_makes_no_sense_is_refused(central: Central, wrong: dict[str, object]) -> None:
    desk = central.enrol()
    mask = {"call_id": "c", "agent_id": "a", "since": utc_text(NOON), "reason": "asked"}
    answer = desk.session.post(
        central.url + "/desk/masks",
        json={**mask, **wrong},
        headers={"Authorization": f"Bearer {desk.device_id}.{desk.secret}"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 400


def test_health_is_taken(central: Central) -> None:
    desk = central.enrol()
    health = {
        "client_version": "1",
        "agent_id": "agent42",
        "spooled": 2,
        "spooled_bytes": 10,
        "quarantined": 0,
        "problem": "",
        "clock_offset_us": -5,
    }
    answer = desk.session.post(
        central.url + "/desk/health",
        json=health,
        headers={"Authorization": f"Bearer {desk.device_id}.{desk.secret}"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 204


@pytest.mark.parametrize(
    "path", ["/desk/policy", "/desk/orders?after=0", "/recordings/x/receipt", "/uploads/x"]
)
def test_without_a_credential_nothing_is_told(central: Central, path: str) -> None:
    method = "HEAD" if path.startswith("/uploads") else "GET"
    answer = requests.request(
        method, central.url + path, headers={"Tus-Resumable": "1.0.0"}, timeout=PATIENCE
    )
    assert answer.status_code == 401


def test_what_is_not_there_is_not_found(central: Central) -> None:
    assert central.enrol().ask("GET", "/desk/nothing").status_code == 404


def test_a_desk_is_listed_as_it_reported(central: Central) -> None:
    desk = central.enrol()
    desk.session.post(
        f"{central.url}/desk/health",
        json={
            "client_version": "0.1.0",
            "agent_id": "JohnSmith",
            "spooled": 3,
            "spooled_bytes": 1000,
            "quarantined": 1,
            "problem": "no-keyring",
            "clock_offset_us": 0,
        },
        headers={"Authorization": f"Bearer {desk.device_id}.{desk.secret}"},
        timeout=60,
    ).raise_for_status()
    listed = {one["device_id"]: one for one in central.run("desks", "--json")["desks"]}
    assert listed[desk.device_id]["agent_id"] == "JohnSmith"
    assert (listed[desk.device_id]["waiting"], listed[desk.device_id]["quarantined"]) == (3, 1)
    assert listed[desk.device_id]["problem"] == "no-keyring"
    assert next(iter(listed)) == desk.device_id  # those that need somebody come first
