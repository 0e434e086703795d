"""The registry as a layer of the configuration, as group policy and the installer write it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    import winreg
    from contextlib import suppress

    from contract.desk_config import ConfigError
    from contract.desk_layers import Layer, merged
    from uploader.desk_settings.windows import installed, of_administrators, policy

    ROOT = r"Software\TwinreelTest"
    SECTIONS = ("Central", "workspace", "upgrade", "future", "setup")

    def write(section: str, name: str, kind: int, value: str | int | list[str]) -> None:
        path = f"{ROOT}\\{section}" if section else ROOT
        access = winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY
        with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, path, 0, access) as key:
            winreg.SetValueEx(key, name, 0, kind, value)

    @pytest.fixture(autouse=True)
    def _registry() -> Iterator[None]:
        yield
        for path in (*(f"{ROOT}\\{one}" for one in SECTIONS), ROOT):
            with suppress(FileNotFoundError):
                access = winreg.KEY_WOW64_64KEY
                winreg.DeleteKeyEx(winreg.HKEY_LOCAL_MACHINE, path, access, 0)

    def test_without_a_key_nothing_is_said() -> None:
        (source,) = policy("", ROOT)
        assert (source.found, source.mistakes) == (False, ())

    def test_every_kind_of_value_is_read_whatever_its_capitals() -> None:
        write("Central", "URL", winreg.REG_SZ, "https://central.example")
        write("Central", "site_ca", winreg.REG_EXPAND_SZ, r"%SystemDrive%\ca.pem")
        write("workspace", "loopback_ports", winreg.REG_MULTI_SZ, ["8081", "8082"])
        write("workspace", "other_users", winreg.REG_DWORD, 1)
        write("upgrade", "wait_minutes", winreg.REG_DWORD, 60)
        write("", "log_level", winreg.REG_SZ, "Debug")
        write("", "language", winreg.REG_SZ, "")
        found = merged(policy("", ROOT))
        config = found.settled()
        assert config.central.url == "https://central.example"
        assert config.central.site_ca == r"C:\ca.pem"
        assert config.workspace.loopback_ports == (8081, 8082)
        assert config.workspace.other_users
        assert (config.upgrade.wait_minutes, config.log_level) == (60, "debug")
        assert found.origin("central.url").place == f"HKLM\\{ROOT}\\central"
        assert found.origin("language").layer is Layer.DEFAULT

    def test_of_a_machines_file_its_whole_text_is_read(tmp_path: Path) -> None:
        file = tmp_path / "twinreel.toml"
        with pytest.raises(FileNotFoundError):
            of_administrators(str(file))
        file.write_bytes(b"# ours\n" * 2000)
        assert of_administrators(str(file)) == b"# ours\n" * 2000

    def test_a_mistake_names_the_registry_key() -> None:
        write("Central", "url", winreg.REG_SZ, "ftp://central.example")
        with pytest.raises(ConfigError, match=r"central\.url \(policy, HKLM.*central\): "):
            merged(policy("", ROOT)).settled()

    def test_of_newer_templates_keys_are_told_and_the_installers_own_are_its_own() -> None:
        write("Central", "url", winreg.REG_SZ, "https://central.example")
        write("future", "key", winreg.REG_DWORD, 1)
        write("setup", "anything", winreg.REG_DWORD, 1)
        write("", "Version", winreg.REG_SZ, "1.0.0")
        found = merged(installed(ROOT))
        assert found.origin("central.url").layer is Layer.INSTALLER
        found.settled()
        assert [one.key for one in found.told] == ["future"]
