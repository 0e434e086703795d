"""The profile that a management system sends first: what macOS would ask each user about.

Screen recording can be refused by a profile, never granted: Apple keeps that click for the person
at the screen. What a profile can do is let a user without administrator's rights make it, and, on
supervised Macs with macOS 15.1 or later, keep macOS from asking again each month. The rest says
that our background items stay on and that our notices are shown. All of it holds for programs
signed by one team only.
"""

from __future__ import annotations

import re
from typing import Any

from installer.macos.app import IDENTIFIER
from installer.policy.apple import payload, profile

SAMPLE_TEAM = "ABCDE12345"  # to be replaced: the ten characters of the signing team

_APPLE_SIGNED = (
    "anchor apple generic and certificate 1[field.1.2.840.113635.100.6.2.6] /* exists */ "
    "and certificate leaf[field.1.2.840.113635.100.6.1.13] /* exists */ "
    'and certificate leaf[subject.OU] = "{team}"'
)
_USER_DECIDES = "AllowStandardUserToSetSystemService"
_PRIVACY = "com.apple.TCC.configuration-profile-policy"


class NoTeamError(ValueError):
    """What was given is no Team ID."""


def permissions(team: str, *, keys: bool, supervised: bool) -> bytes:
    """A .mobileconfig. NoTeamError if `team` is no Team ID.

    `keys`: also Input Monitoring, for `pausing.hotkey_listener`; `supervised`: also against the
    monthly question, which only supervised Macs accept.
    """
    if re.fullmatch(r"[A-Z0-9]{10}", team) is None:
        raise NoTeamError(f"a Team ID has ten capital letters and digits; {team!r} is none")
    payloads = [
        _part(_PRIVACY, "privacy", "Screen recording", {"Services": _services(team, keys=keys)}),
        _part(
            "com.apple.servicemanagement",
            "background",
            "Background items",
            {
                "Rules": [
                    {
                        "RuleType": "LabelPrefix",
                        "RuleValue": "com.twinreel.",
                        "TeamIdentifier": team,
                        "Comment": "Twinreel, and the computer's uploader where it is on",
                    }
                ]
            },
        ),
        _part(
            "com.apple.notificationsettings",
            "notices",
            "Notices",
            {
                "NotificationSettings": [
                    {
                        "BundleIdentifier": IDENTIFIER,
                        "NotificationsEnabled": True,
                        "ShowInNotificationCenter": True,
                        "AlertType": 1,
                    }
                ]
            },
        ),
    ]
    if supervised:
        monthly = {"forceBypassScreenCaptureAlert": True}
        payloads.append(
            _part("com.apple.applicationaccess", "monthly", "No monthly question", monthly)
        )
    return profile(
        f"{IDENTIFIER}.permissions",
        "Twinreel: permissions",
        "Lets each user allow Twinreel to record the screen, and keeps it running.",
        payloads,
    )


def _services(team: str, *, keys: bool) -> dict[str, Any]:
    names = ("ScreenCapture", "ListenEvent") if keys else ("ScreenCapture",)
    requirement = f'identifier "{IDENTIFIER}" and {_APPLE_SIGNED.format(team=team)}'
    rule = {
        "Identifier": IDENTIFIER,
        "IdentifierType": "bundleID",
        "CodeRequirement": requirement,
        "StaticCode": False,
        "Authorization": _USER_DECIDES,
    }
    return {name: [rule] for name in names}


def _part(kind: str, word: str, title: str, content: dict[str, Any]) -> dict[str, Any]:
    return payload(kind, f"{IDENTIFIER}.permissions.{word}", title=title, content=content)
