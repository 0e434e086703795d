"""The loop that watches the network."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from contract.desk_config import CentralConfig, DeskConfig, Identity
from contract.desk_network import NetworkConfig
from tests.uploader.false_central import FalseCentral
from tests.uploader.network import Door, door
from uploader.app import watching
from uploader.app.standing import Board
from uploader.app.watching import Watching, own_addresses
from uploader.core import FAIL_OVER, Server
from uploader.link import CentralError, Link
from uploader.route import Proxies, Route, Trust, trust
from uploader.route.rules import RulesBrokenError


class Office:
    """A watching loop, stepped by hand, and what it sees."""

    def __init__(self, route: Route) -> None:
        self.addresses = frozenset({"10.0.0.7"})
        self.looks = 0
        self.board = Board(lambda _uploads: None)
        identity = Identity(device_id="desk-1", root_key="", central_url="")
        self.board.note(lambda standing: replace(standing, identity=identity, secret="s"))
        self.link = Link("", trust(None), lambda: "desk-1.s", route=route, answer_seconds=20)
        self.watching = Watching(
            self.link,
            board=self.board,
            stop=threading.Event(),
            look_again=self.look,
            addresses=lambda: self.addresses,
        )

    def look(self) -> None:
        self.looks += 1

    def step(self, *, was_asleep: bool = False) -> None:
        self.watching.step(was_asleep=was_asleep)


@pytest.fixture
def held() -> FalseCentral:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    return central


@pytest.fixture
def primary(held: FalseCentral) -> Iterator[Door]:
    with door(held) as opened:
        yield opened


@pytest.fixture
def peer(held: FalseCentral) -> Iterator[Door]:
    with door(held) as opened:
        yield opened


@pytest.fixture
def office(primary: Door, peer: Door) -> Iterator[Office]:
    desk = DeskConfig(central=CentralConfig(url=primary.url, peer_url=peer.url))
    made = Office(Route.by(desk, trust(None), None))
    yield made
    made.link.close()


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """This desk draws the first moment of the minute."""
    monkeypatch.setattr(watching, "_chance", lambda: 0.0)


def test_on_another_network_connections_begin_anew_and_central_is_asked_within_a_minute(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once(monkeypatch)
    network = office.link.route.leg().network
    office.step()
    assert (office.link.route.leg().network, office.looks) == (network, 0)
    office.addresses = frozenset({"10.0.0.7", "192.168.1.2"})
    office.step()
    assert (office.link.route.leg().network, office.looks) == (network + 1, 1)


def test_desks_that_wake_together_do_not_come_together(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_chance", lambda: 0.999)
    network = office.link.route.leg().network
    office.step(was_asleep=True)
    assert office.link.route.leg().network == network + 1
    office.step()
    assert office.looks == 0  # a minute is not over


def test_a_network_that_goes_away_changes_nothing_until_one_comes(office: Office) -> None:
    network = office.link.route.leg().network
    office.addresses = frozenset()
    office.step()
    assert office.link.route.leg().network == network
    office.addresses = frozenset({"10.0.0.7"})
    office.step()
    assert office.link.route.leg().network == network + 1


def test_broken_rules_are_shown_until_they_are_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = True

    def rules(at: str, urls: object, site_ca: str | None) -> dict[str, tuple[str, ...]]:
        del at, urls, site_ca
        if broken:
            raise RulesBrokenError("the proxy file takes too long")
        return {"https://central.example": ("",)}

    urls = ["https://central.example"]
    proxies = Proxies(NetworkConfig(pac_url="file:///x"), urls, ask_rules=rules)
    office = Office(Route(urls, proxies, Trust(trust(None))))
    office.step()
    assert office.board.now.problem == "pac-broken"
    broken = False
    at_once(monkeypatch)
    office.step(was_asleep=True)
    assert office.board.now.problem == ""
    office.link.close()


def test_the_primary_is_asked_and_gets_its_place_back(
    office: Office, primary: Door, peer: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary.shut()
    monkeypatch.setattr("uploader.core.route.APART", timedelta(0))
    for _ in range(FAIL_OVER):
        with pytest.raises(CentralError):
            office.link.ask("GET", "/desk/policy")
    route = office.link.route
    assert route.server is Server.PEER
    primary.open()
    long_ago = replace(route._course, hold_until=-route._course.hold_until)
    for _ in range(2):
        route._course = replace(
            long_ago, good_probes=route._course.good_probes, probe_at=-long_ago.probe_at
        )
        office.step()
    assert route.leg().server is Server.PRIMARY
    assert len(primary.asked) == 2
    assert peer.asked == []


def test_the_systems_addresses_are_read_and_nothing_is_sent() -> None:
    for address in own_addresses():
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        socket.inet_pton(family, address.partition("%")[0])
