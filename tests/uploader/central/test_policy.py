"""Enrolment and policy: only the central that the token names is followed."""

import ssl
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import accept
from contract.protocol import EnrolmentToken
from contract.signing import key_id
from tests.uploader.central_faults import answer
from tests.uploader.false_central import NOON, TOKEN_SECRET, FalseCentral
from uploader.central import reports
from uploader.central.enrolment import ForeignCentralError, enrol
from uploader.central.policy import PolicyRefusedError, PolicySource
from uploader.link import CentralError, Link, UnreachableError


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


@pytest.fixture
def link(central: FalseCentral) -> Iterator[Link]:
    link = Link(central.url, ssl.create_default_context(), lambda: "desk-1.s")
    yield link
    link.close()


@pytest.fixture
def source(central: FalseCentral, link: Link) -> PolicySource:
    return PolicySource(link, {key_id(central.root_key): central.root_key})


def test_a_token_is_traded_for_an_identity_and_a_secret(central: FalseCentral, link: Link) -> None:
    identity, secret = enrol(link, central.url, central.token, "host", "1")
    assert central.devices[identity.device_id] == secret
    assert identity.central_url == central.url


def test_a_central_with_another_root_is_not_believed(central: FalseCentral, link: Link) -> None:
    token = EnrolmentToken("ab" * 32, TOKEN_SECRET)
    with pytest.raises(ForeignCentralError) as caught:
        enrol(link, central.url, token, "host", "1")
    assert caught.value.code == "central-foreign"


def test_a_used_up_token_is_told_as_such(central: FalseCentral, link: Link) -> None:
    token = EnrolmentToken(central.token.root_sha256, "used up")
    with pytest.raises(CentralError) as caught:
        enrol(link, central.url, token, "host", "1")
    assert caught.value.code == "not-enrolled"


def test_an_unchanged_policy_costs_a_few_bytes(central: FalseCentral, source: PolicySource) -> None:
    first = source.fetch(NOON, None)
    assert first is not None
    policy, document = first
    assert document == central.policy
    assert source.fetch(NOON, policy) is None


def test_a_new_policy_is_taken(central: FalseCentral, source: PolicySource) -> None:
    first = source.fetch(NOON, None)
    assert first is not None
    central.policy = central.new_policy(2)
    second = source.fetch(NOON, first[0])
    assert second is not None
    assert second[0].version == 2


def test_a_policy_signed_by_another_is_refused(central: FalseCentral, source: PolicySource) -> None:
    central.root = Ed25519PrivateKey.generate()
    central.policy = central.new_policy(2)
    with pytest.raises(PolicyRefusedError):
        source.fetch(NOON, None)


def test_an_expired_policy_is_not_taken(central: FalseCentral, source: PolicySource) -> None:
    central.policy = central.new_policy(2, expires=NOON - timedelta(seconds=1))
    with pytest.raises(PolicyRefusedError, match="expired"):
        source.fetch(NOON, None)


def test_an_older_policy_is_not_taken_though_it_is_signed(
    central: FalseCentral, source: PolicySource, link: Link
) -> None:
    del link
    roots = {key_id(central.root_key): central.root_key}
    newer = accept(central.new_policy(3), roots, NOON)
    with pytest.raises(PolicyRefusedError, match="version 1 after 3"):
        source.fetch(NOON, newer)


def test_the_clock_is_measured(central: FalseCentral, link: Link) -> None:
    central.ahead = timedelta(seconds=-90)
    sample = reports.clock(link)
    assert abs(sample.offset_us + 90_000_000) <= sample.round_trip_us + 1000


def test_orders_come_in_their_order(central: FalseCentral, link: Link) -> None:
    for number, order in ((7, "resume"), (5, "pause")):
        central.orders.append({"number": number, "order": order, "issued_at": NOON.isoformat()})
    central.orders.sort(key=lambda one: one["number"], reverse=True)
    orders, last = reports.orders(link, 4)
    assert [one.number for one in orders] == [5, 7]
    assert last == 5 or last == 7  # noqa: PLR1714  # as central said
    assert reports.orders(link, 6)[0][0].number == 7


@pytest.mark.parametrize("body", [b"", b"[]", b'{"orders":[{"number":1}],"last":1}', b"\xff"])
def test_orders_that_cannot_be_read_are_no_orders(
    central: FalseCentral, link: Link, body: bytes
) -> None:
    central.fail("GET", "/desk/orders", answer(200, body))
    with pytest.raises(UnreachableError):
        reports.orders(link, 0)
