"""`policy`, `place-agent`: what an administrator types, and what stands there afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.central.serving import Central, Prepared


@pytest.fixture
def set_up(tmp_path: Path, prepared: Prepared) -> Central:
    """A central after its first run; it does not serve."""
    return Central(tmp_path / "data", prepared=prepared)


def said(central: Central, *command: str) -> tuple[int, str]:
    """What a command says to people, and its exit status."""
    program = central._popen(*command)
    told, _ = program.communicate(timeout=60)
    return program.returncode, told


def test_the_policy_reads_well(set_up: Central, tmp_path: Path) -> None:
    text = tmp_path / "consent.txt"
    text.write_text("Your screen is recorded in selected calls.\n")
    status, shown = said(
        set_up, "policy", "set", "--percentage", "12.5", "--unit-percentage", "/sales=30",
        "--group-percentage", "new=100", "--agent-percentage", "1234=0", "--hotkey", "ctrl+alt+p",
        "--remind", "0", "--pill", "on", "--agent-may-record-now", "on",
        "--consent-text", str(text), "--consent-version", "2026-1",
        "--origin", "https://wwe.example/",
        "--api-origin", "https://crm.example/", "--api-origin", "https://desk.example:8443",
    )  # fmt: skip
    assert status == 0
    for line in (
        "  all calls           12.5 %",
        "  unit /sales         30 %",
        "  group new           100 %",
        "  agent 1234           0 %",
        "  hotkey              Ctrl+Alt+P",
        "  reminder of a pause never",
        "  record now          agents on, supervisors on",
        "  pill                on",
        "  notice to confirm   2026-1, 42 characters",
        "  Workspace origins   https://wwe.example",
        "  local API origins   https://crm.example, https://desk.example:8443",
    ):
        assert line.split() in [one.split() for one in shown.splitlines()]
    assert said(set_up, "policy", "show") == (0, shown)
    document = set_up.run("policy", "show", "--json")
    assert document["desk"]["consent_text"] == "Your screen is recorded in selected calls."
    [entry] = [one for one in set_up.audit("policy:changed") if one["details"]["differs"]]
    assert set(entry["details"]["differs"]) == {
        "desk.consent_text", "desk.consent_version", "desk.pill", "pausing.agent_may_record_now",
        "pausing.hotkey", "pausing.remind_seconds", "selection.percentage", "selection.rules",
        "workspace.api_origins", "workspace.origins",
    }  # fmt: skip


def test_no_page_may_call_the_local_api_any_more(set_up: Central) -> None:
    set_up.run("policy", "set", "--api-origin", "https://crm.example", "--json")
    document = set_up.run("policy", "set", "--api-origin", "nothing", "--json")
    assert document["workspace"]["api_origins"] == []


def test_the_least_version_that_desks_shall_run_is_set_and_taken_back(set_up: Central) -> None:
    wanted = set_up.run("policy", "set", "--least-version", "1.2.0", "--json")
    assert wanted["least_version"] == "1.2.0"
    assert said(set_up, "policy", "set", "--least-version", "new")[0] == 1
    status, told = said(set_up, "policy", "set", "--least-version", "none")
    assert status == 0
    assert "least version       none" in told


def test_what_changes_nothing_makes_no_version(set_up: Central) -> None:
    before = set_up.run("policy", "show", "--json")["version"]
    assert set_up.run("policy", "set", "--percentage", "100", "--json")["version"] == before
    assert set_up.run("policy", "set", "--percentage", "50", "--json")["version"] == before + 1


def test_what_cannot_be_changes_nothing(set_up: Central) -> None:
    before = set_up.run("policy", "show", "--json")
    status, told = said(set_up, "policy", "set", "--percentage", "50", "--hotkey", "P")
    assert (status, told) == (1, "")
    assert set_up.run("policy", "show", "--json") == before


def test_an_agents_groups_are_replaced_and_reach_the_policy(own_central: Central) -> None:
    desk = own_central.enrol()
    own_central.run("policy", "set", "--percentage", "10", "--group-percentage", "new=80", "--json")
    placed = own_central.run(
        "place-agent", "--agent", "7", "--group", "new", "--group", "es", "--json"
    )
    assert (placed["unit"], placed["groups"]) == ("/", ["es", "new"])
    assert desk.policy().percentage_for("7") == 80
    own_central.run("place-agent", "--agent", "7", "--unit", "/sales", "--group", "es", "--json")
    policy = desk.policy()
    assert policy.agent_groups == {"7": ("es",)}
    assert policy.agent_units["7"] == "/sales"
    assert policy.percentage_for("7") == 10
    assert (
        own_central.run("place-agent", "--agent", "7", "--group", "none", "--json")["groups"] == []
    )
    assert desk.policy().agent_groups == {}
    assert [entry["subject"] for entry in own_central.audit("agent:grouped")] == ["7"] * 3


def test_an_agent_is_placed_somewhere(set_up: Central) -> None:
    assert said(set_up, "place-agent", "--agent", "7")[0] == 2


def test_when_and_how_fast_desks_send_is_set_and_shown(set_up: Central) -> None:
    status, shown = said(
        set_up, "policy", "set", "--upload-when", "windows",
        "--upload-window", "mon-fri/22:00-06:00", "--upload-window", "sat,sun/00:00-00:00",
        "--upload-rate", "2M", "--upload-rate-within", "mon-fri/08:00-18:00=500k",
        "--upload-during-calls", "off", "--upload-metered", "on", "--secret-days", "0",
        "--spool-quota", "20G",
    )  # fmt: skip
    assert status == 0
    for line in (
        "  when                windows",
        "  windows             mon-fri/22:00-06:00, sat,sun/00:00-00:00",
        "  spread              30 minutes",
        "  during calls        off",
        "  bits a second       2M",
        "  by time             mon-fri/08:00-18:00=500k",
        "  in a call           none",
        "  metered networks    on",
        "  desks' secrets      kept",
        "  quota               20G",
        "  left free           10 % or 2G",
    ):
        assert line in shown.splitlines()
    [entry] = [one for one in set_up.audit("policy:changed") if one["details"]["differs"]]
    assert {one.partition(".")[0] for one in entry["details"]["differs"]} == {
        "spooling",
        "uploading",
    }
