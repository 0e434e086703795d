"""One way to central for all links: two addresses, IPv6, strangers, another network."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from contract.desk_config import CentralConfig, DeskConfig
from contract.desk_network import NetworkConfig
from tests.uploader.central_faults import answer, early_hints, said
from tests.uploader.false_central import Apply, FalseCentral, Handler
from tests.uploader.network import Authority, Door, door
from tests.uploader.recordings import contents, files, spooled
from uploader import route as shell
from uploader.core import FAIL_OVER, Server
from uploader.link import CentralError, Link
from uploader.route import Route, trust
from uploader.spool import Spool
from uploader.transport import Transport

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def failures_count_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uploader.core.route.APART", timedelta(0))


@pytest.fixture
def held() -> FalseCentral:
    """What both doors lead to."""
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    return central


@pytest.fixture
def doors(held: FalseCentral) -> Iterator[tuple[Door, Door]]:
    with door(held) as primary, door(held) as peer:
        yield primary, peer


@pytest.fixture
def route(doors: tuple[Door, Door]) -> Route:
    primary, peer = doors
    desk = DeskConfig(central=CentralConfig(url=primary.url, peer_url=peer.url))
    return Route.by(desk, trust(None), None)


@contextmanager
def linked(route: Route) -> Iterator[Link]:
    link = Link(route.urls[0], trust(None), lambda: "desk-1.s", route=route, answer_seconds=20)
    yield link
    link.close()


def code(link: Link, method: str = "GET", path: str = "/desk/policy") -> str:
    """What became of one request: "" for an answer, else the code."""
    try:
        link.ask(method, path)
    except CentralError as error:
        return error.code
    return ""


def test_the_peer_takes_over_in_mid_upload_and_each_recording_arrives_once(
    tmp_path: Path, held: FalseCentral, doors: tuple[Door, Door], route: Route
) -> None:
    primary, peer = doors
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    recordings = [spooled(spool, 3 * MIB, 70_000) for _ in range(3)]

    def dies(_handler: Handler, apply: Apply) -> None:
        apply()
        primary.shut()

    held.fail("PATCH", "/uploads/", dies, after=1)
    wanted = {one: contents(spool, one) for one in recordings}
    with linked(route) as link:
        transport = Transport(link, receipt_keys=lambda: held.receipt_keys)
        failures = 0
        while spool.waiting():
            for one in spool.waiting():
                try:
                    receipt = transport.send(one, spool.manifest_bytes(one), files(spool, one))
                    spool.forget(receipt)
                except CentralError:
                    failures += 1
                    assert failures < 20
    assert failures > 0
    assert route.server is Server.PEER
    assert {one: held.taken[one][1] for one in recordings} == wanted
    assert held.takes == dict.fromkeys(recordings, 1)
    assert peer.asked  # and what the first door had got was not sent again:
    assert held.count("PATCH", "/uploads/") < 20


def test_one_cut_connection_is_no_reason_to_leave(
    held: FalseCentral, doors: tuple[Door, Door], route: Route
) -> None:
    held.fail("GET", "/desk/policy", early_hints)
    with linked(route) as link:
        assert code(link) == "central-unreachable"
        assert code(link) == ""
    assert doors[1].asked == []


def test_central_that_asks_for_patience_or_refuses_is_not_left_for_its_peer(
    held: FalseCentral, doors: tuple[Door, Door], route: Route
) -> None:
    for status, error in ((503, "busy"), (429, "busy"), (401, "not-allowed"), (422, "unusable")):
        held.fail("GET", "/desk/policy", said(status, error), times=FAIL_OVER + 1)
        with linked(route) as link:
            for _ in range(FAIL_OVER + 1):
                assert code(link) != ""
    assert doors[1].asked == []


def test_what_stands_before_central_and_answers_in_its_place_is_left(
    held: FalseCentral, doors: tuple[Door, Door], route: Route
) -> None:
    held.fail("GET", "/desk/policy", answer(502, b"<html>Bad Gateway</html>"), times=FAIL_OVER)
    with linked(route) as link:
        for _ in range(FAIL_OVER):
            assert code(link) == "central-unwell"
        assert code(link) == ""
    assert len(doors[1].asked) == 1


def test_what_one_link_learned_counts_for_all(doors: tuple[Door, Door], route: Route) -> None:
    doors[0].shut()
    with linked(route) as one, linked(route) as another:
        for _ in range(FAIL_OVER):
            assert code(one) == "central-unreachable"
        assert code(another) == ""


def later(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    """From now on it is later, for the route."""
    monkeypatch.setattr(
        shell, "_monotonic", lambda: timedelta(seconds=time.monotonic(), minutes=minutes)
    )


def test_the_primary_gets_its_place_back_once_it_answers_well_and_not_before(
    doors: tuple[Door, Door], route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, peer = doors
    primary.shut()
    with linked(route) as link:
        for _ in range(FAIL_OVER):
            code(link)
        assert not route.probe_is_due()
        later(monkeypatch, 2)
        assert route.probe_is_due()
        route.probed(well=link.probe())
        assert not route.probe_is_due()
        primary.open()
        for minutes in (10, 20):
            later(monkeypatch, minutes)
            assert code(link) == ""  # still by the peer
            assert len(peer.asked) == minutes // 10
            route.probed(well=link.probe())
        assert route.server is Server.PRIMARY
        assert code(link) == ""
    assert len(peer.asked) == 2


def test_a_probe_is_convinced_by_central_alone(held: FalseCentral, route: Route) -> None:
    with linked(route) as link:
        assert link.probe()
        for fault in (
            answer(200, b"<html>Welcome</html>"),
            answer(200, b"{}"),
            answer(204),
            said(503, "busy"),
        ):
            held.fail("POST", "/desk/clock", fault)
            assert not link.probe()


def test_the_credential_goes_to_the_two_addresses_alone(
    held: FalseCentral, doors: tuple[Door, Door], route: Route
) -> None:
    with door(FalseCentral()) as thief, linked(route) as link:
        held.fail("GET", "/desk/policy", answer(307, Location=f"{thief.url}/desk/policy"))
        assert code(link) == "captive-portal"
        link.ask_at("GET", f"{thief.url}/desk/policy")
        link.ask_at("GET", f"//{thief.host}:{thief.port}/desk/policy")
    assert thief.asked == []
    assert len(doors[0].asked) == 3


def test_a_location_of_one_address_is_good_at_the_other_though_its_root_differs() -> None:
    desk = DeskConfig(
        central=CentralConfig(url="https://a.example/rec", peer_url="https://b.example")
    )
    route = Route.by(desk, trust(None), None)
    link = Link("https://a.example/rec", trust(None), route=route)
    assert link._moved_to("https://b.example", "/rec/uploads/1") == "https://b.example/uploads/1"
    assert link._moved_to(route.urls[0], "/uploads/1") == "https://a.example/rec/uploads/1"
    assert link._moved_to(route.urls[0], "/rec/uploads/1") == "https://a.example/rec/uploads/1"


def test_a_peer_in_the_clear_is_refused() -> None:
    route = Route(["https://a.example", "http://b.example"], *_parts())
    with pytest.raises(ValueError, match="https only"):
        Link("https://a.example", trust(None), route=route)


def _parts() -> tuple[shell.Proxies, shell.Trust]:
    return shell.Proxies(NetworkConfig(), []), shell.Trust(trust(None))


@pytest.mark.parametrize(
    "stranger",
    [
        answer(511),
        answer(200, b"<html>Sign in</html>"),
        answer(200, b"Sign in", Content_Type="text/html; charset=utf-8"),
        answer(302, Location="http://portal.example/"),
        answer(302, Location="//portal.example/"),
    ],
)
def test_a_captive_portal_is_called_one(held: FalseCentral, route: Route, stranger: object) -> None:
    held.fail("GET", "/desk/policy", stranger)  # type: ignore[arg-type]  # of three kinds
    with linked(route) as link:
        assert code(link) == "captive-portal"
        assert code(link) == ""


def test_a_redirect_within_central_is_no_portal(held: FalseCentral, route: Route) -> None:
    held.fail("GET", "/desk/policy", answer(302, Location="/elsewhere"))
    with linked(route) as link:
        assert code(link) == "central-unreachable"


def test_a_strangers_certificate_is_a_portals_on_a_new_network_and_else_a_mistake(
    held: FalseCentral, tmp_path: Path
) -> None:
    for name in ("site", "stranger"):
        (tmp_path / name).mkdir()
    site, stranger = Authority(tmp_path / "site"), Authority(tmp_path / "stranger")
    with door(held, site.server()) as central:
        desk = DeskConfig(central=CentralConfig(url=central.url, site_ca=site.pem))
        route = Route.by(desk, trust(site.pem), None)
        with linked(route) as link:
            assert code(link) == ""
            central.shut()
            central.tls = stranger.server()
            central.open()
            assert code(link) in {"central-untrusted", "central-unreachable"}  # the old connection
            assert code(link) == "central-untrusted"
            route.network_changed()
            assert code(link) == "captive-portal"
            central.shut()
            central.tls = site.server()
            central.open()
            assert code(link) == ""


def test_after_a_change_of_network_no_old_connection_is_used(
    held: FalseCentral, doors: tuple[Door, Door], route: Route
) -> None:
    with linked(route) as link:
        code(link)
        before = link._session
        code(link)
        assert link._session is before
        route.network_changed()
        code(link)
        assert link._session is not before
    del held, doors


def test_an_address_of_ipv6_leads_there(held: FalseCentral, tmp_path: Path) -> None:
    site = Authority(tmp_path)
    with door(held, site.server("::1"), host="::1") as central:
        assert central.url.startswith("https://[::1]:")
        desk = DeskConfig(central=CentralConfig(url=central.url, site_ca=site.pem))
        with linked(Route.by(desk, trust(site.pem), None)) as link:
            assert code(link) == ""


@pytest.mark.parametrize("dead", ["::1", "127.0.0.1"])
def test_a_host_with_both_families_is_reached_though_one_is_dead(
    held: FalseCentral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: str
) -> None:
    site = Authority(tmp_path)
    alive = "127.0.0.1" if dead == "::1" else "::1"
    found = socket.getaddrinfo

    def both(host: str, port: int, *rest: int, **more: int) -> list[tuple[object, ...]]:
        if host != "central.example":
            return [*found(host, port, *rest, **more)]
        return [
            *found(dead, port, type=socket.SOCK_STREAM),
            *found(alive, port, type=socket.SOCK_STREAM),
        ]

    with door(held, site.server("central.example"), host=alive) as central:
        monkeypatch.setattr(socket, "getaddrinfo", both)
        url = f"https://central.example:{central.port}"
        desk = DeskConfig(central=CentralConfig(url=url, site_ca=site.pem))
        with linked(Route.by(desk, trust(site.pem), None)) as link:
            assert code(link) == ""
