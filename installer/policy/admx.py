r"""The Windows templates: Twinreel.admx, and one Twinreel.adml for each language.

Each key is one policy of the computer below `HKLM\Software\Policies\Twinreel`: its section is the
subkey, its name the value. Texts and choices are REG_SZ, numbers DWORD, flags DWORD 0 or 1, lists
REG_MULTI_SZ. The format is that of [MS-GPREG] 2.2.2.2; `installer/policy/check.py` holds to it.

Nothing of Windows' own templates is referred to: Intune refuses a template that names another one
which was not uploaded before.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from contract.desk_keys import KEYS, SECTIONS, Key, Value
from installer.policy.wording import Wording

NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
REGISTRY_KEY = "Software\\Policies\\Twinreel"
ROOT_CATEGORY = "twinreel"
FILE = "Twinreel"  # .admx, .adml
_SCHEMA = "1.0"
_SUPPORTED = "supported"
_TEXT_MOST = 1023  # characters: what the policy editor takes


def registry_key(key: Key) -> str:
    """Where its policy lies, below HKLM."""
    return f"{REGISTRY_KEY}\\{key.section}" if key.section else REGISTRY_KEY


def policy_name(key: Key) -> str:
    """Its name in the template; letters, digits and _ alone."""
    return key.name.replace(".", "_")


def category(key: Key) -> str:
    """In which folder of the editor it stands."""
    return key.section or ROOT_CATEGORY


def revision(version: str) -> str:
    """Of the template, from the product's version: "1.2.3" is 1.203; it only ever rises."""
    major, minor, patch = (int(part) for part in (*version.split("."), "0", "0")[:3])
    return f"{major}.{minor * 100 + patch}"


def admx(version: str, keys: tuple[Key, ...] = KEYS) -> bytes:
    """The policies themselves."""
    root = ET.Element(
        "policyDefinitions",
        {"xmlns": NAMESPACE, "revision": revision(version), "schemaVersion": _SCHEMA},
    )
    spaces = ET.SubElement(root, "policyNamespaces")
    ET.SubElement(spaces, "target", {"prefix": "twinreel", "namespace": "Twinreel.Policies"})
    ET.SubElement(root, "resources", {"minRequiredRevision": revision(version)})
    definitions = ET.SubElement(ET.SubElement(root, "supportedOn"), "definitions")
    ET.SubElement(
        definitions,
        "definition",
        {"name": _SUPPORTED, "displayName": f"$(string.{_SUPPORTED})"},
    )
    categories = ET.SubElement(root, "categories")
    for name in (ROOT_CATEGORY, *SECTIONS):
        one = ET.SubElement(
            categories, "category", {"name": name, "displayName": f"$(string.category_{name})"}
        )
        if name != ROOT_CATEGORY:
            ET.SubElement(one, "parentCategory", {"ref": ROOT_CATEGORY})
    policies = ET.SubElement(root, "policies")
    for key in keys:
        _policy(policies, key)
    return _written(root)


def _policy(policies: ET.Element, key: Key) -> None:
    name = policy_name(key)
    said = {
        "name": name,
        "class": "Machine",
        "displayName": f"$(string.{name})",
        "explainText": f"$(string.{name}_help)",
        "key": registry_key(key),
    }
    if key.kind == "flag":
        said["valueName"] = key.word
    else:
        said["presentation"] = f"$(presentation.{name})"
    policy = ET.SubElement(policies, "policy", said)
    ET.SubElement(policy, "parentCategory", {"ref": category(key)})
    ET.SubElement(policy, "supportedOn", {"ref": _SUPPORTED})
    if key.kind == "flag":
        for word, value in (("enabledValue", "1"), ("disabledValue", "0")):
            ET.SubElement(ET.SubElement(policy, word), "decimal", {"value": value})
        return
    elements = ET.SubElement(policy, "elements")
    own = {"id": name, "valueName": key.word}
    if key.kind == "text":
        ET.SubElement(elements, "text", own | {"required": "true", "maxLength": str(_TEXT_MOST)})
    elif key.kind == "number":
        bounds = {"minValue": str(key.least or 0)}
        if key.most is not None:
            bounds["maxValue"] = str(key.most)
        ET.SubElement(elements, "decimal", own | {"required": "true"} | bounds)
    elif key.kind == "numbers":
        # Not required: an empty list means something, too.
        ET.SubElement(elements, "multiText", own)
    else:
        choices = ET.SubElement(elements, "enum", own | {"required": "true"})
        for choice in key.choices:
            item = ET.SubElement(choices, "item", {"displayName": f"$(string.{name}_{choice})"})
            ET.SubElement(ET.SubElement(item, "value"), "string").text = choice


def adml(wording: Wording, version: str, keys: tuple[Key, ...] = KEYS) -> bytes:
    """What the editor shows, in one language."""
    root = ET.Element(
        "policyDefinitionResources",
        {"xmlns": NAMESPACE, "revision": revision(version), "schemaVersion": _SCHEMA},
    )
    ET.SubElement(root, "displayName").text = "Twinreel"
    ET.SubElement(root, "description").text = wording.description
    resources = ET.SubElement(root, "resources")
    strings = ET.SubElement(resources, "stringTable")
    presentations = ET.SubElement(resources, "presentationTable")

    def string(name: str, text: str) -> None:
        ET.SubElement(strings, "string", {"id": name}).text = text

    string(_SUPPORTED, wording.supported)
    string(f"category_{ROOT_CATEGORY}", "Twinreel")
    for section in SECTIONS:
        string(f"category_{section}", wording.section(section))
    for key in keys:
        name = policy_name(key)
        string(name, wording.title(key))
        string(f"{name}_help", explained(key, wording))
        for choice in key.choices:
            string(f"{name}_{choice}", choice)
        if key.kind != "flag":
            _presentation(presentations, key, wording)
    return _written(root)


def _presentation(presentations: ET.Element, key: Key, wording: Wording) -> None:
    name, label = policy_name(key), f"{wording.title(key)}:"
    shown = ET.SubElement(presentations, "presentation", {"id": name})
    if key.kind == "text":
        box = ET.SubElement(shown, "textBox", {"refId": name})
        ET.SubElement(box, "label").text = label
        if key.default:
            ET.SubElement(box, "defaultValue").text = str(key.default)
    elif key.kind == "number":
        default = key.default if isinstance(key.default, int) else key.least or 0
        ET.SubElement(
            shown, "decimalTextBox", {"refId": name, "defaultValue": str(default)}
        ).text = label
    elif key.kind == "numbers":
        ET.SubElement(shown, "multiTextBox", {"refId": name}).text = label
    else:
        first = key.choices.index(str(key.default)) if key.default else 0
        ET.SubElement(
            shown, "dropdownList", {"refId": name, "noSort": "true", "defaultItem": str(first)}
        ).text = label


def explained(key: Key, wording: Wording) -> str:
    """The text beside a policy: what it does, its bounds, and what holds without it."""
    lines = [key.help]
    if key.kind == "flag":
        lines.append(wording.on)
    if key.least is not None and key.most is not None:
        lines.append(wording.bounds.format(least=key.least, most=key.most))
    if key.kind == "numbers":
        lines.append(wording.one_a_line)
    if key.example is not None:
        lines.append(wording.example.format(example=plain(key.example)))
    default = wording.yes_no[not key.default] if key.kind == "flag" else plain(key.default)
    lines.append(wording.unset_default.format(default=default) if default else wording.unset)
    lines.append(wording.key.format(name=key.name))
    return "\n\n".join(lines)


def plain(value: Value | None) -> str:
    """A text or numbers as a person writes them; nothing for none."""
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _written(root: ET.Element) -> bytes:
    ET.indent(root, "  ")
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
