"""Mutual TLS: what the desk shows, and what happens when it cannot."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.desk_config import CentralConfig, DeskConfig
from contract.desk_network import NetworkConfig
from tests.uploader.false_central import FalseCentral
from tests.uploader.network import Authority, Door, Kept, door, proxy
from uploader.link import CentralError, Link
from uploader.route import Route, trust


@pytest.fixture
def site(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def central(site: Authority) -> Iterator[Door]:
    """It takes only desks that show a certificate of the site's."""
    held = FalseCentral()
    held.devices["desk-1"] = "s"
    with door(held, site.server("localhost", "127.0.0.1", asks_for=site)) as opened:
        yield opened


def link(central: Door, site: Authority, files: tuple[str, str] | None, kept: Kept) -> Link:
    certificate, key = files or (None, None)
    desk = DeskConfig(
        central=CentralConfig(url=central.url, site_ca=site.pem),
        network=NetworkConfig(proxy="none", client_certificate=certificate, client_key=key),
    )
    route = Route.by(desk, trust(site.pem), kept)
    return Link(central.url, trust(None), lambda: "desk-1.s", route=route, answer_seconds=20)


def asked(one: Link) -> str:
    """What became of one request: "" for an answer, else the code."""
    try:
        one.ask("GET", "/desk/policy")
    except CentralError as error:
        return error.code
    finally:
        one.close()
    return ""


def test_the_desk_shows_its_certificate(central: Door, site: Authority) -> None:
    assert asked(link(central, site, site.desk(), Kept())) == ""


def test_a_key_is_opened_with_the_password_from_the_keyring(central: Door, site: Authority) -> None:
    files = site.desk(password="word")
    assert asked(link(central, site, files, Kept(client_key="word"))) == ""


@pytest.mark.parametrize("kept", [Kept(), Kept(client_key="wrong"), Kept(client_key="")])
def test_a_password_that_is_missing_or_wrong_is_said_and_nobody_is_asked_on_a_terminal(
    central: Door, site: Authority, kept: Kept, capfd: pytest.CaptureFixture[str]
) -> None:
    files = site.desk(password="word")
    assert asked(link(central, site, files, kept)) == "client-key"
    assert central.asked == []
    told = capfd.readouterr()
    assert "pass phrase" not in told.out + told.err


def test_with_a_locked_keyring_uploads_wait_and_go_on_when_it_opens(
    central: Door, site: Authority
) -> None:
    kept = Kept(client_key="word")
    kept.locked = True
    one = link(central, site, site.desk(password="word"), kept)
    assert asked(one) == "keyring-locked"
    kept.locked = False
    assert asked(one) == ""


def test_a_desk_without_certificate_or_with_a_strangers_is_refused_and_told_so(
    central: Door, site: Authority, tmp_path: Path
) -> None:
    (tmp_path / "stranger").mkdir()
    stranger = Authority(tmp_path / "stranger")
    for files in (None, stranger.desk()):
        assert asked(link(central, site, files, Kept())) == "client-certificate"
    assert central.asked == []


def test_a_certificate_that_is_not_there_is_said_and_used_when_it_comes(
    central: Door, site: Authority
) -> None:
    certificate, key = site.desk()
    os.rename(key, f"{key}.away")
    one = link(central, site, (certificate, key), Kept())
    assert asked(one) == "client-key"
    os.rename(f"{key}.away", key)
    assert asked(one) == ""


def test_a_certificate_that_was_renewed_is_used_without_a_restart(
    central: Door, site: Authority, tmp_path: Path
) -> None:
    (tmp_path / "stranger").mkdir()
    stranger = Authority(tmp_path / "stranger")
    files, renewed = stranger.desk(), site.desk("renewed")
    one = link(central, site, files, Kept())
    assert asked(one) == "client-certificate"
    for old, new in zip(files, renewed, strict=True):
        os.replace(new, old)
    assert asked(one) == ""


def test_a_proxy_is_shown_no_certificate(central: Door, site: Authority) -> None:
    # It would take a certificate of the site's if one were shown, and refuses when none is.
    curious = site.server("localhost", asks_for=site)
    certificate, key = site.desk()
    with proxy(central.port, tls=curious) as way:
        desk = DeskConfig(
            central=CentralConfig(url=central.url, site_ca=site.pem),
            network=NetworkConfig(proxy=way.url, client_certificate=certificate, client_key=key),
        )
        route = Route.by(desk, trust(site.pem), None)
        assert asked(Link(central.url, trust(None), route=route, answer_seconds=20)) != ""
    assert way.heads == []
