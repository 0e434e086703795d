"""What policies write, and the file for the registry editor."""

import pytest

from installer.policy.admx import admx
from installer.policy.effect import Data, NotThere, Written, disabled, enabled, registry_file

_TEMPLATE = admx("0.1.0")
_POLICIES = "Software\\Policies\\Twinreel"


def test_each_kind_has_its_type_in_the_registry() -> None:
    written: Written = {}
    policies: dict[str, Data] = {
        "central_url": "https://central.example",
        "log_level": "debug",
        "upgrade_wait_minutes": "45",
        "workspace_loopback_ports": ("8081", "8082"),
    }
    for name, data in policies.items():
        written |= enabled(_TEMPLATE, name, {name: data})
    written |= enabled(_TEMPLATE, "workspace_other_users", {})
    assert written == {
        (f"{_POLICIES}\\central", "url"): ("REG_SZ", "https://central.example"),
        (_POLICIES, "log_level"): ("REG_SZ", "debug"),
        (f"{_POLICIES}\\upgrade", "wait_minutes"): ("REG_DWORD", 45),
        (f"{_POLICIES}\\workspace", "loopback_ports"): ("REG_MULTI_SZ", ("8081", "8082")),
        (f"{_POLICIES}\\workspace", "other_users"): ("REG_DWORD", 1),
    }


def test_what_the_template_does_not_offer_is_refused() -> None:
    with pytest.raises(NotThere):
        enabled(_TEMPLATE, "central_uri", {})
    with pytest.raises(NotThere):
        disabled(_TEMPLATE, "central_uri")
    with pytest.raises(NotThere):
        enabled(_TEMPLATE, "log_level", {"log_level": "chatty"})


def test_the_file_for_the_registry_escapes_and_ends_lines_as_windows_does() -> None:
    written: Written = {
        ("A", "path"): ("REG_SZ", 'C:\\"x"'),
        ("A", "ports"): ("REG_MULTI_SZ", ("80",)),
        ("B", "minutes"): ("REG_DWORD", 480),
    }
    assert registry_file(written).split("\r\n") == [
        "Windows Registry Editor Version 5.00",
        "",
        "[HKEY_LOCAL_MACHINE\\A]",
        '"path"="C:\\\\\\"x\\""',
        '"ports"=hex(7):38,00,30,00,00,00,00,00',
        "",
        "[HKEY_LOCAL_MACHINE\\B]",
        '"minutes"=dword:000001e0',
        "",
    ]
