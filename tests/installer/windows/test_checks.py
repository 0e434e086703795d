"""What the checks of the tables see."""

from collections.abc import Callable

import pytest

from installer.windows.checks import wrong


@pytest.mark.parametrize(
    ("place", "value", "where", "said"),
    [
        ("Component.Directory_", "Nowhere", {"Component": "Autostart"}, "not in Directory"),
        ("Component.Attributes", "4", {"Component": "Autostart"}, "for 32 bits"),
        ("Component.KeyPath", "EventFile", {"Component": "Autostart"}, "key path elsewhere"),
        (
            "Component.ComponentId",
            "{92F82A53-639E-4680-83C9-2648E38F3E26}",
            {"Component": "Autostart"},
            "2 components have the code",
        ),
        ("Component.Condition", "NOT (A", {"Component": "Autostart"}, "bracket is not closed"),
        ("Component.Condition", 'AUTOSTRAT = "1"', {"Component": "Autostart"}, "nothing sets"),
        ("FeatureComponents.Component_", "Data", {"Component_": "Autostart"}, "in no feature"),
        ("File.Version", "", {"File": "twinreel_agent.exe"}, "a version or a digest"),
        ("File.Sequence", "99", {"File": "twinreel_agent.exe"}, "not numbered"),
        ("File.FileName", "twinreel-agent.exe", {"File": "twinreel_agent.exe"}, "no short name"),
        ("Property.Value", "A", {"Property": "SecureCustomProperties"}, "lost on the way"),
        ("Property.Value", "A", {"Property": "MsiHiddenProperties"}, "stand in the log"),
        ("Property.Value", "2", {"Property": "ALLUSERS"}, "for one user"),
        ("CustomAction.Type", "18", {"Action": "MakeWayForRemoval"}, "without rights"),
        ("CustomAction.Target", "cmd.exe /c x", {"Action": "OwnData"}, "without quotes"),
        ("CustomAction.Action", "Lost", {"Action": "OwnData"}, "never called"),
        (
            "InstallExecuteSequence.Sequence",
            "1401",
            {"Action": "RemoveExistingProducts"},
            "InstallInitialize must come before",
        ),
        (
            "InstallExecuteSequence.Sequence",
            "3550",
            {"Action": "MakeWayForUpgrade"},
            "MakeWayForUpgrade must come before StopServices",
        ),
        (
            "InstallExecuteSequence.Sequence",
            "1510",
            {"Action": "MakeWayForUpgrade"},
            "actions have the number",
        ),
        (
            "InstallExecuteSequence.Sequence",
            "6700",
            {"Action": "MakeWayDone"},
            "outside of the transaction",
        ),
        ("Upgrade.Attributes", "1", {"ActionProperty": "WIX_UPGRADE_DETECTED"}, "same version"),
        ("Upgrade.Attributes", "0", {"ActionProperty": "WIX_DOWNGRADE_DETECTED"}, "older"),
    ],
)
def test_a_fault_in_the_tables_is_seen(
    changed: Callable[..., dict[str, list[dict[str, str]]]],
    place: str,
    value: str,
    where: dict[str, str],
    said: str,
) -> None:
    assert any(said in one for one in wrong(changed(*place.split("."), value, **where)))
