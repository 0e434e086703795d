"""The way through proxies, as the configuration or a file of rules names them."""

import logging
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread

import dukpy
import pytest

from contract.desk_config import CentralConfig, DeskConfig
from contract.desk_network import NetworkConfig
from tests.uploader.desk_program import until
from tests.uploader.false_central import FalseCentral, Handler
from tests.uploader.network import Authority, Door, Kept, door, nobody, proxy
from uploader.link import CentralError, Link
from uploader.route import Route, trust
from uploader.route.rules import RulesBrokenError, ask
from uploader.route.rules_child import Rules

if sys.platform == "win32":
    pytest.skip("processes are looked at in /proc", allow_module_level=True)
import pwd

CENTRAL = "https://central.example"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def central(site: Authority) -> Iterator[Door]:
    held = FalseCentral()
    held.devices["desk-1"] = "s"
    with door(held, site.server("central.example")) as opened:
        yield opened


def route(site: Authority, secrets: Kept | None = None, **network: str) -> Route:
    desk = DeskConfig(
        central=CentralConfig(url=CENTRAL, site_ca=site.pem), network=NetworkConfig(**network)
    )
    return Route.by(desk, trust(site.pem), secrets)


def link(by: Route) -> Link:
    return Link(
        CENTRAL, trust(None), lambda: "desk-1.s", route=by, connect_seconds=20, answer_seconds=20
    )


def asked(by: Route) -> str:
    """What became of one request: "" for an answer, else the code."""
    one = link(by)
    try:
        one.ask("GET", "/desk/policy")
    except CentralError as error:
        return error.code
    finally:
        one.close()
    return ""


def test_a_fixed_proxy_leads_to_central_and_is_told_nothing_of_the_desk(
    site: Authority, central: Door
) -> None:
    with proxy(central.port) as way:
        assert asked(route(site, proxy=way.url)) == ""
    assert way.heads[0].startswith("CONNECT central.example:443 ")
    assert "desk-1" not in "".join(way.heads)
    assert central.asked == ["Bearer desk-1.s"]


def test_a_proxy_is_spoken_to_by_tls_where_its_address_says_so(
    site: Authority, central: Door
) -> None:
    with proxy(central.port, tls=site.server("localhost")) as way:
        assert asked(route(site, proxy=way.url)) == ""
    assert way.passed == 1


def test_a_proxy_whose_certificate_is_a_strangers_leads_nowhere(
    site: Authority, central: Door, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path)
    with proxy(central.port, tls=stranger.server("localhost")) as way:
        assert asked(route(site, proxy=way.url)) == "central-untrusted"
    assert central.asked == []


def test_the_proxys_password_comes_from_the_keyring_and_goes_to_the_proxy_alone(
    site: Authority, central: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with proxy(central.port, password="DESK:open sesame") as way:
        by = route(site, Kept(proxy="open sesame"), proxy=way.url, proxy_user="DESK")
        assert asked(by) == ""
    assert "Proxy-Authorization" in way.heads[0]
    assert "open sesame" not in caplog.text
    assert "REVTSz" not in caplog.text  # how "DESK:" begins in base64
    assert "sesame" not in repr(by.leg())
    assert "REVTSz" not in repr(by.leg())


def test_a_proxy_that_is_not_satisfied_is_told_and_a_new_password_is_used_at_once(
    site: Authority, central: Door
) -> None:
    kept = Kept()
    with proxy(central.port, password="DESK:new") as way:
        by = route(site, kept, proxy=way.url, proxy_user="DESK")
        assert asked(by) == "proxy-sign-in"
        kept.secrets["proxy"] = "old"
        assert asked(by) == "proxy-sign-in"
        kept.secrets["proxy"] = "new"
        assert asked(by) == ""


def test_a_refused_sign_in_says_nothing_of_the_password(site: Authority, central: Door) -> None:
    with proxy(central.port, password="DESK:right") as way:
        by = route(site, Kept(proxy="wrong-word"), proxy=way.url, proxy_user="DESK")
        with pytest.raises(CentralError) as caught:
            link(by).ask("GET", "/desk/policy")
    error: BaseException | None = caught.value
    while error is not None:
        assert "wrong-word" not in repr(error)
        assert "REVTSz" not in repr(error)
        error = error.__cause__ or error.__context__


def test_a_locked_keyring_makes_uploads_wait_with_its_code(site: Authority, central: Door) -> None:
    kept = Kept(proxy="word")
    with proxy(central.port, password="DESK:word") as way:
        by = route(site, kept, proxy=way.url, proxy_user="DESK")
        kept.locked = True
        assert asked(by) == "keyring-locked"
        assert way.passed == 0
        kept.locked = False
        assert asked(by) == ""


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "proxy-refuses"),
        (511, "captive-portal"),
        (502, "central-unreachable"),
        (503, "central-unreachable"),
    ],
)
def test_what_a_proxy_answers_in_place_of_a_tunnel(
    site: Authority, central: Door, status: int, code: str
) -> None:
    with proxy(central.port) as way:
        way.answers = status
        assert asked(route(site, proxy=way.url)) == code


def test_a_proxy_that_is_not_there_is_told_from_a_central_that_is_not(site: Authority) -> None:
    with nobody() as port:
        assert asked(route(site, proxy=f"http://127.0.0.1:{port}")) == "proxy-unreachable"


def test_none_means_none(site: Authority, central: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(central.port) as way:
        monkeypatch.setenv("https_proxy", way.url)
        monkeypatch.delenv("no_proxy", raising=False)
        assert route(site, proxy="none").leg().way == ""
        assert asked(route(site)) == ""  # the system's
    assert way.passed == 1


def rules(folder: Path, body: str) -> str:
    """A proxy file of this text, as its address."""
    file = folder / "proxy.pac"
    file.write_text(body)
    return file.as_uri()


def for_central(ways: str) -> str:
    return (
        "function FindProxyForURL(url, host) {"
        f" if (shExpMatch(host, '*.example') && url == 'https://central.example/') return '{ways}';"
        " return 'PROXY elsewhere.example:1'; }"
    )


def test_a_proxy_file_names_the_way(site: Authority, central: Door, tmp_path: Path) -> None:
    with proxy(central.port) as way:
        address = rules(tmp_path, for_central(f"PROXY 127.0.0.1:{way.port}"))
        assert asked(route(site, pac_url=address)) == ""
    assert way.passed == 1


def test_the_next_way_of_a_proxy_file_is_taken_when_one_fails(
    site: Authority, central: Door, tmp_path: Path
) -> None:
    with nobody() as port, proxy(central.port) as way:
        said = f"SOCKS x:1; PROXY 127.0.0.1:{port}; PROXY 127.0.0.1:{way.port}"
        by = route(site, pac_url=rules(tmp_path, for_central(said)))
        assert asked(by) == "proxy-unreachable"
        assert asked(by) == ""
        assert asked(by) == ""
    assert way.passed == 2


def test_a_proxy_file_comes_by_https_from_a_server_that_the_site_trusts(
    site: Authority, central: Door, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path)
    with proxy(central.port) as way:
        body = for_central(f"PROXY 127.0.0.1:{way.port}").encode()
        for authority, said in ((site, way.url), (stranger, "")):
            held = FalseCentral()
            held.fail("GET", "/proxy.pac", lambda handler, _: handler.reply(200, body))
            with door(held, authority.server()) as server:
                by = route(site, pac_url=f"{server.url}/proxy.pac")
                assert by.leg().way == said
                assert by.rules_are_broken is (not said)
            assert server.asked in ([""], [])  # no credential


def test_rules_are_asked_again_on_another_network(site: Authority, tmp_path: Path) -> None:
    address = rules(tmp_path, for_central("PROXY a.example:1"))
    by = route(site, pac_url=address)
    assert by.leg().way == "http://a.example:1"
    rules(tmp_path, for_central("PROXY b.example:1"))
    assert by.leg().way == "http://a.example:1"
    by.network_changed()
    assert by.leg().way == "http://b.example:1"


@pytest.mark.parametrize(
    "body",
    [
        "<html>Sign in to our network</html>",
        "function FindProxyForURL(url, host) { return 'SOCKS s:1'; }",
    ],
)
def test_broken_rules_are_said_and_central_is_reached_without_them(
    site: Authority, tmp_path: Path, body: str
) -> None:
    by = route(site, pac_url=rules(tmp_path, body))
    assert by.leg().way == ""
    assert by.rules_are_broken


@pytest.mark.parametrize(
    "body",
    [
        "this is no JavaScript",
        "function FindProxyForURL(url, host) { return nobody(host); }",
        "function FindProxyForURL(url, host) { return 1; }",
        "var x = 1;",
        "",
    ],
)
def test_rules_that_fail_or_say_no_text_give_no_answer(body: str) -> None:
    with pytest.raises((dukpy.JSRuntimeError, ValueError), match=r".*"):
        Rules(body).ask("https://central.example/", "central.example")


def test_rules_may_use_the_functions_that_browsers_give_and_the_newer_entry() -> None:
    body = (
        "function FindProxyForURLEx(url, host) {"
        " if (isInNetEx('10.1.2.3', '10.0.0.0/8') && isPlainHostName('x')"
        " && dnsDomainIs(host, '.example') && !isInNet('11.0.0.1', '10.0.0.0', '255.0.0.0'))"
        " return 'PROXY right:1'; return 'DIRECT'; }"
    )
    assert Rules(body).ask("https://central.example/", "central.example") == "PROXY right:1"


def test_rules_that_are_nowhere_are_broken(site: Authority, tmp_path: Path) -> None:
    by = route(site, pac_url=(tmp_path / "missing.pac").as_uri())
    assert by.leg().way == ""
    assert by.rules_are_broken


@pytest.mark.parametrize(
    "body",
    [
        "function FindProxyForURL(url, host) { while (true) {} }",
        "var all = []; while (true) { all.push(new Array(100000).join('x')); }",
    ],
)
def test_rules_that_never_end_or_take_all_memory_are_ended(tmp_path: Path, body: str) -> None:
    began = time.monotonic()
    with pytest.raises(RulesBrokenError):
        ask(rules(tmp_path, body), [CENTRAL], None, limit_seconds=1.0)
    assert time.monotonic() - began < 30


def test_rules_that_never_finish_arriving_are_left() -> None:
    held = FalseCentral()

    def drip(handler: object, _apply: object) -> None:
        assert isinstance(handler, Handler)
        while not held.closing.wait(0.05):
            try:
                handler.wfile.write(b"H")
            except OSError:
                return

    held.fail("GET", "/proxy.pac", drip)
    with door(held) as server:
        with pytest.raises(RulesBrokenError, match="too long"):
            ask(f"{server.url}/proxy.pac", [CENTRAL], None, limit_seconds=1.5)
        held.closing.set()


def test_rules_learn_nothing_of_this_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.js"
    secret.write_text("word")
    monkeypatch.setenv("TWINREEL_SECRET", "word")
    said = "function FindProxyForURL(url, host) {{ {}; return 'DIRECT'; }}"
    for attempt in (f"require('{secret}')", f"call_python('dukpy.load_module', '{secret}')"):
        with pytest.raises(dukpy.JSRuntimeError):
            Rules(said.format(attempt)).ask("https://central.example/", "central.example")
    with pytest.raises(RulesBrokenError, match="fails"):
        ask(rules(tmp_path, said.format("process.env.TWINREEL_SECRET.length")), [CENTRAL], None)


@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root is nobody to begin with")
def test_rules_are_run_as_nobody_where_root_asks(tmp_path: Path) -> None:
    slow = "function FindProxyForURL(url, host) { while (true) {} }"
    asking = Thread(target=_asked_in_vain, args=(rules(tmp_path, slow),))
    asking.start()
    (child,) = _children()
    nobody = pwd.getpwnam("nobody").pw_uid
    until(lambda: Path(f"/proc/{child}").stat().st_uid == nobody)
    limits = Path(f"/proc/{child}/limits").read_text()
    assert re.search(r"Max cpu time +20 ", limits)  # though who asked is killed
    os.kill(child, 9)
    asking.join(60)
    looks_up = "if (dnsResolve('localhost') == '127.0.0.1') return 'PROXY right:1';"
    said = f"function FindProxyForURL(url, host) {{ {looks_up} return 'DIRECT'; }}"
    assert ask(rules(tmp_path, said), [CENTRAL], None) == {CENTRAL: ("http://right:1",)}


def _asked_in_vain(at: str) -> None:
    with pytest.raises(RulesBrokenError):
        ask(at, [CENTRAL], None, limit_seconds=60)


def test_while_rules_hang_others_are_not_held_up(site: Authority, tmp_path: Path) -> None:
    address = rules(tmp_path, for_central("PROXY a.example:1"))
    by = route(site, pac_url=address)
    by.leg()
    by._proxies._due = type(by._proxies._due)(0)  # an hour is over
    rules(tmp_path, "while (true) {}")
    by._proxies._ask = partial(ask, limit_seconds=300)
    refreshing = Thread(target=by.refresh)
    refreshing.start()
    assert by.leg().way == "http://a.example:1"
    assert refreshing.is_alive()
    for child in _children():
        os.kill(child, 9)
    refreshing.join(60)
    assert by.rules_are_broken
    assert by.leg().way == "http://a.example:1"  # the last good ones stand


def _children() -> list[int]:
    """The process that runs the rules, once it is there."""
    for _ in range(1200):
        with suppress(OSError):  # a thread or a child of ours ended while it was looked at
            found = [
                int(text)
                for task in Path(f"/proc/{os.getpid()}/task").iterdir()
                for text in (task / "children").read_text().split()
                if b"rules_child" in Path(f"/proc/{text}/cmdline").read_bytes()
            ]
            if found:
                return found
        time.sleep(0.05)
    raise AssertionError("no child came")


def test_central_on_this_machine_in_the_clear_passes_no_proxy() -> None:
    url = "http://127.0.0.1:1"
    desk = DeskConfig(
        central=CentralConfig(url=url), network=NetworkConfig(proxy="http://127.0.0.1:2")
    )
    assert Route.by(desk, trust(None), None).leg().way == ""
