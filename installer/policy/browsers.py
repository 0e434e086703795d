r"""What lets Workspace's page reach the client on the same computer, for each browser and system.

Browsers ask the agent once before a page from the network may call 127.0.0.1, and a "no" keeps
Workspace from signing in. These settings answer for Workspace's page and no other:

Chrome, Edge    LoopbackNetworkAllowedForUrls (146 and newer), LocalNetworkAccessAllowedForUrls
                (139 to 145): addresses of pages
Firefox         LocalNetworkAccess, SkipDomains (151 and newer): hosts of pages

On Windows both are keys with values 1, 2, 3. Who has such a list already adds a line to it instead.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from installer.policy.apple import DOMAIN, forced, profile
from installer.policy.effect import Written, registry_file

CHROMIUM_POLICIES = ("LoopbackNetworkAllowedForUrls", "LocalNetworkAccessAllowedForUrls")
_WINDOWS = {
    "chrome": r"SOFTWARE\Policies\Google\Chrome",
    "edge": r"SOFTWARE\Policies\Microsoft\Edge",
}
_FIREFOX = r"SOFTWARE\Policies\Mozilla\Firefox\LocalNetworkAccess\SkipDomains"
_HOST = re.compile(r"^[A-Za-z0-9.-]+(:\d+)?$")
_MACOS = ("com.google.Chrome", "com.microsoft.Edge")


def origin(workspace: str) -> str:
    """The page's origin; ValueError if this is no https address of a host."""
    parts = urlsplit(workspace)
    if parts.scheme != "https" or not _HOST.match(parts.netloc):
        raise ValueError(f"{workspace}: not an address like https://workspace.example.com")
    return f"https://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def host(workspace: str) -> str:
    """The page's host."""
    return urlsplit(origin(workspace)).hostname or ""


def windows(workspace: str) -> str:
    """For `reg import`, and to copy from into a group policy."""
    written: Written = {
        (f"{key}\\{policy}", "1"): ("REG_SZ", origin(workspace))
        for key in _WINDOWS.values()
        for policy in CHROMIUM_POLICIES
    }
    written[_FIREFOX, "1"] = ("REG_SZ", host(workspace))
    return registry_file(written)


def group_policy(workspace: str) -> str:
    """PowerShell that puts the same into a group policy object."""
    lines = [
        "# Puts the browsers' permission for Workspace into a group policy object:",
        "#     .\\browsers-gpo.ps1 -Policy 'Twinreel desks'",
        "# Needs the module GroupPolicy (RSAT), and the right to edit that object.",
        "param([Parameter(Mandatory = $true)][string] $Policy)",
        "$ErrorActionPreference = 'Stop'",
    ]
    places = [
        (f"HKLM\\{key}\\{policy}", origin(workspace))
        for key in _WINDOWS.values()
        for policy in CHROMIUM_POLICIES
    ]
    for key, text in [*places, (f"HKLM\\{_FIREFOX}", host(workspace))]:
        lines.append(
            f"Set-GPRegistryValue -Name $Policy -Key '{key}' -ValueName '1' -Type String "
            f"-Value '{text}' | Out-Null"
        )
    return "\r\n".join([*lines, ""])


def macos(workspace: str) -> bytes:
    """A profile for all three."""
    chromium = {key: [origin(workspace)] for key in CHROMIUM_POLICIES}
    payloads = [forced(domain, chromium) for domain in _MACOS]
    payloads.append(
        forced("org.mozilla.firefox", {"EnterprisePoliciesEnabled": True} | _firefox(workspace))
    )
    return profile(
        f"{DOMAIN}.browsers",
        "Twinreel: browsers",
        "Lets Workspace's page reach Twinreel on the same computer without asking.",
        payloads,
    )


def linux_chromium(workspace: str) -> str:
    """For Chrome, Chromium and Edge: one file in the folder of managed policies of each."""
    return json.dumps({key: [origin(workspace)] for key in CHROMIUM_POLICIES}, indent=2) + "\n"


def linux_firefox(workspace: str) -> str:
    """policies.json: Firefox reads one, so this is for one that has none yet."""
    return json.dumps({"policies": _firefox(workspace)}, indent=2) + "\n"


def _firefox(workspace: str) -> dict[str, object]:
    return {"LocalNetworkAccess": {"SkipDomains": [host(workspace)]}}
