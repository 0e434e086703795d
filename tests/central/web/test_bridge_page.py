"""The page for Workspace as central sends it; what it does is tested with the client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from bench.stage.office import Central

WORKSPACE = "https://workspace.example.com"


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    central = Central(tmp_path_factory.mktemp("central"))
    central.start()
    yield central
    central.stop()


def page(central: Central) -> requests.Response:
    answer = requests.get(f"{central.url}/bridge/?ports=8080", timeout=30)
    assert answer.ok
    return answer


def test_while_the_policy_names_no_workspace_nobody_may_frame_the_page(central: Central) -> None:
    assert "frame-ancestors 'none'" in page(central).headers["Content-Security-Policy"]


def test_only_the_policys_workspace_may_frame_the_page(central: Central) -> None:
    central.command(
        "policy", "set", "--json", "--origin", WORKSPACE, "--origin", f"{WORKSPACE}:444/"
    )
    answer = page(central)
    policy = dict(
        one.strip().partition(" ")[::2]
        for one in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["frame-ancestors"] == f"{WORKSPACE} {WORKSPACE}:444"
    assert policy["script-src"] == "'self'"
    assert "http://127.0.0.1:*" in policy["connect-src"]
    assert "X-Frame-Options" not in answer.headers
    assert f'data-workspace="{WORKSPACE} {WORKSPACE}:444"' in answer.text


def test_the_page_is_public_and_starts_no_session(central: Central) -> None:
    answer = page(central)
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
    for name in ("bridge.js", "bridge-talk.js", "bridge-ways.js", "bridge-words.js", "bridge.css"):
        assert requests.get(f"{central.url}/static/web/{name}", timeout=30).ok


def test_other_pages_are_framed_by_nobody(central: Central) -> None:
    answer = requests.get(f"{central.url}/sign-in", timeout=30)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
