"""Basic credentials, to and from a header."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.workspace.basic import Credentials, credentials


def test_credentials_survive_the_header() -> None:
    who = Credentials("Jürgen", "pass:wörd")
    assert credentials(who.header()) == who


def test_latin_1_is_read_too() -> None:
    encoded = base64.b64encode("Jürgen:geheim".encode("latin-1")).decode()
    assert credentials(f"basic {encoded}") == Credentials("Jürgen", "geheim")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer SGk6SGk=",
        "Basic " + base64.b64encode(b"nocolon").decode(),
        "Basic " + base64.b64encode(b":nobody").decode(),
        "Basic " + base64.b64encode(b"a\nb:c").decode(),
        "Basic \udcff",
    ],
)
def test_what_is_no_basic_is_none(header: str) -> None:
    assert credentials(header) is None


@given(st.text())
def test_any_header_is_read_or_none(header: str) -> None:
    assert credentials("Basic " + header) is None or ":" not in header


def test_no_repr_shows_the_password() -> None:
    assert "geheim" not in repr(Credentials("John", "geheim"))
