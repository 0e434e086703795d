"""Custom settings for Intune: what they set is what the template offers."""

import json
from collections import defaultdict
from xml.etree import ElementTree as ET

import pytest

from contract.desk_keys import KEYS, Key
from installer.policy.admx import NAMESPACE, admx
from installer.policy.effect import Data, Written, enabled
from installer.policy.intune import address, settings, value
from installer.policy.samples import SAMPLE, shown

_TEMPLATE = admx("1.2.3")
_IN = {"p": NAMESPACE}


def _policies() -> dict[str, str]:
    """Each policy's name by the address that Windows makes of its categories."""
    root = ET.fromstring(_TEMPLATE)  # noqa: S314 -- ours
    parents: dict[str, str] = defaultdict(str)
    for category in root.iterfind("p:categories/p:category", _IN):
        parent = category.find("p:parentCategory", _IN)
        above = "" if parent is None else parents[parent.attrib["ref"]]
        parents[category.attrib["name"]] = f"{above}~{category.attrib['name']}"
    found = {}
    for policy in root.iterfind("p:policies/p:policy", _IN):
        within = policy.find("p:parentCategory", _IN)
        assert within is not None
        path = f"Twinreel~Policy{parents[within.attrib['ref']]}"
        name = policy.attrib["name"]
        found[f"./Device/Vendor/MSFT/Policy/Config/{path}/{name}"] = name
    return found


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_each_keys_address_leads_to_its_policy(key: Key) -> None:
    policy = _policies()[address(key)]
    told = ET.fromstring(f"<r>{value(key, shown(key))}</r>")  # noqa: S314 -- ours
    data: dict[str, Data] = {
        one.attrib["id"]: tuple(one.attrib["value"].split("\uf000")) for one in told.iter("data")
    }
    if key.kind != "numbers":
        data = {
            name: "".join(map(str, one)) for name, one in data.items() if isinstance(one, tuple)
        }
    if told.find("enabled") is None:
        assert key.kind == "flag"
        return
    written: Written = enabled(_TEMPLATE, policy, data)
    ((_, name),) = written
    assert name == key.word


def test_the_document_brings_the_template_first() -> None:
    document = json.loads(settings("1.2.3"))
    first, *others = document["omaSettings"]
    assert first["value"].encode() == _TEMPLATE
    assert first["omaUri"].endswith("/ADMXInstall/Twinreel/Policy/Twinreel")
    assert len(others) == len(SAMPLE)
    assert {one["@odata.type"] for one in document["omaSettings"]} == {
        "#microsoft.graph.omaSettingString"
    }


def test_several_numbers_are_parted_as_windows_wants_it() -> None:
    ports = next(key for key in KEYS if key.name == "workspace.loopback_ports")
    told = value(ports, (8081, 8082))
    assert told == '<enabled/><data id="workspace_loopback_ports" value="8081\uf0008082"/>'


def test_no_is_disabled_and_quotes_are_escaped() -> None:
    keys = {key.name: key for key in KEYS}
    assert value(keys["workspace.other_users"], value=False) == "<disabled/>"
    assert "&lt;secret&gt;" in value(keys["enrolment.token"], "TR1.<hash>.<secret>")
