"""From the template to the programs: what a policy sets is what they read."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from contract.desk_keys import BY_NAME, KEYS, SECTIONS, Key, Value
from contract.desk_layers import Layer, Source, merged
from contract.protocol import EnrolmentToken
from installer.policy.admx import NAMESPACE, REGISTRY_KEY, admx, policy_name, revision
from installer.policy.effect import Data, Written, disabled, enabled
from installer.policy.samples import shown
from uploader.desk_settings.native import as_written

_TEMPLATE = admx("1.2.3")
_TOGETHER = [  # neither makes sense alone
    {"network.client_certificate", "network.client_key"},
    {"workspace.https_certificate", "workspace.https_key"},
    {"workspace.client_id", "workspace.client_secret"},
]
_MUST_BE_REAL = {
    "workspace.loopback_host": "::1",
    "enrolment.token": str(EnrolmentToken("ab" * 32, "secret" * 6)),
}


def _read(written: Written) -> dict[str, Any]:
    """As the registry hands it out: a key is a table, REG_MULTI_SZ a list."""
    tables: dict[str, Any] = {}
    for (key, name), (_, data) in written.items():
        section = key.removeprefix(REGISTRY_KEY).strip("\\")
        table = tables.setdefault(section, {}) if section else tables
        table[name] = list(data) if isinstance(data, tuple) else data
    return tables


def _value(tables: Mapping[str, Any], key: Key) -> object:
    found = merged([Source(Layer.POLICY, f"HKLM\\{REGISTRY_KEY}", as_written(tables), joint="\\")])
    assert [one for one in found.mistakes if one.key != "central.url"] == []
    assert found.told == ()
    assert found.origin(key.name).layer == Layer.POLICY
    return found.value(key.name)


def _other_than_default(key: Key) -> Value:
    """What the default is not, so that a value that did not arrive is seen."""
    if key.name in _MUST_BE_REAL:
        return _MUST_BE_REAL[key.name]
    if key.kind == "flag":
        return not key.default
    if key.kind == "choice":
        return next(choice for choice in reversed(key.choices) if choice != key.default)
    if key.kind == "number":
        return key.most or 1
    if key.kind == "numbers":
        return (8081, 8082)
    return str(shown(key)) if shown(key) not in {"", key.default} else "else"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_what_an_enabled_policy_sets_is_what_the_programs_read(key: Key) -> None:
    value = _other_than_default(key)
    if key.kind == "flag":
        name = policy_name(key)
        written = enabled(_TEMPLATE, name, {}) if value else disabled(_TEMPLATE, name)
    else:
        written = {}
        for one in next((pair for pair in _TOGETHER if key.name in pair), {key.name}):
            written |= _enabled(BY_NAME[one])
    assert _value(_read(written), key) == value


def _enabled(key: Key) -> Written:
    value = _other_than_default(key)
    data: Data = tuple(map(str, value)) if isinstance(value, tuple) else value
    return enabled(_TEMPLATE, policy_name(key), {policy_name(key): data})


@pytest.mark.parametrize(
    "key", [key for key in KEYS if key.kind == "flag"], ids=lambda key: key.name
)
def test_a_disabled_flag_is_a_no_and_not_nothing(key: Key) -> None:
    assert _value(_read(disabled(_TEMPLATE, policy_name(key))), key) is False


@pytest.mark.parametrize(
    "key", [key for key in KEYS if key.kind != "flag"], ids=lambda key: key.name
)
def test_any_other_disabled_policy_sets_nothing(key: Key) -> None:
    assert disabled(_TEMPLATE, policy_name(key)) == {}


def test_every_key_has_a_policy_in_the_folder_of_its_section() -> None:
    text = _TEMPLATE.decode()
    assert text.count("<policy ") == len(KEYS)
    assert text.count("<category ") == len(SECTIONS) + 1


def test_a_later_version_has_a_later_revision() -> None:
    versions = ["0.1.0", "0.1.1", "0.2.0", "0.10.0", "1.0.0", "1.0.12", "2.3"]
    revisions = [revision(one).split(".") for one in versions]
    numbers = [(int(major), int(minor)) for major, minor in revisions]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)


def test_no_policy_can_be_enabled_with_an_empty_field() -> None:
    fields = ET.fromstring(_TEMPLATE).findall(f".//{{{NAMESPACE}}}elements/*")  # noqa: S314 -- ours
    free = [one.attrib["id"] for one in fields if one.get("required") != "true"]
    assert free == [policy_name(key) for key in KEYS if key.kind == "numbers"]
