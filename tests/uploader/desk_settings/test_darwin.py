"""Managed preferences, as a configuration profile brings them."""

import plistlib
from pathlib import Path
from typing import Any

import pytest

from contract.desk_layers import merged
from uploader.desk_settings.darwin import policy

HELD: dict[str, Any] = {
    "PayloadUUID": "0B4F",
    "log_level": "debug",
    "central": {"url": "https://central.example"},
    "workspace": {"loopback_ports": [8081], "other_users": True},
    "upgrade": {"wait_minutes": 60},
}


def write(
    folder: Path, held: dict[str, Any] | list[str], form: plistlib.PlistFormat = plistlib.FMT_XML
) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "com.twinreel.agent.plist").write_bytes(plistlib.dumps(held, fmt=form))


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_dictionaries_are_the_files_sections(tmp_path: Path, form: plistlib.PlistFormat) -> None:
    write(tmp_path, HELD, form)
    found = merged(policy("kate", str(tmp_path)))
    config = found.settled()
    assert found.told == ()
    assert config.central.url == "https://central.example"
    assert (config.workspace.loopback_ports, config.workspace.other_users) == ((8081,), True)
    assert (config.upgrade.wait_minutes, config.log_level) == (60, "debug")


def test_the_computers_profile_stands_over_the_users(tmp_path: Path) -> None:
    write(tmp_path, {"log_level": "error"})
    write(tmp_path / "kate", {**HELD, "language": "de"})
    config = merged(policy("kate", str(tmp_path))).settled()
    assert (config.log_level, config.language) == ("error", "de")


def test_without_a_profile_nothing_is_said(tmp_path: Path) -> None:
    assert not any(one.found or one.mistakes for one in policy("kate", str(tmp_path)))


@pytest.mark.parametrize("content", [b"", b"no list", b"bplist00broken", b"<plist><dict>"])
def test_what_is_no_property_list_is_a_mistake(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "com.twinreel.agent.plist").write_bytes(content)
    (found,) = policy("", str(tmp_path))
    assert [one.reason for one in found.mistakes] == ["it is no property list"]


def test_a_list_in_place_of_a_dictionary_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, ["central"])
    (found,) = policy("", str(tmp_path))
    assert found.mistakes
