"""The package itself, as its tables tell it."""

from pathlib import Path

import pytest

from installer.windows.checks import wrong
from installer.windows.msi import BuildError, build, main
from installer.windows.tables import Tables, differences, read
from tests.installer.windows.conditions import holds
from tests.installer.windows.conftest import VERSION, needs_tools
from uploader.spool.service_account import SERVICE_NAME, service_sid


def one(tables: Tables, table: str, **where: str) -> dict[str, str]:
    (row,) = (
        row for row in tables[table] if all(row[name] == value for name, value in where.items())
    )
    return dict(row)


def happening(tables: Tables, **properties: str) -> list[str]:
    """Our own actions that are called then, in order."""
    ours = {row["Action"] for row in tables["CustomAction"]}
    rows = sorted(tables["InstallExecuteSequence"], key=lambda row: int(row["Sequence"]))
    return [
        row["Action"]
        for row in rows
        if row["Action"] in ours and holds(row["Condition"] or "A", {"A": "1", **properties})
    ]


def test_nothing_is_wrong_with_its_tables(tables: Tables) -> None:
    assert wrong(tables) == []


def test_it_is_named_by_version_and_says_it(package: Path, tables: Tables) -> None:
    assert package.name == f"Twinreel-{VERSION}-x64.msi"
    assert one(tables, "Property", Property="ProductVersion")["Value"] == VERSION


def test_it_is_for_all_users_of_a_64_bit_windows(tables: Tables) -> None:
    assert one(tables, "Property", Property="ALLUSERS")["Value"] == "1"
    condition = tables["LaunchCondition"][1]["Condition"]
    assert holds(condition, {"VersionNT64": "603", "WINDOWSBUILD": "17763"})
    assert not holds(condition, {"VersionNT64": "603", "WINDOWSBUILD": "9600"})
    assert not holds(condition, {"WINDOWSBUILD": "19045"})


def test_a_fresh_installation_does_what_is_asked_for_and_no_more(tables: Tables) -> None:
    always = ["LinksGone", "OwnData", "OwnTls", "OwnUsers", "OwnService", "ResetFile"]
    assert happening(tables) == always
    assert happening(tables, SERVICE="1")[len(always) :] == [
        "ServiceEnabled",
        "ServiceRestarts",
        "ServiceStarted",
    ]
    made = ["TaskUndone", "TaskCleared", "TaskMade", "CertificateMade"]
    assert happening(tables, CERTIFICATE="1")[len(always) :] == made


def test_what_a_user_put_into_the_folder_before_is_not_made_an_administrators(
    tables: Tables,
) -> None:
    told = {row["Action"]: row["Target"] for row in tables["CustomAction"]}
    owned = [target.split('"')[3] for target in told.values() if "/setowner" in target]
    folders = [".", "tls", "users", "service"]
    assert sorted(owned) == sorted(f"[TwinreelData]{name}" for name in folders)
    assert "rmdir" in told["LinksGone"]
    assert "LinksGone" not in happening(tables, Installed="1", REINSTALL="ALL")
    assert "LinksGone" not in happening(tables, WIX_UPGRADE_DETECTED="{...}")
    assert "LinksGone" not in happening(tables, Installed="1", REMOVE="ALL")
    assert "/s" not in told["LinksGone"].lower().split()


def test_the_client_is_called_only_where_the_programs_start_so_that_no_box_of_it_waits(
    tables: Tables,
) -> None:
    told = {row["Action"]: row["Target"] for row in tables["CustomAction"]}
    calls = {name: target for name, target in told.items() if "twinreel-agent.exe" in target}
    assert set(calls) == {
        *("MakeWayForUpgrade", "MakeWayForRemoval"),
        *("CertificateMade", "CertificateRemoved"),
    }
    for target in calls.values():
        _, looked, called = target.split(" && ")
        assert looked.startswith(r".\twinreel-uploader.exe --version")  # a console program
        assert called.startswith(r".\twinreel-agent.exe ")
    client = next(row["File"] for row in tables["File"] if "twinreel-agent.exe" in row["FileName"])
    assert client not in {row["Source"] for row in tables["CustomAction"]}


def test_programs_make_way_before_an_upgrade_a_repair_and_a_removal(tables: Tables) -> None:
    upgraded = happening(tables, REMOVE="ALL", Installed="1", UPGRADINGPRODUCTCODE="{...}")
    assert upgraded == ["MakeWayUndone", "MakeWayForUpgrade", "TaskRemoved"]
    removed = happening(tables, REMOVE="ALL", Installed="1")
    assert removed == [
        "MakeWayUndone",
        "MakeWayForRemoval",
        "TaskRemoved",
        "CertificateRemoved",
        "MakeWayDone",
    ]
    repaired = happening(tables, REINSTALL="ALL", Installed="1")
    assert repaired[:2] == ["MakeWayUndone", "MakeWayForUpgrade"]
    assert repaired[-1] == "MakeWayDone"


def test_the_newer_version_takes_the_marker_away_when_it_is_installed(tables: Tables) -> None:
    assert happening(tables, WIX_UPGRADE_DETECTED="{...}")[-1] == "MakeWayDone"


def test_what_is_not_said_again_stays(tables: Tables) -> None:
    assert "Keep_CENTRALURL" in happening(tables, KEPT_CENTRALURL="https://c.example")
    said = happening(tables, KEPT_CENTRALURL="https://c.example", CENTRALURL="https://d.example")
    assert "Keep_CENTRALURL" not in said


@pytest.mark.parametrize(
    ("given", "written"), [({}, False), ({"PORT": "8085"}, True), ({"PORT": "-"}, False)]
)
def test_only_what_is_given_is_written(
    tables: Tables,
    given: dict[str, str],
    written: bool,  # noqa: FBT001 -- what is expected
) -> None:
    condition = one(tables, "Component", Component="Set_PORT")["Condition"]
    assert holds(condition, given) is written


def test_the_client_starts_at_each_sign_in_unless_it_was_said_not_to(tables: Tables) -> None:
    condition = one(tables, "Component", Component="Autostart")["Condition"]
    assert holds(condition, {})
    assert holds(condition, {"AUTOSTART": "1"})
    assert not holds(condition, {"AUTOSTART": "0"})
    assert one(tables, "Registry", Registry="Run")["Value"] == '"[#twinreel_agent.exe]"'


def test_the_service_is_there_disabled_under_an_account_of_its_own(tables: Tables) -> None:
    row = one(tables, "ServiceInstall", Name=SERVICE_NAME)
    assert row["StartType"] == "4"
    assert row["StartName"] == f"NT SERVICE\\{SERVICE_NAME}"
    assert row["Arguments"] == "service"


def test_users_read_what_administrators_say_and_make_folders_for_themselves(
    tables: Tables,
) -> None:
    access = {row["LockObject"]: row["SDDLText"] for row in tables["MsiLockPermissionsEx"]}
    assert access["TwinreelData"].endswith("(A;OICI;0x1200a9;;;BU)")  # read and open
    assert "BU)" not in access["TwinreelService"]
    assert access["TwinreelUsers"].endswith("(A;;0x1200ad;;;BU)")  # and make a folder, here alone
    assert all(text.startswith("D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)") for text in access.values())
    assert service_sid() in access["TwinreelService"]
    assert service_sid() in access["TwinreelUsers"]


def test_two_packages_of_one_folder_say_the_same(
    bundle: Path, tables: Tables, tmp_path: Path
) -> None:
    assert list(differences(tables, read(build(bundle, tmp_path, VERSION)))) == []


def test_a_version_that_windows_cannot_compare_is_refused(bundle: Path, tmp_path: Path) -> None:
    for version in ("1.0", "1.0.0.dev1", "1.0.0-rc1", "256.0.0"):
        with pytest.raises(BuildError, match="three numbers"):
            build(bundle, tmp_path, version)


def test_without_a_windows_bundle_it_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--bundle", str(tmp_path), "--out", str(tmp_path)]) == 3
    assert "twinreel-agent.exe" in capsys.readouterr().out


def test_made_from_the_command_line(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_tools()
    assert main(["--bundle", str(bundle), "--out", str(tmp_path), "--version", "2.0.0"]) == 0
    assert "Twinreel-2.0.0-x64.msi" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["Twinreel-2.0.0-x64.msi"]
