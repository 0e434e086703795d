"""What a person is told of the network between the desk and central."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.desk_config import CentralConfig, DeskConfig
from contract.desk_network import NetworkConfig
from tests.uploader.false_central import FalseCentral
from tests.uploader.network import Authority, Door, door, proxy
from uploader.probe import certificate, issued
from uploader.route import Route, trust


@pytest.fixture
def site(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def central(site: Authority) -> Iterator[Door]:
    with door(FalseCentral(), site.server("127.0.0.1", "central.example")) as opened:
        yield opened


def route(url: str, site_ca: str | None, network: NetworkConfig) -> Route:
    desk = DeskConfig(central=CentralConfig(url=url, site_ca=site_ca), network=network)
    return Route.by(desk, trust(site_ca), None)


DIRECTLY = NetworkConfig(proxy="none")


def test_a_trusted_certificate_is_told_with_who_issued_it(central: Door, site: Authority) -> None:
    found = certificate(route(central.url, site.pem, DIRECTLY).leg())
    assert found is not None
    assert found.mistrust == ""
    assert "trustme" in found.issuer
    assert found.names == ("central.example", "127.0.0.1")
    assert found.not_before < found.not_after


def test_a_certificate_that_is_not_trusted_is_told_all_the_same(central: Door) -> None:
    found = certificate(route(central.url, None, DIRECTLY).leg())
    assert found is not None
    assert "issuer" in found.mistrust
    told = issued(route(central.url, None, DIRECTLY).leg())
    assert "trustme" in told
    assert "good until 3000-01-01" in told
    assert found.mistrust in told
    assert "trustme" in found.issuer


def test_a_certificate_for_another_host_is_told(central: Door, site: Authority) -> None:
    url = central.url.replace("127.0.0.1", "localhost")
    found = certificate(route(url, site.pem, DIRECTLY).leg())
    assert found is not None
    assert "localhost" in found.mistrust or "ostname" in found.mistrust


def test_it_is_looked_at_through_the_proxy_that_requests_pass(
    central: Door, site: Authority
) -> None:
    with proxy(central.port) as way:
        network = NetworkConfig(proxy=way.url)
        found = certificate(route("https://central.example", site.pem, network).leg())
    assert found is not None
    assert found.mistrust == ""
    assert way.passed == 2
    assert central.asked == []  # a handshake, and no request


def test_where_nobody_answers_nothing_is_told(central: Door) -> None:
    central.shut()
    assert issued(route(central.url, None, DIRECTLY).leg()) == ""


def test_without_tls_there_is_none() -> None:
    assert certificate(route("http://127.0.0.1:1", None, DIRECTLY).leg()) is None
