"""The profile about permissions."""

import plistlib
from typing import Any

import pytest

from installer.macos.permissions import NoTeamError, permissions


def _payloads(*, keys: bool = False, supervised: bool = False) -> dict[str, dict[str, Any]]:
    told = plistlib.loads(permissions("A1B2C3D4E5", keys=keys, supervised=supervised))
    assert told["PayloadType"] == "Configuration"
    return {one["PayloadType"]: one for one in told["PayloadContent"]}


def test_users_may_allow_the_screen_themselves_and_nothing_else() -> None:
    services = _payloads()["com.apple.TCC.configuration-profile-policy"]["Services"]
    assert list(services) == ["ScreenCapture"]
    (rule,) = services["ScreenCapture"]
    assert rule["Authorization"] == "AllowStandardUserToSetSystemService"
    assert rule["Identifier"] == "com.twinreel.agent"
    assert 'leaf[subject.OU] = "A1B2C3D4E5"' in rule["CodeRequirement"]


def test_the_listener_to_keys_is_asked_for_only_where_it_is_wanted() -> None:
    services = _payloads(keys=True)["com.apple.TCC.configuration-profile-policy"]["Services"]
    assert set(services) == {"ScreenCapture", "ListenEvent"}


def test_our_background_items_stay_on_if_our_team_signed_them() -> None:
    (rule,) = _payloads()["com.apple.servicemanagement"]["Rules"]
    assert (rule["RuleType"], rule["TeamIdentifier"]) == ("LabelPrefix", "A1B2C3D4E5")
    for label in ("com.twinreel.agent", "com.twinreel.uploader"):
        assert label.startswith(rule["RuleValue"])


def test_the_monthly_question_is_stopped_only_on_supervised_macs() -> None:
    assert "com.apple.applicationaccess" not in _payloads()
    told = _payloads(supervised=True)["com.apple.applicationaccess"]
    assert told["forceBypassScreenCaptureAlert"] is True


def test_the_same_profile_replaces_itself() -> None:
    one, two = (
        plistlib.loads(permissions(t, keys=False, supervised=True)) for t in ("A" * 10, "B" * 10)
    )
    ids = [{p["PayloadUUID"] for p in (told, *told["PayloadContent"])} for told in (one, two)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 5


@pytest.mark.parametrize("team", ["", "abcde12345", "ABCDE1234", "ABCDE12345/"])
def test_what_is_no_team_id_is_refused(team: str) -> None:
    with pytest.raises(NoTeamError):
        permissions(team, keys=False, supervised=False)
