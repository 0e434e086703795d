from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import PURPOSE, PolicyError, Spooling, Uploading, accept, publish
from contract.signing import key_id, signed, verified
from tests.contract.make_vectors import example_policy

ROOT = Ed25519PrivateKey.generate()
ROOTS = {key_id(public := ROOT.public_key().public_bytes_raw()): public}
IN_FORCE = datetime(2026, 12, 1, tzinfo=UTC)
OVER = datetime(2026, 12, 23, tzinfo=UTC)


def test_a_desk_accepts_what_the_root_signed() -> None:
    assert accept(publish(example_policy(), ROOT), ROOTS, IN_FORCE) == example_policy()


def test_an_expired_policy_is_not_taken_but_the_last_good_one_is_kept() -> None:
    document = publish(example_policy(), ROOT)
    with pytest.raises(PolicyError, match="expired"):
        accept(document, ROOTS, OVER)
    assert accept(document, ROOTS, None).version == 3


def test_a_stranger_signs_no_policy() -> None:
    with pytest.raises(PolicyError, match="do not trust"):
        accept(publish(example_policy(), Ed25519PrivateKey.generate()), ROOTS, IN_FORCE)


def test_an_unknown_field_is_named() -> None:
    body = msgspec.to_builtins(example_policy()) | {"colour": "red"}
    with pytest.raises(PolicyError, match="colour"):
        accept(signed(PURPOSE, body, ROOT), ROOTS, IN_FORCE)


def test_a_desk_of_before_is_told_nothing_that_it_does_not_know_until_it_is_wanted() -> None:
    usual = msgspec.structs.replace(
        example_policy(), uploading=Uploading(), spooling=Spooling(quota_bytes=0)
    )
    said = verified(PURPOSE, publish(usual, ROOT), ROOTS)
    assert not {"uploading", "spooling", "least_version"} & said.keys()
    assert accept(publish(usual, ROOT), ROOTS, IN_FORCE) == usual
    other = msgspec.structs.replace(usual, spooling=Spooling(quota_bytes=1))
    assert accept(publish(other, ROOT), ROOTS, IN_FORCE) == other


def test_a_policy_without_a_key_to_seal_to_is_refused() -> None:
    keyless = msgspec.structs.replace(example_policy(), seal_to=())
    with pytest.raises(PolicyError, match="no key"):
        accept(publish(keyless, ROOT), ROOTS, IN_FORCE)


@pytest.mark.parametrize(
    ("agent", "unit", "percentage"),
    [
        ("JohnSmith", "/", "12.50"),
        ("JohnSmith", "/sales", "50"),
        ("JohnSmith", "/sales/north", "50"),
        ("JohnSmith", "/salesforce", "12.50"),
        ("JaneDoe", "/sales", "100"),
    ],
)
def test_the_most_specific_rule_wins(agent: str, unit: str, percentage: str) -> None:
    assert example_policy().selection.for_agent(agent, unit) == Decimal(percentage)


def test_an_agent_is_found_in_its_unit() -> None:
    assert example_policy().percentage_for("JohnSmith") == Decimal(50)
    assert example_policy().percentage_for("Nobody") == Decimal("12.50")
