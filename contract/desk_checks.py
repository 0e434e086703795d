"""What a configuration may say: each value by itself, then what fits together. Pure.

Every mistake is found at once, each with its key, what is wrong and what to do, in plain words.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from contract.desk_config import (
    CentralConfig,
    ConfigError,
    DeskConfig,
    EnrolmentConfig,
    Mistake,
    is_loopback,
)
from contract.desk_keys import BY_NAME, KEYS, SECTIONS, Key
from contract.desk_network import network_mistakes
from contract.desk_workspace import WorkspaceConfig

MISSING = "it is missing"


@dataclass(frozen=True, slots=True)
class Read:
    """What one text, or one place, says."""

    values: Mapping[str, Any]  # by the key's whole name; of the kind that the key wants
    mistakes: tuple[Mistake, ...]
    unknown: tuple[Mistake, ...]  # keys that there are not


def parse(text: str) -> DeskConfig:
    """The configuration in this TOML text alone; ConfigError names every mistake."""
    read = read_tables(tables_of(text))
    config = configured(read.values)
    mistakes = (*read.mistakes, *read.unknown)
    mistakes += tuple(misfits(config, {mistake.key for mistake in mistakes}))
    if mistakes:
        raise ConfigError(mistakes)
    return config


def tables_of(text: str) -> dict[str, Any]:
    """The tables of this TOML text; ConfigError if it is none."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers too long, and lists too deep
        number = re.search(r"line (\d+)", str(error))
        line = text.splitlines()[int(number[1]) - 1 :][:1] if number else []
        remedy = "Mend that line."
        if "\\" in "".join(line):
            remedy = "Put what has backslashes in single quotes: 'C:\\folder\\file'."
        mistake = Mistake("the file", f"it is not TOML: {error}", remedy)
        raise ConfigError((mistake,)) from error


def read_tables(tables: Mapping[str, Any]) -> Read:
    """Key by key, so that one mistake does not hide the next."""
    values: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    unknown: list[Mistake] = []
    for section in ("", *SECTIONS):
        table = tables if not section else tables.get(section, {})
        if not isinstance(table, Mapping):
            mistakes.append(Mistake(section, "it is not a section", f"Write it as [{section}]."))
            continue
        for word, value in table.items():
            if not section and word in SECTIONS:
                continue
            key = BY_NAME.get(f"{section}.{word}" if section else word)
            if key is None:
                unknown.append(_unknown(section, word))
                continue
            try:
                held = msgspec.convert(value, key.declared)
            except msgspec.ValidationError:
                mistakes.append(Mistake(key.name, _wanted(key), _instead(key)))
                continue
            if isinstance(held, str) and "\0" in held:  # no file, and no host, has such a name
                mistakes.append(Mistake(key.name, "it holds a zero character", "Take it out."))
            else:
                values[key.name] = held
    return Read(values, tuple(mistakes), tuple(unknown))


def configured(values: Mapping[str, Any]) -> DeskConfig:
    """The configuration of these values, each of the right kind; what is not given is as usual."""
    sections: dict[str, dict[str, Any]] = {section: {} for section in ("", *SECTIONS)}
    for name, value in values.items():
        key = BY_NAME[name]
        sections[key.section][key.word] = value
    for word in ("url", "peer_url"):
        sections["central"][word] = sections["central"].get(word, "").rstrip("/")
    structs = {key.section: key.struct for key in KEYS if key.section}
    whole: dict[str, Any] = {name: structs[name](**sections[name]) for name in SECTIONS}
    return DeskConfig(**whole, **sections[""])


def misfits(config: DeskConfig, wrong: Collection[str] = ()) -> list[Mistake]:
    """What does not make sense in it; of the keys that are `wrong` already nothing more."""
    found: list[Mistake] = []
    for key, value, needed in (
        ("central.url", config.central.url, True),
        ("central.peer_url", config.central.peer_url, False),
        ("workspace.gws_url", config.workspace.gws_url, False),
    ):
        if value or needed:
            found += _address_mistakes(key, value or "")
    found += _peer_mistakes(config.central)
    found += [Mistake(*one) for one in network_mistakes(config.network)]
    found += _enrolment_mistakes(config.enrolment)
    found += _workspace_mistakes(config.workspace)
    return [one for one in found if one.key not in wrong and one.also not in wrong]


def as_text(value: object) -> str:
    """A value as the file would say it."""
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return json.dumps(value, ensure_ascii=False)


def _wanted(key: Key) -> str:
    """What a value of this key has to be, in the place of what it is."""
    bounds = f" from {key.least} to {key.most}" if key.least is not None else ""
    match key.kind:
        case "number":
            return f"it must be a number{bounds}"
        case "numbers":
            return f"it must be a list of numbers{bounds}"
        case "flag":
            return "it must be true or false"
        case "choice":
            return f"it must be one of {', '.join(map(as_text, key.choices))}"
        case "text":
            return "it must be text"


def _instead(key: Key) -> str:
    example = key.example if key.example is not None else key.default
    if not example and key.kind != "flag":
        return 'Write it in quotes: "...".'
    return f"For instance: {key.word} = {as_text(example)}."


def _unknown(section: str, word: str) -> Mistake:
    known = [key.word for key in KEYS if key.section == section]
    known += [] if section else SECTIONS
    import difflib  # noqa: PLC0415 -- for mistakes alone

    near = difflib.get_close_matches(word, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
    homes = [key.section for key in KEYS if key.word == word]
    if homes:
        places = " or ".join(f"in [{home}]" if home else "above all sections" for home in homes)
        remedy = f"It stands {places}."
    return Mistake(f"{section}.{word}" if section else word, "there is no such key", remedy)


def _address_mistakes(key: str, value: str) -> list[Mistake]:
    if not value:
        return [Mistake(key, MISSING, 'Say url = "https://<central\'s host>".')]
    try:
        address = urlsplit(value)
        host, _ = address.hostname, address.port  # a port out of range is a ValueError
    except ValueError:  # its words may hold a part of the address, and that a password
        return [Mistake(key, "it is no address", "Write https://<host>.")]
    checks: tuple[tuple[Callable[[], bool], str, str], ...] = (
        (
            lambda: address.scheme not in {"http", "https"} or not host,
            "it is no http address",
            "Write https://<host>.",
        ),
        (
            lambda: address.scheme == "http" and not is_loopback(host or ""),
            "http is not safe over a network",
            "Write https://.",
        ),
        (
            lambda: "@" in address.netloc,
            "it holds a user name or password",
            "Leave out what stands before the @.",
        ),
        (
            lambda: bool(address.query or address.fragment),
            "it holds more than scheme, host, port and path",
            "Leave out what stands from ? or # on.",
        ),
    )
    return [Mistake(key, reason, remedy) for wrong, reason, remedy in checks if wrong()][:1]


def _peer_mistakes(central: CentralConfig) -> list[Mistake]:
    if central.peer_url and central.peer_url.rstrip("/") == central.url.rstrip("/"):
        return [
            Mistake(
                "central.peer_url",
                "it is central.url again",
                "Name the other, or leave it out.",
                "central.url",
            )
        ]
    return []


def _enrolment_mistakes(enrolment: EnrolmentConfig) -> list[Mistake]:
    if enrolment.token is None:
        return []
    from contract.protocol import EnrolmentToken  # noqa: PLC0415 -- desks are enrolled once

    try:
        EnrolmentToken.parse(enrolment.token)
    except ValueError as error:  # its words hold no part of the token
        return [Mistake("enrolment.token", str(error), "Copy the whole token from central.")]
    return []


def _workspace_mistakes(workspace: WorkspaceConfig) -> list[Mistake]:
    mistakes = []
    if not is_loopback(workspace.loopback_host):
        mistakes.append(
            Mistake(
                "workspace.loopback_host",
                "others could reach it from the network",
                'Say "127.0.0.1", "::1" or "localhost".',
            )
        )
    if not workspace.loopback_ports and not workspace.https_ports:
        mistakes.append(
            Mistake(
                "workspace.loopback_ports",
                "Workspace could sign in nowhere",
                "Name a port here, or in https_ports.",
                "workspace.https_ports",
            )
        )
    if (workspace.https_certificate is None) != (workspace.https_key is None):
        mistakes.append(
            Mistake(
                "workspace.https_certificate",
                "certificate and key belong together",
                "Give both https_certificate and https_key, or neither.",
                "workspace.https_key",
            )
        )
    if workspace.client_secret is not None and workspace.client_id is None:
        mistakes.append(
            Mistake("workspace.client_secret", "client_id is missing", "Give both, or neither.")
        )
    return mistakes
