"""Every key of the desk's configuration, declared once."""

import re

import msgspec
import pytest

from contract.desk_config import DeskConfig
from contract.desk_keys import BY_NAME, KEYS, SECTIONS, _key


def test_every_field_of_the_configuration_is_a_key() -> None:
    fields = set()
    for field in msgspec.structs.fields(DeskConfig):
        if isinstance(field.default, msgspec.Struct):
            fields |= {f"{field.name}.{one}" for one in field.default.__struct_fields__}
        else:
            fields.add(field.name)
    assert set(BY_NAME) == fields
    assert len(KEYS) == len(fields)
    assert set(SECTIONS) == {name.partition(".")[0] for name in fields if "." in name}


def test_every_key_has_its_kind_bounds_and_choices() -> None:
    ports = BY_NAME["workspace.loopback_ports"]
    assert (ports.kind, ports.default, ports.least, ports.most) == ("numbers", (8080,), 1, 65_535)
    assert BY_NAME["workspace.other_users"].kind == "flag"
    assert BY_NAME["central.site_ca"].kind == "text"
    assert BY_NAME["language"].choices == ("en", "de", "fr", "es")
    wait = BY_NAME["upgrade.wait_minutes"]
    assert (wait.kind, wait.default, wait.least, wait.most) == ("number", 30, 0, 480)


def test_only_what_nobody_may_read_is_secret_and_only_central_is_needed() -> None:
    assert {key.name for key in KEYS if key.secret} == {
        "enrolment.token",
        "workspace.client_secret",
    }
    assert {key.name for key in KEYS if key.needed} == {"central.url"}


def test_no_two_keys_share_an_installers_property() -> None:
    given = [key.msi_property for key in KEYS if key.msi_property]
    assert len(set(given)) == len(given)
    assert all(re.fullmatch("[A-Z]+", one) for one in given)  # capitals: public, says the installer


def test_a_key_knows_its_section_and_its_own_word() -> None:
    assert (BY_NAME["central.url"].section, BY_NAME["central.url"].word) == ("central", "url")
    assert (BY_NAME["log_level"].section, BY_NAME["log_level"].word) == ("", "log_level")


def test_a_key_without_words_for_people_is_refused() -> None:
    with pytest.raises(TypeError, match="some_key"):
        _key("some_key", str, "", DeskConfig)
