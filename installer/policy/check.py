"""Whether templates hold: each file after its grammar, and all that refers to something finds it.

The grammar is `admx.rng`, checked by xmllint. What a grammar cannot say is checked here: references
between ADMX and ADML, fields and their controls, values that clash, numbers out of bounds, and what
the policy editor or Intune refuse.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from installer.policy.admx import NAMESPACE

GRAMMAR = Path(__file__).with_name("admx.rng")
_IN = {"p": NAMESPACE}
_STRING = re.compile(r"^\$\(string\.(\w+)\)$")
_PRESENTATION = re.compile(r"^\$\(presentation\.(\w+)\)$")
_CONTROLS = {  # which control shows which field
    "text": {"textBox", "comboBox"},
    "decimal": {"decimalTextBox"},
    "boolean": {"checkBox"},
    "enum": {"dropdownList"},
    "list": {"listBox"},
    "multiText": {"multiTextBox"},
}
_LOCKED = "software\\policies\\"
_NOT_BY_INTUNE = ("software\\policies\\microsoft\\", "software\\microsoft\\", "system\\")


def grammar_findings(file: Path) -> list[str] | None:
    """What xmllint says against the file; None: there is no xmllint here."""
    if shutil.which("xmllint") is None:
        return None
    done = subprocess.run(
        ["xmllint", "--noout", "--relaxng", str(GRAMMAR), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.splitlines() if done.returncode else []


def findings(admx: bytes, adml: Mapping[str, bytes]) -> list[str]:
    """What does not fit together; `adml` by culture. Empty: all does."""
    root = ET.fromstring(admx)  # noqa: S314 -- files of our own
    told = list(_policies(root))
    if "en-US" not in adml:
        told.append("there is no en-US, which Windows falls back to")
    for culture, text in adml.items():
        resources = ET.fromstring(text)  # noqa: S314 -- as above
        told += [f"{culture}: {finding}" for finding in _language(root, resources)]
    return told


def _policies(root: ET.Element) -> Iterator[str]:
    """What is wrong within the ADMX."""
    prefixes = {one.get("prefix") for one in root.iterfind("p:policyNamespaces/p:using", _IN)}
    categories = {one.get("name") for one in root.iterfind("p:categories/p:category", _IN)}
    supported = {one.get("name") for one in root.iterfind(".//p:definitions/p:definition", _IN)}
    policies = root.findall("p:policies/p:policy", _IN)
    for name, times in Counter(policy.get("name") for policy in policies).items():
        if times > 1:
            yield f"{name}: {times} policies have this name"
    places: Counter[tuple[str, str]] = Counter()
    for policy in policies:
        name, key = policy.attrib["name"], policy.attrib["key"].lower() + "\\"
        if not key.startswith(_LOCKED):
            yield f"{name}: {key} is not below Software\\Policies, where users cannot write"
        if key.startswith(_NOT_BY_INTUNE):
            yield f"{name}: Intune takes no policy for {key}"
        fields = policy.findall("p:elements/*", _IN)
        yield from _values(name, policy, fields)
        if "valueName" in policy.attrib:
            places[key, policy.attrib["valueName"].lower()] += 1
        for field in fields:
            place = field.get("key", policy.attrib["key"]).lower() + "\\"
            places[place, field.get("valueName", "").lower()] += 1
            yield from _bounds(name, field)
    for (key, value), times in places.items():
        if times > 1:
            yield f"{key}{value}: {times} fields write it"
    for element, known in (("parentCategory", categories), ("supportedOn", supported)):
        for one in root.iterfind(f".//p:{element}[@ref]", _IN):
            prefix, _, word = one.attrib["ref"].rpartition(":")
            if (prefix and prefix not in prefixes) or (not prefix and word not in known):
                yield f"{element} {one.attrib['ref']} is defined nowhere"


def _values(name: str, policy: ET.Element, fields: list[ET.Element]) -> Iterator[str]:
    """Of a policy's own value: Windows writes a 1 there if nothing else is said."""
    own = "valueName" in policy.attrib
    both = all(
        policy.find(f"p:{word}", _IN) is not None for word in ("enabledValue", "disabledValue")
    )
    if own and not both:
        yield f"{name}: it has a value, and does not say what enabled and disabled write"
    if own and fields:
        yield f"{name}: it writes a value of its own beside its fields"
    if not own and not fields:
        yield f"{name}: it writes nothing"


def _bounds(name: str, field: ET.Element) -> Iterator[str]:
    kind = field.tag.rpartition("}")[2]
    if kind != "list" and not field.get("valueName"):
        yield f"{name}: field {field.get('id')} has no value name"
    if kind == "decimal" and int(field.get("minValue", "0")) > int(field.get("maxValue", "9999")):
        yield f"{name}: no number is between {field.get('minValue', '0')} and the greatest"
    if kind == "enum":
        values = [item.text for item in field.iterfind("p:item/p:value/p:string", _IN)]
        if len(set(values)) != len(values) or not values:
            yield f"{name}: its choices are not different ones: {values}"


def _language(root: ET.Element, resources: ET.Element) -> Iterator[str]:
    """What is wrong between the ADMX and one ADML."""
    needed = root.find("p:resources", _IN)
    least = "0.0" if needed is None else needed.attrib["minRequiredRevision"]
    revision = resources.attrib["revision"]
    if _number(revision) < _number(least):
        yield f"its revision {revision} is older than {least}"
    strings = {one.attrib["id"]: one for one in resources.iterfind(".//p:string", _IN)}
    asked = {
        found[1]
        for element in root.iter()
        for value in element.attrib.values()
        if (found := _STRING.match(value))
    }
    yield from (f"string {name} is missing" for name in sorted(asked - set(strings)))
    yield from (f"string {name} is used nowhere" for name in sorted(set(strings) - asked))
    yield from (
        f"string {name} is empty" for name, one in strings.items() if not (one.text or "").strip()
    )
    shown = {one.attrib["id"]: one for one in resources.iterfind(".//p:presentation", _IN)}
    used: set[str] = set()
    for policy in root.iterfind("p:policies/p:policy", _IN):
        name = policy.attrib["name"]
        fields = {field.attrib["id"]: field for field in policy.iterfind("p:elements/*", _IN)}
        found = _PRESENTATION.match(policy.get("presentation", ""))
        if found:
            used.add(found[1])
        if fields and (found is None or found[1] not in shown):
            yield f"{name}: nothing shows its fields"
        elif found and found[1] in shown:
            yield from _controls(name, fields, shown[found[1]])
    yield from (f"presentation {name} is used nowhere" for name in sorted(set(shown) - used))


def _controls(
    name: str, fields: Mapping[str, ET.Element], presentation: ET.Element
) -> Iterator[str]:
    """Each field has one control of its kind, with a default that it takes."""
    controls = {one.attrib["refId"]: one for one in presentation if "refId" in one.attrib}
    for identity in sorted(set(fields) ^ set(controls)):
        yield f"{name}: {identity} is a field without control, or a control without field"
    for identity in sorted(set(fields) & set(controls)):
        field, control = fields[identity], controls[identity]
        kind, shown = (one.tag.rpartition("}")[2] for one in (field, control))
        if shown not in _CONTROLS[kind]:
            yield f"{name}: a {shown} cannot show {identity}, a {kind}"
        elif kind == "decimal":
            default = int(control.get("defaultValue", "1"))
            if not int(field.get("minValue", "0")) <= default <= int(field.get("maxValue", "9999")):
                yield f"{name}: the default {default} is out of bounds"
        elif kind == "enum" and int(control.get("defaultItem", "0")) >= len(field):
            yield f"{name}: there is no choice number {control.get('defaultItem')}"


def _number(revision: str) -> tuple[int, ...]:
    return tuple(int(part) for part in revision.split("."))
