"""What an administrator types becomes a policy, or is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from central.services.errors import Unusable
from central.services.policy_changes import Wishes, changed
from contract.policy import Desk, Pausing, Policy, Selection

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD = Policy(
    version=1,
    issued_at=NOON,
    expires_at=NOON,
    selection=Selection(percentage=Decimal(10), salt="s"),
    seal_to=(),
    receipt_keys=(),
)


def test_the_most_specific_percentage_wins() -> None:
    policy = changed(
        OLD,
        Wishes(
            unit_percentages=["/sales=20", "/sales/north=30.5"],
            group_percentages=["new=80", "spanish=40"],
            agent_percentages=["7=0"],
        ),
    )
    of = policy.selection.for_agent
    assert of("1", "/support") == 10
    assert of("1", "/sales/south") == 20
    assert of("1", "/sales/north/a") == Decimal("30.5")
    assert of("1", "/sales/north", ["spanish"]) == 40
    assert of("1", "/sales/north", ["spanish", "new"]) == 80
    assert of("7", "/sales/north", ["new"]) == 0


def test_a_percentage_is_replaced_and_taken_back_one_by_one() -> None:
    first = changed(OLD, Wishes(unit_percentages=["/a=1", "/b=2"], agent_percentages=["x=y=3"]))
    second = changed(first, Wishes(unit_percentages=["/a=5"], agent_percentages=["x=y=none"]))
    assert [(rule.unit, rule.percentage) for rule in second.selection.rules] == [
        ("/a", Decimal(5)),
        ("/b", Decimal(2)),
    ]


def test_switches_and_keys_are_kept_as_they_are_meant() -> None:
    policy = changed(
        OLD,
        Wishes(
            agent_may_pause="off",
            agent_may_record_now="on",
            supervisor_may_record_now="off",
            hotkey="alt+CTRL+p",
            hotkey_listener="on",
            remind_seconds=60,
            pill="on",
            notice="Calls are recorded.",
        ),
    )
    assert policy.pausing == Pausing(
        agent_may_pause=False,
        agent_may_record_now=True,
        supervisor_may_record_now=False,
        hotkey="Ctrl+Alt+P",
        hotkey_listener=True,
        remind_seconds=60,
    )
    assert (policy.desk.pill, policy.notice) == (True, "Calls are recorded.")
    again = changed(policy, Wishes(hotkey="none", notice="none"))
    assert (again.pausing.hotkey, again.notice) == ("", "")
    assert again.pausing.agent_may_pause is False  # what was not named stays


def test_a_text_to_confirm_has_a_version_of_its_own() -> None:
    policy = changed(OLD, Wishes(consent_text="Read me.", consent_version="2026-1"))
    assert policy.desk == Desk(consent_text="Read me.", consent_version="2026-1")
    renamed = changed(policy, Wishes(consent_version="2026-2"))  # all are to read it again
    assert renamed.desk.consent_text == "Read me."
    assert changed(policy, Wishes(consent_version="none")).desk == Desk()
    with pytest.raises(Unusable, match="needs another --consent-version"):
        changed(policy, Wishes(consent_text="Another text."))


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Wishes(percentage="lots"), "not a percentage"),
        (Wishes(percentage="101"), "not a percentage with two decimals"),
        (Wishes(percentage="1.234"), "two decimals"),
        (Wishes(percentage="NaN"), "not a percentage"),
        (Wishes(unit_percentages=["sales=1"]), "not a unit's path"),
        (Wishes(unit_percentages=["/sales/=1"]), "not a unit's path"),
        (Wishes(group_percentages=["new"]), "as NAME=12.5"),
        (Wishes(group_percentages=["=5"]), "as NAME=12.5"),
        (Wishes(agent_percentages=["7=many"]), "not a percentage: many"),
        (Wishes(hotkey="P"), "what people write with"),
        (Wishes(hotkey="Ctrl+Alt"), "modifier"),
        (Wishes(hotkey="Ctrl+Alt+P+Q"), "no modifier"),
        (Wishes(hotkey=""), "no key"),
        (Wishes(remind_seconds=-1), "remind_seconds"),
        (Wishes(remind_seconds=1e9), "remind_seconds"),
        (Wishes(tail_seconds=0), "tail_seconds"),
        (Wishes(consent_version="1"), "--consent-text"),
        (Wishes(consent_text="t"), "--consent-version"),
        (Wishes(consent_text="t" * 20_001, consent_version="1"), "20000 characters"),
        (Wishes(origins=["wwe.example"]), "not an origin"),
        (Wishes(origins=["https://wwe.example/path"]), "not an origin"),
        (Wishes(api_origins=["crm.example"]), "--api-origin crm.example"),
        (Wishes(api_origins=["nothing", "https://crm.example"]), "not an origin"),
        (Wishes(servers=["https://gws.example; sandbox"]), "not an origin"),
    ],
)
def test_what_cannot_be_is_refused_in_words(wishes: Wishes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        changed(OLD, wishes)


def test_origins_are_written_in_one_way() -> None:
    policy = changed(
        OLD, Wishes(origins=["https://WWE.example:8443/"], servers=["http://[::1]:80"])
    )
    assert policy.workspace.origins == ("https://wwe.example:8443",)
    assert policy.workspace.servers == ("http://[::1]:80",)
    assert changed(policy, Wishes(origins=["none"])).workspace.origins == ()


def test_pages_that_may_call_the_local_api_are_named_and_dropped() -> None:
    named = ["https://CRM.example/", "https://desk.example"]
    policy = changed(OLD, Wishes(api_origins=named))
    assert policy.workspace.api_origins == ("https://crm.example", "https://desk.example")
    assert policy.workspace.origins == OLD.workspace.origins
    assert changed(policy, Wishes(origins=["https://wwe.example"])).workspace.api_origins != ()
    assert changed(policy, Wishes(api_origins=["nothing"])).workspace.api_origins == ()
