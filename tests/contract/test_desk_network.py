"""How to get to central, as the desk's configuration says it."""

import pytest

from contract.desk_checks import parse
from contract.desk_config import ConfigError

SMALLEST = '[central]\nurl = "https://central.example"\n'


def mistakes(network: str, central: str = "") -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        parse(f"{SMALLEST}{central}\n[network]\n{network}\n")
    assert all(mistake.remedy for mistake in caught.value.mistakes)
    return {mistake.key: mistake.reason for mistake in caught.value.mistakes}


def test_without_a_section_the_systems_proxies_count() -> None:
    network = parse(SMALLEST).network
    assert network.proxy == "system"
    assert network.pac_url is None
    assert network.client_key is None


@pytest.mark.parametrize(
    "network",
    [
        'proxy = "none"',
        'proxy = "http://proxy.example:8080"\nproxy_user = "DESK"',
        'proxy = "https://[2001:db8::1]:8443"',
        'pac_url = "http://wpad.example/proxy.pac"',
        'pac_url = "file:///etc/proxy.pac"',
        'client_certificate = "/c.pem"\nclient_key = "/k.pem"',
    ],
)
def test_each_way_to_central_can_be_said(network: str) -> None:
    parse(f"{SMALLEST}[network]\n{network}\n")


@pytest.mark.parametrize(
    ("network", "key", "reason"),
    [
        ('proxy = "proxy.example"', "proxy", "no proxy's address"),
        ('proxy = "http://proxy.example"', "proxy", "no proxy's address"),
        ('proxy = "http://proxy.example:8080/x"', "proxy", "more than"),
        ('proxy = "http://proxy.example:99999"', "proxy", "no address"),
        ('proxy = "socks5://proxy.example:1080"', "proxy", "SOCKS"),
        ('proxy = "http://me:word@proxy.example:8080"', "proxy", "password"),
        ('pac_url = "ftp://x/proxy.pac"', "pac_url", "no http"),
        ('pac_url = "proxy.pac"', "pac_url", "no http"),
        ('proxy = "none"\npac_url = "http://x/proxy.pac"', "pac_url", "another way"),
        ('proxy = "none"\nproxy_user = "me"', "proxy_user", "no proxy"),
        ('proxy_user = "me:word"', "proxy_user", "no sign-in"),
        ('client_key = "/k.pem"', "client_certificate", "belong together"),
    ],
)
def test_what_cannot_be_used_is_named(network: str, key: str, reason: str) -> None:
    assert reason in mistakes(network)[f"network.{key}"]


def test_a_password_in_the_file_is_not_repeated() -> None:
    found = mistakes('proxy = "http://me:word@proxy.example:8080"')
    assert "word@" not in str(found)


def test_the_peer_is_another_address() -> None:
    assert "again" in mistakes("", 'peer_url = "https://central.example/"')["central.peer_url"]
