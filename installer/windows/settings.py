r"""The package's public properties: made from the keys of the desk's configuration, and three more.

`CENTRALURL=https://central.example` on msiexec's command line becomes the value `url` in
HKLM\Software\Twinreel\central, as text, which both programs read below policy and file. What is
not given in an upgrade, a repair or a later installation is as it was; `-` takes a value away.
A value that cannot be right is refused before anything is changed, and the message says what is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from contract.desk_keys import KEYS, Key
from installer.windows.payload import NAMESPACE, TOP, guid

GROUP = "Settings"
NONE = "-"
ROOT = "Software\\Twinreel"

_HERE = ("http://localhost", "http://127.0.0.1", "http://[::1]")  # http is for the computer itself
_LONGEST = 255  # of a condition, in the package's table
_KEPT_FROM = 101  # right after LaunchConditions, which so see only what was given


@dataclass(frozen=True, slots=True)
class Rule:
    """When a value is refused."""

    good: str  # a condition in Windows Installer's words, with P for the property
    says: str  # what a right value is: the end of a sentence


@dataclass(frozen=True, slots=True)
class Setting:
    """One public property."""

    name: str  # CENTRALURL
    key: str  # below HKLM
    value: str  # the value's name
    rules: tuple[Rule, ...]
    secret: bool = False


def settings(keys: Iterable[Key] = KEYS) -> tuple[Setting, ...]:
    """All there are: those of the configuration, then the package's own."""
    asked = tuple(
        Setting(
            name=key.msi_property,
            key=f"{ROOT}\\{key.section}" if key.section else ROOT,
            value=key.word,
            rules=_rules(key),
            secret=key.secret,
        )
        for key in keys
        if key.msi_property
    )
    return (*asked, *OWN)


def _rules(key: Key) -> tuple[Rule, ...]:
    match key.kind:
        case "flag":
            return (_FLAG,)
        case "choice":
            one = " OR ".join(f'P ~= "{choice}"' for choice in key.choices)
            return (Rule(one, f"one of {', '.join(key.choices)}"),)
        case "number":
            return (
                Rule(
                    f"P >= {key.least} AND P <= {key.most}",
                    f"a number from {key.least} to {key.most}",
                ),
            )
        case "numbers":
            one = f"P >= {key.least} AND P <= {key.most}"
            return (
                Rule(
                    f'({one}) OR P >< ","',
                    f"a number from {key.least} to {key.most}, or several with commas between them",
                ),
            )
        case "text":
            return _OF_TEXTS[_sort(key)]


def _sort(key: Key) -> str:
    """Which rules a text has."""
    if key.name in _SORTS:
        return _SORTS[key.name]
    return "address" if key.word.endswith("url") else "plain"


def _starts(*starts: str) -> str:
    return " OR ".join(f'P ~<< "{start}"' for start in starts)


def _without(*signs: str) -> str:
    return "NOT (" + " OR ".join(f'P >< "{sign}"' for sign in signs) + ")"


_FLAG = Rule('P = "0" OR P = "1"', "0 or 1")
# In the table of values, a # at the beginning says that a number follows.
_NO_NUMBER_SIGN = Rule('NOT (P << "#")', "a value that does not begin with #")
_PATH = Rule('P >< ":\\" OR P << "\\\\"', "a whole path, such as C:\\folder\\file")
_OF_TEXTS: dict[str, tuple[Rule, ...]] = {
    "address": (
        Rule(_starts("https://", *_HERE), "an address that begins with https://"),
        Rule(
            _without(" ", "@", "?", "#"),
            "an address without spaces, @, ? and #",
        ),
    ),
    "rules": (
        Rule(
            _starts("http://", "https://", "file://"),
            "an address that begins with http://, https:// or file://",
        ),
        Rule(_without(" "), "an address without spaces"),
    ),
    "proxy": (
        Rule(
            'P = "system" OR P = "none" OR ' + _starts("http://", "https://"),
            "system, none or http://host:port",
        ),
        Rule(_without(" ", "@"), "an address without spaces and @"),
    ),
    "token": (
        Rule('P << "TR1."', "the whole token that central made, TR1. and more"),
        Rule(_without(" "), "a token without spaces"),
    ),
    "path": (_PATH, _NO_NUMBER_SIGN),
    "plain": (_NO_NUMBER_SIGN,),
}
_SORTS = {
    "central.site_ca": "path",
    "network.proxy": "proxy",
    "network.pac_url": "rules",
    "network.client_certificate": "path",
    "network.client_key": "path",
    "service.state_dir": "path",
    "state_dir": "path",
    "enrolment.token": "token",
    "workspace.https_certificate": "path",
    "workspace.https_key": "path",
}

# What the package itself does, kept where the programs look for no settings.
OWN = (
    Setting("AUTOSTART", f"{ROOT}\\Setup", "AUTOSTART", (_FLAG,)),
    Setting("SERVICE", f"{ROOT}\\Setup", "SERVICE", (_FLAG,)),
    Setting("CERTIFICATE", f"{ROOT}\\Setup", "CERTIFICATE", (_FLAG,)),
)


def fragment(every: Iterable[Setting]) -> Element:
    """The properties as a source for WiX 5."""
    root = Element("Wix", {"xmlns": NAMESPACE})
    within = SubElement(root, "Fragment")
    group = SubElement(within, "ComponentGroup", Id=GROUP, Directory=TOP)
    sequence = SubElement(within, "InstallExecuteSequence")
    number = _KEPT_FROM
    for setting in every:
        _property(within, setting)
        _kept(within, sequence, setting, number)
        number += 1
        _written(group, setting)
        for launch in refusals(setting):
            within.append(launch)
    # A port for HTTPS is of no use without a certificate; CERTIFICATE=0 says that there is another.
    SubElement(
        within,
        "CustomAction",
        Id="CertificateWanted",
        Property="CERTIFICATE",
        Value="1",
        Execute="immediate",
    )
    SubElement(
        sequence,
        "Custom",
        Action="CertificateWanted",
        Sequence=str(number),
        Condition=f'NOT CERTIFICATE AND HTTPSPORT AND NOT (HTTPSPORT = "{NONE}") '
        "AND NOT HTTPSCERTIFICATE",
    )
    return root


def _property(within: Element, setting: Setting) -> None:
    hidden = {"Hidden": "yes"} if setting.secret else {}
    SubElement(within, "Property", {"Id": setting.name, "Secure": "yes", **hidden})
    kept = SubElement(within, "Property", {"Id": _kept_name(setting), "Secure": "yes", **hidden})
    SubElement(
        kept,
        "RegistrySearch",
        Id=f"Find_{setting.name}",
        Root="HKLM",
        Key=setting.key,
        Name=setting.value,
        Type="raw",
        Bitness="always64",
    )


def _kept_name(setting: Setting) -> str:
    return f"KEPT_{setting.name}"


def _kept(within: Element, sequence: Element, setting: Setting, number: int) -> None:
    """What is not said now is what was said before."""
    hidden = {"HideTarget": "yes"} if setting.secret else {}
    SubElement(
        within,
        "CustomAction",
        {
            "Id": f"Keep_{setting.name}",
            "Property": setting.name,
            "Value": f"[{_kept_name(setting)}]",
            "Execute": "immediate",
            **hidden,
        },
    )
    SubElement(
        sequence,
        "Custom",
        Action=f"Keep_{setting.name}",
        Sequence=str(number),
        Condition=f"NOT {setting.name} AND {_kept_name(setting)}",
    )


def _written(group: Element, setting: Setting) -> None:
    component = SubElement(
        group,
        "Component",
        Id=f"Set_{setting.name}",
        Guid=guid(f"setting {setting.name}"),
        Condition=f'{setting.name} AND NOT ({setting.name} = "{NONE}")',
        Transitive="yes",
    )
    SubElement(
        component,
        "RegistryValue",
        Id=f"Value_{setting.name}",
        Root="HKLM",
        Key=setting.key,
        Name=setting.value,
        Type="string",
        Value=f"[{setting.name}]",
        KeyPath="yes",
    )


def refusals(setting: Setting) -> list[Element]:
    """One launch condition for each rule."""
    name = setting.name
    made = []
    for rule in setting.rules:
        good = _named(rule.good, name)
        condition = f'REMOVE OR NOT {name} OR {name} = "{NONE}" OR {good}'
        if len(condition) > _LONGEST:
            raise ValueError(f"the condition of {name} is longer than {_LONGEST} signs")
        given = "" if setting.secret else f" It was given as: [{name}]"
        message = f"{name} must be {rule.says}.{given}"
        made.append(Element("Launch", Condition=condition, Message=message))
    return made


def _named(condition: str, name: str) -> str:
    """With the property's name in the place of P."""
    return re.sub(r"\bP (?=[=<>~])", f"{name} ", condition)
