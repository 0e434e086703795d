from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from agent_client.tray.house_rules import HouseRules
from contract.policy import Desk, Pausing, Policy, Selection

POLICY = Policy(
    version=1,
    issued_at=datetime(2026, 11, 1, tzinfo=UTC),
    expires_at=datetime(2027, 1, 1, tzinfo=UTC),
    selection=Selection(percentage=Decimal(10), salt="s"),
    seal_to=(),
    receipt_keys=(),
)


def test_a_reminder_after_no_time_is_none() -> None:
    assert HouseRules.of(POLICY).remind_after == timedelta(minutes=5)
    never = msgspec.structs.replace(POLICY, pausing=Pausing(remind_seconds=0))
    assert HouseRules.of(never).remind_after is None


def test_a_notice_is_to_be_read_if_it_has_a_version_and_a_text() -> None:
    assert not HouseRules.of(POLICY).asks_consent
    asked = msgspec.structs.replace(POLICY, desk=Desk(consent_version="3", consent_text="Read."))
    assert HouseRules.of(asked).asks_consent
    assert not HouseRules(consent_version="3", consent_text=" \n").asks_consent
    assert not HouseRules(consent_text="Read.").asks_consent
