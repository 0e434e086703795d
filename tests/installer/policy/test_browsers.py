"""The browsers' permission names Workspace's page, and no other."""

import json
import plistlib

import pytest

from installer.policy import browsers

_PAGE = "https://Workspace.company.com:8443/ui/wwe/index.html"
_ORIGIN, _HOST = "https://workspace.company.com:8443", "workspace.company.com"


def test_chromium_is_told_the_origin_and_firefox_the_host() -> None:
    told = json.loads(browsers.linux_chromium(_PAGE))
    assert told == {
        "LoopbackNetworkAllowedForUrls": [_ORIGIN],
        "LocalNetworkAccessAllowedForUrls": [_ORIGIN],
    }
    assert json.loads(browsers.linux_firefox(_PAGE)) == {
        "policies": {"LocalNetworkAccess": {"SkipDomains": [_HOST]}}
    }


def test_windows_has_a_value_for_each_browser() -> None:
    lines = browsers.windows(_PAGE).split("\r\n")
    keys = [line for line in lines if line.startswith("[")]
    assert len(keys) == len(set(keys)) == 5
    assert sum(line == f'"1"="{_ORIGIN}"' for line in lines) == 4
    assert sum(line == f'"1"="{_HOST}"' for line in lines) == 1


def test_the_group_policy_gets_the_same_values() -> None:
    script = browsers.group_policy(_PAGE)
    for line in browsers.windows(_PAGE).split("\r\n"):
        if line.startswith("["):
            assert line.strip("[]").replace("HKEY_LOCAL_MACHINE", "HKLM") in script
    assert script.count(_ORIGIN) == 4


def test_macos_forces_them_for_three_browsers() -> None:
    profile = plistlib.loads(browsers.macos(_PAGE))
    forced = {
        domain: content["Forced"][0]["mcx_preference_settings"]
        for payload in profile["PayloadContent"]
        for domain, content in payload["PayloadContent"].items()
    }
    assert forced["com.google.Chrome"] == forced["com.microsoft.Edge"]
    assert forced["com.google.Chrome"]["LoopbackNetworkAllowedForUrls"] == [_ORIGIN]
    assert forced["org.mozilla.firefox"] == {
        "EnterprisePoliciesEnabled": True,
        "LocalNetworkAccess": {"SkipDomains": [_HOST]},
    }


@pytest.mark.parametrize(
    "wrong",
    [
        "http://workspace.company.com",
        "workspace.company.com",
        "https://",
        "https://*",
        "https://user@workspace.company.com",
        "https://workspace.company.com';Remove-Item",
        "https://workspace.company.com:x",
    ],
)
def test_what_would_let_others_in_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"not an address|base 10|Port"):
        browsers.origin(wrong)
