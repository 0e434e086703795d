import ast
import re
from pathlib import Path
from xml.etree import ElementTree as ET

from installer.windows.version_resource import version_resource

_MANIFEST = Path(__file__).parents[3] / "installer/windows/twinreel.manifest"
_SETTING = "{http://schemas.microsoft.com/SMI/2016/WindowsSettings}"


def test_windows_is_told_name_and_version() -> None:
    told = version_resource("twinreel-agent", "Twinreel", "1.2.3")
    ast.parse(told, mode="eval")
    strings = dict(re.findall(r"StringStruct\('(\w+)', '([^']*)'\)", told))
    assert strings["OriginalFilename"] == "twinreel-agent.exe"
    assert strings["FileVersion"] == strings["ProductVersion"] == "1.2.3"
    assert "filevers=(1, 2, 3, 0)" in told


def test_the_manifest_asks_for_every_monitors_own_scale_and_long_paths() -> None:
    found = ET.parse(_MANIFEST)  # noqa: S314 -- our own file
    assert found.findtext(f".//{_SETTING}dpiAwareness") == "PerMonitorV2, PerMonitor"
    assert found.findtext(f".//{_SETTING}longPathAware") == "true"


def test_nobody_is_asked_for_more_rights() -> None:
    text = _MANIFEST.read_text("utf-8")
    assert re.findall(r'level="(\w+)"', text) == ["asInvoker"]
