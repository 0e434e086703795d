"""From the text of the desk's config.toml to a checked value, or every mistake at once. Pure."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from contract.desk_config import (
    CentralConfig,
    ConfigError,
    DeskConfig,
    EnrolmentConfig,
    Mistake,
    ServiceConfig,
    UpgradeConfig,
    is_loopback,
)
from contract.desk_network import NetworkConfig, network_mistakes
from contract.desk_workspace import WorkspaceConfig
from contract.protocol import EnrolmentToken

_Section = TypeVar("_Section", bound=msgspec.Struct)
_SECTIONS = ("central", "network", "service", "enrolment", "workspace", "upgrade")


def parse(text: str) -> DeskConfig:
    """The configuration in this TOML text; ConfigError names every mistake."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mistake = Mistake("the file", f"it is not TOML: {error}", "Mend that line.")
        raise ConfigError((mistake,)) from error
    mistakes: list[Mistake] = []
    top = {name: value for name, value in tables.items() if name not in _SECTIONS}
    config = _section(DeskConfig, "", top, mistakes)
    central = _section(CentralConfig, "central", tables.get("central", {}), mistakes)
    network = _section(NetworkConfig, "network", tables.get("network", {}), mistakes)
    service = _section(ServiceConfig, "service", tables.get("service", {}), mistakes)
    enrolment = _section(EnrolmentConfig, "enrolment", tables.get("enrolment", {}), mistakes)
    workspace = _section(WorkspaceConfig, "workspace", tables.get("workspace", {}), mistakes)
    upgrade = _section(UpgradeConfig, "upgrade", tables.get("upgrade", {}), mistakes)
    for key, value, needed in (
        ("central.url", central.url, True),
        ("central.peer_url", central.peer_url, False),
        ("workspace.gws_url", workspace.gws_url, False),
    ):
        if not any(mistake.key == key for mistake in mistakes) and (value or needed):
            mistakes.extend(_address_mistakes(key, value or ""))
    mistakes.extend(_peer_mistakes(central))
    mistakes.extend(Mistake(*one) for one in network_mistakes(network))
    mistakes.extend(_enrolment_mistakes(enrolment))
    mistakes.extend(_workspace_mistakes(workspace))
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return msgspec.structs.replace(
        config,
        central=msgspec.structs.replace(
            central, url=central.url.rstrip("/"), peer_url=central.peer_url.rstrip("/")
        ),
        network=network,
        service=service,
        enrolment=enrolment,
        workspace=workspace,
        upgrade=upgrade,
    )


def _section(kind: type[_Section], name: str, table: object, mistakes: list[Mistake]) -> _Section:
    """Convert key by key, so that one mistake does not hide the next."""
    if not isinstance(table, dict):
        mistakes.append(Mistake(name, "it is not a section", f"Write it as [{name}]."))
        return kind()
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    kept: dict[str, Any] = {}
    for key, value in table.items():
        full = f"{name}.{key}" if name else key
        if key not in fields or (not name and key in _SECTIONS):
            mistakes.append(_unknown(full, key, fields))
            continue
        try:
            kept[key] = msgspec.convert(value, fields[key])
        except msgspec.ValidationError as error:
            reason = str(error)[:1].lower() + str(error)[1:]
            mistakes.append(Mistake(full, reason.rstrip("."), "Correct the value."))
    return kind(**kept)


def _unknown(full: str, key: str, fields: Mapping[str, object]) -> Mistake:
    near = difflib.get_close_matches(key, fields, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(fields)}."
    return Mistake(full, "there is no such key", remedy)


def _address_mistakes(key: str, value: str) -> list[Mistake]:
    if not value:
        return [Mistake(key, "it is missing", 'Say url = "https://<central\'s host>".')]
    try:
        address = urlsplit(value)
        host, _ = address.hostname, address.port  # a port out of range is a ValueError
    except ValueError as error:
        return [Mistake(key, f"it is no address: {error}", "Write https://<host>.")]
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
                "central.peer_url", "it is central.url again", "Name the other, or leave it out."
            )
        ]
    return []


def _enrolment_mistakes(enrolment: EnrolmentConfig) -> list[Mistake]:
    if enrolment.token is None:
        return []
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
            )
        )
    if (workspace.https_certificate is None) != (workspace.https_key is None):
        mistakes.append(
            Mistake(
                "workspace.https_certificate",
                "certificate and key belong together",
                "Give both https_certificate and https_key, or neither.",
            )
        )
    if workspace.client_secret is not None and workspace.client_id is None:
        mistakes.append(
            Mistake("workspace.client_secret", "client_id is missing", "Give both, or neither.")
        )
    return mistakes
