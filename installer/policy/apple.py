"""For macOS: a profile to begin with, and what Jamf and profile editors make their forms from.

All of them set managed preferences of the domain com.twinreel.agent; a section is a dictionary
there, as it is a table in twinreel.toml. The profile forces them, so that users cannot change them.
"""

from __future__ import annotations

import json
import plistlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from contract.desk_keys import KEYS, SECTIONS, Key
from installer.policy.admx import explained
from installer.policy.samples import SAMPLE, nested
from installer.policy.wording import WORDINGS

DOMAIN = "com.twinreel.agent"
_EN = WORDINGS[0]
_TYPES = {
    "text": "string",
    "choice": "string",
    "flag": "boolean",
    "number": "integer",
    "numbers": "array",
}
_MACOS = "14.0"  # the oldest that the programs run on


def payload(kind: str, name: str, content: Mapping[str, Any], title: str) -> dict[str, Any]:
    """One payload of a profile; its id depends on its name alone, so that it replaces itself."""
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadIdentifier": name,
        "PayloadUUID": str(uuid5(NAMESPACE_DNS, name)).upper(),
        "PayloadDisplayName": title,
        "PayloadEnabled": True,
        **content,
    }


def profile(name: str, title: str, text: str, payloads: list[dict[str, Any]]) -> bytes:
    """A .mobileconfig for the whole computer."""
    top = payload("Configuration", name, {}, title) | {
        "PayloadDescription": text,
        "PayloadOrganization": "Twinreel",
        "PayloadScope": "System",
        "PayloadContent": payloads,
    }
    del top["PayloadEnabled"]
    return plistlib.dumps(top)


def forced(domain: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The payload that forces preferences of a domain."""
    content = {domain: {"Forced": [{"mcx_preference_settings": dict(settings)}]}}
    return payload(
        "com.apple.ManagedClient.preferences",
        f"{domain}.twinreel.preferences",
        {"PayloadContent": content},
        f"Settings of {domain}",
    )


def sample_profile() -> bytes:
    """The few keys that make a desk ready."""
    return profile(
        f"{DOMAIN}.settings",
        "Twinreel",
        "Where Twinreel sends recordings, and where Workspace finds it.",
        [forced(DOMAIN, nested(SAMPLE))],
    )


def jamf_schema(version: str) -> str:
    """Jamf Pro's form for Application & Custom Settings, as JSON schema.

    No property has a default: Jamf would write each of them into the profile, and so lock it.
    """
    properties: dict[str, Any] = {}
    for place, key in enumerate([key for key in KEYS if not key.section]):
        properties[key.word] = _property(key, place)
    for place, section in enumerate(SECTIONS, start=len(properties)):
        own = [key for key in KEYS if key.section == section]
        properties[section] = {
            "type": "object",
            "title": _EN.section(section),
            "property_order": place,
            "options": {"remove_empty_properties": True},
            "properties": {key.word: _property(key, order) for order, key in enumerate(own)},
        }
    schema = {
        "title": f"Twinreel ({DOMAIN})",
        "description": _EN.description.replace("enabled", "set"),
        "__version": version,
        "type": "object",
        "options": {"remove_empty_properties": True},
        "properties": properties,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _property(key: Key, order: int) -> dict[str, Any]:
    value: dict[str, Any] = {"title": "Configured", "type": _TYPES[key.kind]}
    if key.choices:
        value["enum"] = list(key.choices)
    bounds = {
        name: bound
        for name, bound in (("minimum", key.least), ("maximum", key.most))
        if bound is not None
    }
    if key.kind == "numbers":
        value["items"] = {"type": "integer", "title": "Port", **bounds}
    else:
        value |= bounds
    return {
        "title": key.title,
        "description": key.help,
        "property_order": order,
        "options": {"infoText": explained(key, _EN).replace("\n\n", " ")},
        "anyOf": [{"title": "Not configured", "type": "null"}, value],
    }


def manifest(version: str, changed: datetime) -> bytes:
    """What profile editors (iMazing, ProfileCreator) make their form from."""
    subkeys = [_payload_key(*one) for one in _PAYLOAD_KEYS]
    subkeys += [_subkey(key) for key in KEYS if not key.section]
    subkeys += [
        {
            "pfm_name": section,
            "pfm_title": _EN.section(section),
            "pfm_type": "dictionary",
            "pfm_subkeys": [_subkey(key) for key in KEYS if key.section == section],
        }
        for section in SECTIONS
    ]
    return plistlib.dumps(
        {
            "pfm_title": "Twinreel",
            "pfm_description": f"Settings of Twinreel {version}, the voice and screen recorder",
            "pfm_domain": DOMAIN,
            "pfm_format_version": 1,
            "pfm_version": 1,
            "pfm_last_modified": changed.replace(tzinfo=None),
            "pfm_platforms": ["macOS"],
            "pfm_macos_min": _MACOS,
            "pfm_targets": ["system"],
            "pfm_unique": True,
            "pfm_subkeys": subkeys,
        }
    )


_PAYLOAD_KEYS: tuple[tuple[str, str, str | int], ...] = (
    ("PayloadDescription", "Description", "Settings of Twinreel"),
    ("PayloadDisplayName", "Name", "Twinreel"),
    ("PayloadIdentifier", "Identifier", DOMAIN),
    ("PayloadType", "Type", DOMAIN),
    ("PayloadUUID", "UUID", ""),
    ("PayloadVersion", "Version", 1),
)


def _payload_key(name: str, title: str, default: str | int) -> dict[str, Any]:
    return {
        "pfm_name": name,
        "pfm_title": f"Payload {title}",
        "pfm_description": f"{title} of this payload",
        "pfm_type": "integer" if isinstance(default, int) else "string",
        "pfm_default": default,
        "pfm_require": "always",
    }


def _subkey(key: Key) -> dict[str, Any]:
    told: dict[str, Any] = {
        "pfm_name": key.word,
        "pfm_title": key.title,
        "pfm_description": key.help,
        "pfm_description_reference": f"Key: {key.name}",
        "pfm_type": _TYPES[key.kind],
    }
    bounds = {
        name: bound
        for name, bound in (("pfm_range_min", key.least), ("pfm_range_max", key.most))
        if bound is not None
    }
    if key.kind == "numbers":
        told["pfm_subkeys"] = [
            {"pfm_name": "", "pfm_title": "Port", "pfm_type": "integer", **bounds}
        ]
    else:
        told |= bounds
    if key.choices:
        told["pfm_range_list"] = list(key.choices)
    if isinstance(key.example, str):
        told["pfm_value_placeholder"] = key.example
    if key.needed:
        told["pfm_require"] = "always"
    return told
