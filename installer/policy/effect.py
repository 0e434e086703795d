"""What a policy of an ADMX writes into the registry, as Windows does after [MS-GPREG].

So that tests can go the whole way from the template to the programs, and a sample can be made that
`reg import` takes. Only what our template uses: a value for enabled and disabled, text, number,
choice and list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from xml.etree import ElementTree as ET

from installer.policy.admx import NAMESPACE

Data = str | int | tuple[str, ...]
Type = Literal["REG_SZ", "REG_DWORD", "REG_MULTI_SZ"]
Written = dict[tuple[str, str], tuple[Type, Data]]  # key and value name: type and data
_IN = {"p": NAMESPACE}


class NotThere(LookupError):
    """The template has no such policy, or the policy no such field or choice."""


def enabled(admx: bytes, policy: str, data: Mapping[str, Data]) -> Written:
    """The values that an enabled policy writes; `data` by the fields' ids."""
    found = _policy(admx, policy)
    key = found.attrib["key"]
    written: Written = {}
    if "valueName" in found.attrib:
        value = found.find("p:enabledValue/p:decimal", _IN)
        number = 1 if value is None else int(value.attrib["value"])
        written[key, found.attrib["valueName"]] = ("REG_DWORD", number)
    for field in found.iterfind("p:elements/*", _IN):
        place = (field.get("key", key), field.attrib["valueName"])
        written[place] = _field(field, data[field.attrib["id"]])
    return written


def disabled(admx: bytes, policy: str) -> Written:
    """The values that a disabled policy writes; without a value for that, it takes them away."""
    found = _policy(admx, policy)
    value = found.find("p:disabledValue/p:decimal", _IN)
    if value is None:
        return {}
    place = (found.attrib["key"], found.attrib["valueName"])
    return {place: ("REG_DWORD", int(value.attrib["value"]))}


def registry_file(written: Written, hive: str = "HKEY_LOCAL_MACHINE") -> str:
    """A file for `reg import`, lines ended by CR LF; regedit wants it in UTF-16 with a mark."""
    lines = ["Windows Registry Editor Version 5.00"]
    keys: dict[str, list[str]] = {}
    for (key, name), (kind, data) in written.items():
        keys.setdefault(key, []).append(f'"{_escaped(name)}"={_data(kind, data)}')
    for key, values in keys.items():
        lines += ["", f"[{hive}\\{key}]", *values]
    return "\r\n".join([*lines, ""])


def _policy(admx: bytes, name: str) -> ET.Element:
    for policy in ET.fromstring(admx).iterfind("p:policies/p:policy", _IN):  # noqa: S314 -- ours
        if policy.get("name") == name:
            return policy
    raise NotThere(name)


def _field(field: ET.Element, data: Data) -> tuple[Type, Data]:
    kind = field.tag.rpartition("}")[2]
    if kind == "decimal":
        return "REG_DWORD", int(str(data))
    if kind == "multiText":
        return "REG_MULTI_SZ", data if isinstance(data, tuple) else (str(data),)
    if kind == "enum" and str(data) not in {
        value.text for value in field.iterfind("p:item/p:value/p:string", _IN)
    }:
        raise NotThere(f"{field.attrib['id']}: {data}")
    return "REG_SZ", str(data)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _data(kind: Type, data: Data) -> str:
    if kind == "REG_DWORD":
        return f"dword:{int(str(data)):08x}"
    if kind == "REG_MULTI_SZ":
        strings = data if isinstance(data, tuple) else (str(data),)
        stored = "".join(f"{one}\0" for one in strings) + "\0"
        return "hex(7):" + ",".join(f"{byte:02x}" for byte in stored.encode("utf-16-le"))
    return f'"{_escaped(str(data))}"'
