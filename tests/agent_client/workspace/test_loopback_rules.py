"""Who may speak to the loopback endpoint, and what a sign-in may say."""

import contextlib
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.workspace.basic import Credentials
from agent_client.workspace.doors import RefusedError
from agent_client.workspace.gws_session import SignIn
from agent_client.workspace.loopback_rules import (
    Device,
    LoopbackRules,
    Place,
    SignInAsked,
    SignOutAsked,
    admit,
    body,
    cors,
    sign_in,
)

_PAGE = "https://workspace.example.com"
_RULES = LoopbackRules(servers=("https://gws.example.com",), origins=(_PAGE,))
_PLACE = Place(8080, secure=False)
_HOST = {"Host": "127.0.0.1:8080"}
_WHO = Credentials("John", "geheim")


def _refusal(headers: dict[str, str], rules: LoopbackRules = _RULES) -> str:
    try:
        _PLACE.admit(headers.get("Host", ""))
        admit(headers, rules, without_origin=True)
    except RefusedError as error:
        return error.code if error.status == HTTPStatus.FORBIDDEN else f"status {error.status}"
    return ""


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_our_own_names_are_answered(host: str) -> None:
    assert _refusal({"Host": host, "Origin": _PAGE}) == ""


@pytest.mark.parametrize(
    "host",
    ["", "127.0.0.1", "127.0.0.1:8081", "evil.example:8080", "127.0.0.1.evil.example:8080"],
)
def test_other_names_are_not(host: str) -> None:
    assert _refusal({"Host": host, "Origin": _PAGE}) == "host-not-allowed"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "",
        "https://evil.example",
        _PAGE + ".evil.example",
        _PAGE + ":444",
        "http" + _PAGE[5:],
    ],
)
def test_pages_of_other_origins_are_refused(origin: str) -> None:
    greedy = LoopbackRules(origins=(_PAGE, "*", "null", ""))
    assert _refusal(_HOST | {"Origin": origin}, greedy) == "origin-not-allowed"


def test_a_program_needs_no_origin_but_a_page_does() -> None:
    assert _refusal(_HOST) == ""
    assert _refusal(_HOST | {"Sec-Fetch-Site": "cross-site"}) == "origin-not-allowed"
    with pytest.raises(RefusedError):
        admit(_HOST, _RULES, without_origin=False)


def test_the_usual_port_may_go_unsaid() -> None:
    Place(443, secure=True).admit("localhost")
    with pytest.raises(RefusedError):
        Place(443, secure=False).admit("localhost")


def test_an_allowed_page_may_read_the_answer() -> None:
    headers = cors({"Origin": _PAGE}, _RULES, preflight=False)
    assert headers["Access-Control-Allow-Origin"] == _PAGE
    assert headers["Vary"] == "Origin"


def test_other_pages_may_not() -> None:
    assert cors({"Origin": "https://evil.example"}, _RULES, preflight=True) == {"Vary": "Origin"}
    assert cors({}, _RULES, preflight=True) == {"Vary": "Origin"}


@pytest.mark.parametrize("network", ["Private", "Local"])
def test_a_preflight_from_the_internet_is_let_in_where_asked(network: str) -> None:
    asked = {"Origin": _PAGE, f"Access-Control-Request-{network}-Network": "true"}
    assert cors(asked, _RULES, preflight=True)[f"Access-Control-Allow-{network}-Network"] == "true"
    plain = cors({"Origin": _PAGE}, _RULES, preflight=True)
    assert not any(name.endswith("-Network") for name in plain)


def test_servers_place_and_devices_are_read_from_the_list() -> None:
    content = b"""[{"name":"server","value":"https://gws.example.com:443"},
        {"name":"peer_server","value":"https://gws2.example.com"},{"name":"place","value":"P"},
        {"name":"devices","value":[{"dn":"1","switch":"S"}]}, {"odd": true}, 7]"""
    assert body(content) == SignInAsked(
        "https://gws.example.com:443", "https://gws2.example.com", "P", (Device("1", "S"),)
    )


def test_places_and_devices_may_be_left_out_or_empty() -> None:
    assert body(b'[{"name":"place","value":null},{"name":"devices","value":""}]') == SignInAsked()
    bare = body(b'[{"name":"devices","value":[{"dn":"1","switch":null,"other":2}]}]')
    assert bare == SignInAsked(devices=(Device("1"),))


def test_no_body_names_no_server() -> None:
    assert body(b" ") == SignInAsked()


def test_the_end_of_the_session_may_be_posted() -> None:
    assert body(b'{"operationName": "EndContactCenterSession"}') == SignOutAsked()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "body-not-json"),
        (b"\xff\xfe", "body-not-json"),
        (b"[" * 60_000, "body-not-json"),
        (b"7", "body-unknown"),
        (b"{}", "body-unknown"),
        (b'{"operationName": "Dial"}', "operation-unknown"),
        (b'[{"name":"server","value":7}]', "server-no-address"),
        (b'[{"name":"server","value":"file:///etc/passwd"}]', "server-no-address"),
        (b'[{"name":"server","value":"https://a@gws.example.com"}]', "server-no-address"),
        (b'[{"name":"server","value":"https://gws.example.com/path"}]', "server-no-address"),
        (b'[{"name":"server","value":"https://gws.example.com:99999"}]', "server-no-address"),
        (b'[{"name":"place","value":["P"]}]', "place-unusable"),
        (b'[{"name":"place","value":"' + b"P" * 256 + b'"}]', "place-unusable"),
        (b'[{"name":"devices","value":"1"}]', "devices-unusable"),
        (b'[{"name":"devices","value":[{"switch":"S"}]}]', "devices-unusable"),
        (b'[{"name":"devices","value":[{"dn":1,"switch":"S"}]}]', "devices-unusable"),
        (b'[{"name":"devices","value":[{"dn":"1\\n","switch":"S"}]}]', "devices-unusable"),
        (
            b'[{"name":"devices","value":[' + b'{"dn":"1"},' * 32 + b'{"dn":"1"}]}]',
            "devices-unusable",
        ),
    ],
)
def test_bad_bodies_are_told_apart(content: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        body(content)
    assert (caught.value.status, caught.value.code) == (400, code)


@given(st.binary(max_size=64))
def test_any_body_is_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(RefusedError):
        body(content)


def test_a_server_may_be_written_with_its_port() -> None:
    wanted = sign_in(_WHO, SignInAsked("https://GWS.example.com:443/"), _RULES)
    assert wanted == SignIn("https://GWS.example.com:443/", "John", "geheim")


def test_no_server_named_means_the_first_of_the_policy() -> None:
    assert sign_in(_WHO, SignInAsked(), _RULES).server == "https://gws.example.com"


@pytest.mark.parametrize(
    "where",
    [
        SignInAsked("https://evil.example"),
        SignInAsked("http://gws.example.com"),
        SignInAsked("https://gws.example.com:444"),
        SignInAsked("https://gws.example.com", "https://evil.example"),
    ],
)
def test_a_password_goes_to_no_other_server(where: SignInAsked) -> None:
    with pytest.raises(RefusedError) as caught:
        sign_in(_WHO, where, _RULES)
    assert (caught.value.status, caught.value.code) == (403, "server-not-allowed")


def test_without_a_policy_no_page_and_no_server_is_known() -> None:
    rules = LoopbackRules.of(None)
    assert _refusal(_HOST | {"Origin": _PAGE}, rules) == "origin-not-allowed"
    with pytest.raises(RefusedError):
        sign_in(_WHO, SignInAsked("https://gws.example.com"), rules)
