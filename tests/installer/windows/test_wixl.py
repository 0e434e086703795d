"""What wixl is told, and what is put into the tables after it."""

from xml.etree import ElementTree as ET

import pytest

from installer.windows.payload import NAMESPACE
from installer.windows.rows import Rows, UnknownWordError
from installer.windows.wixl import apart

_FRAME = f"""
<Wix xmlns="{NAMESPACE}"><Package Name="T" Manufacturer="T" Version="1.0.0" Language="1033"
    ProductCode="P" UpgradeCode="U" Scope="perMachine" InstallerVersion="500" Compressed="yes">
  <SummaryInformation Description="T" />
  <MajorUpgrade Schedule="afterInstallInitialize" DowngradeErrorMessage="newer" />
  <StandardDirectory Id="ProgramFiles64Folder"><Directory Id="Top" Name="Top" /></StandardDirectory>
  <ComponentGroup Id="Group" Directory="Top">
    <Component Id="One" Guid="G" Condition="A = &quot;1&quot;" Transitive="yes">
      {{component}}
    </Component>
  </ComponentGroup>
  <Feature Id="Main" Title="T" Level="1"><ComponentGroupRef Id="Group" /></Feature>
  {{more}}
</Package></Wix>
"""


def queries(component: str = "", more: str = "") -> str:
    source = ET.fromstring(_FRAME.format(component=component, more=more))  # noqa: S314 -- our own text
    return "\n".join(apart([source], {}).queries)


def test_what_is_not_known_is_an_error_and_never_left_out() -> None:
    with pytest.raises(UnknownWordError, match="knows no <Environment>"):
        queries("<Environment Id='E' />")
    with pytest.raises(UnknownWordError, match="knows no Permanent of <File>"):
        queries("<File Id='F' Permanent='yes' />")


def test_an_apostrophe_is_an_error_since_the_tables_could_not_hold_it() -> None:
    with pytest.raises(UnknownWordError, match="apostrophe"):
        Rows().put("Property", Property="A", Value="it's")


def test_conditions_of_components_go_into_the_tables() -> None:
    said = queries()
    assert "UPDATE `Component` SET `Condition` = 'A = \"1\"' WHERE `Component` = 'One'" in said
    assert "UPDATE `Component` SET `Attributes` = 320 WHERE `Component` = 'One'" in said


def test_the_old_version_goes_within_the_transaction() -> None:
    assert (
        "UPDATE `InstallExecuteSequence` SET `Sequence` = 1501 "
        "WHERE `Action` = 'RemoveExistingProducts'" in queries()
    )


def test_access_to_folders_has_a_table_of_its_own() -> None:
    said = queries("<CreateFolder><PermissionEx Sddl='D:P' /></CreateFolder>")
    assert "CREATE TABLE `MsiLockPermissionsEx`" in said
    assert "VALUES ('Lock_Top', 'Top', 'CreateFolder', 'D:P')" in said


def test_secure_and_hidden_properties_are_listed() -> None:
    said = queries(more="<Property Id='TOKEN' Secure='yes' Hidden='yes' />")
    assert "VALUES ('SecureCustomProperties', 'TOKEN;WIX_DOWNGRADE" in said
    assert "VALUES ('MsiHiddenProperties', 'TOKEN')" in said


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Property='A' Value='1'", 51),
        ("FileRef='f' ExeCommand='x' Execute='deferred' Impersonate='no'", 18 + 0x400 + 0x800),
        (
            "Directory='Top' ExeCommand='x' Execute='rollback' Impersonate='no' Return='ignore'",
            34 + 0x400 + 0x100 + 0x800 + 64,
        ),
        (
            "Directory='Top' ExeCommand='x' Execute='commit' Impersonate='no'",
            34 + 0x400 + 0x200 + 0x800,
        ),
    ],
)
def test_actions_have_the_kind_that_windows_installer_knows(said: str, kind: int) -> None:
    assert f"VALUES ('Act', {kind}, " in queries(more=f"<CustomAction Id='Act' {said} />")


def test_text_that_the_system_fills_in_is_marked_so() -> None:
    said = queries(
        "<RegistryValue Id='R' Root='HKLM' Key='K' Name='N' Type='expandable' Value='%A%' />"
    )
    assert "SET `Value` = '#%%A%' WHERE `Registry` = 'R'" in said
