"""The package's properties: each key has one, and bad values are refused."""

from typing import Any

import pytest

from contract.desk_keys import KEYS
from contract.desk_layers import Layer, Source, merged
from installer.windows.settings import Setting, fragment, refusals, settings
from tests.installer.windows.conditions import holds
from uploader.desk_settings.native import as_written

EVERY = settings()
BY_NAME = {setting.name: setting for setting in EVERY}

GOOD = {
    "CENTRALURL": (
        "https://central.example",
        "https://c.example:8443/x",
        "http://127.0.0.1:8480",
        "HTTPS://c",
    ),
    "PEERURL": ("https://central2.example",),
    "SITECA": ("C:\\ca.pem", "\\\\server\\share\\ca.pem", "D:\\a folder\\ca.pem"),
    "PROXY": ("system", "none", "http://proxy.example:8080"),
    "PACURL": ("http://proxy.example/proxy.pac", "file:///C:/proxy.pac"),
    "PROXYUSER": ("desks",),
    "CLIENTCERTIFICATE": ("C:\\desk.pem",),
    "CLIENTKEY": ("C:\\desk.key",),
    "SERVICEDIR": ("D:\\twinreel",),
    "STATEDIR": ("D:\\twinreel\\{user}",),
    "ENROLMENTTOKEN": ("TR1." + "A" * 43 + ".secret",),
    "PORT": ("8080", "8080,8443"),
    "HTTPSPORT": ("443",),
    "HTTPSCERTIFICATE": ("C:\\localhost.pem",),
    "HTTPSKEY": ("C:\\localhost.key",),
    "OTHERUSERS": ("0", "1"),
    "GWSURL": ("https://gws.example",),
    "GWSAPI": ("v2", "none", "V3"),
    "CLIENTID": ("twinreel",),
    "CLIENTSECRET": ("s3cret",),
    "UPGRADEWAIT": ("0", "480"),
    "LOGLEVEL": ("debug", "Warning"),
    "LANGUAGE": ("de",),
    "AUTOSTART": ("0", "1"),
    "SERVICE": ("1",),
    "CERTIFICATE": ("1",),
}
BAD = {
    "CENTRALURL": (
        "central.example",
        "http://central.example",
        "https://a b",
        "https://u@c",
        "ftp://c/https://",
    ),
    "PEERURL": ("https://c?x", "https://c#x"),
    "SITECA": ("ca.pem", "/etc/ca.pem"),
    "PROXY": ("socks5://x:1", "http://u:p@x:1", "proxy:8080"),
    "PACURL": ("proxy.pac",),
    "ENROLMENTTOKEN": ("secret", "tr1.a.b", "TR1.a b.c"),
    "STATEDIR": ("twinreel",),
    "PORT": ("no", "0", "65536", "80.5"),
    "UPGRADEWAIT": ("481", "-1", "soon"),
    "LOGLEVEL": ("loud", "debugging"),
    "AUTOSTART": ("yes", "2"),
    "OTHERUSERS": ("true",),
    "PROXYUSER": ("#desks",),
    "CLIENTSECRET": ("#secret",),
}


def refused(setting: Setting, value: str) -> list[str]:
    """What is said against it."""
    return [
        launch.get("Message", "")
        for launch in refusals(setting)
        if not holds(launch.get("Condition", ""), {setting.name: value})
    ]


def test_every_key_that_has_a_property_is_set_by_the_package() -> None:
    assert [setting.name for setting in EVERY[: -len(("AUTOSTART", "SERVICE", "CERTIFICATE"))]] == [
        key.msi_property for key in KEYS if key.msi_property
    ]
    assert set(GOOD) == set(BY_NAME)  # and is tried below


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_is_taken(name: str) -> None:
    assert [refused(BY_NAME[name], value) for value in GOOD[name]] == [[] for _ in GOOD[name]]


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_right_is_refused_and_the_property_named(name: str) -> None:
    for value in BAD[name]:
        said = refused(BY_NAME[name], value)
        assert said, value
        assert all(message.startswith(f"{name} must be ") for message in said)


@pytest.mark.parametrize("name", GOOD)
def test_what_the_package_takes_the_programs_take(name: str) -> None:
    setting = BY_NAME[name]
    if setting.key.endswith("Setup"):
        return  # the package's own: the programs do not read it
    section = setting.key.partition("Software\\Twinreel")[2].strip("\\")
    for value in GOOD[name]:
        tables: dict[str, Any] = {
            "workspace": {"client_id": "twinreel"}
        }  # which a secret goes with
        if section:
            tables.setdefault(section, {})[setting.value] = value
        else:
            tables |= {setting.value: value}
        found = merged([Source(Layer.INSTALLER, "HKLM", as_written(tables))])
        key = f"{section}.{setting.value}" if section else setting.value
        said = [one.reason for one in found.mistakes if one.key == key and not one.also]
        assert said == []
        assert found.origins[key]


def test_a_value_can_be_taken_away_and_need_not_be_given() -> None:
    for setting in EVERY:
        assert refused(setting, "-") == []
        assert refused(setting, "") == []


def test_nothing_is_checked_when_the_package_is_removed() -> None:
    for setting in EVERY:
        for launch in refusals(setting):
            assert holds(launch.get("Condition", ""), {"REMOVE": "ALL", setting.name: "#bad"})


def test_secrets_are_in_no_message_and_in_no_log() -> None:
    secrets = [setting for setting in EVERY if setting.secret]
    assert [setting.name for setting in secrets] == ["ENROLMENTTOKEN", "CLIENTSECRET"]
    made = fragment(EVERY)
    for setting in secrets:
        assert all(
            f"[{setting.name}]" not in launch.get("Message", "") for launch in refusals(setting)
        )
        for name in (setting.name, f"KEPT_{setting.name}"):
            (found,) = (one for one in made.iter("Property") if one.get("Id") == name)
            assert found.get("Hidden") == "yes"
        (kept,) = (
            one for one in made.iter("CustomAction") if one.get("Id") == f"Keep_{setting.name}"
        )
        assert kept.get("HideTarget") == "yes"


def test_a_certificate_is_made_where_https_is_asked_for_and_no_other_is_named() -> None:
    (wanted,) = (
        custom.get("Condition", "")
        for custom in fragment(EVERY).iter("Custom")
        if custom.get("Action") == "CertificateWanted"
    )
    assert holds(wanted, {"HTTPSPORT": "443"})
    assert not holds(wanted, {})
    assert not holds(wanted, {"HTTPSPORT": "-"})
    assert not holds(wanted, {"HTTPSPORT": "443", "CERTIFICATE": "0"})
    assert not holds(wanted, {"HTTPSPORT": "443", "HTTPSCERTIFICATE": "C:\\own.pem"})
