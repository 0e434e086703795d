"""The desk's config.toml: one file that both desk programs read.

Pure: text in, a checked value out. Every mistake in the file is found at once, each with its key,
what is wrong and what to do. What admins tune for all desks is in the policy, not here.

    state_dir = "/var/.../{user}"     # where the desk keeps its files; default: in the user's own
    log_level = "info"                # debug, info, warning, error
    language = "de"                   # en, de, fr, es: what the agent reads; default: the system's

    [central]
    url = "https://central.example"   # http only to this machine itself
    peer_url = "https://..."          # the same central at another place, when that one fails
    site_ca = "/etc/twinreel/ca.pem"  # certificates trusted besides the system's

    [network]
    proxy = "system"                  # or "none", or "http://proxy.example:8080"
    pac_url = "http://.../proxy.pac"  # a file of rules; else what the system names, if it names one
    proxy_user = "..."                # its password: `twinreel-uploader secret proxy`
    client_certificate = "/..."       # both or neither: shown to central (mutual TLS)
    client_key = "/..."               # its password: `twinreel-uploader secret client-key`

    [service]
    state_dir = "/var/lib/twinreel"   # of the machine-wide uploader, where IT runs one

    [enrolment]
    token = "TR1...."                 # used once

    [workspace]
    loopback_ports = [8080]           # Workspace signs the agent in at the first that is free
    https_ports = [443]               # and here by HTTPS, with the certificate below
    loopback_host = "127.0.0.1"
    https_certificate = "/..."        # both or neither; without them, the one made for this machine
    https_key = "/..."
    other_users = false               # whether programs of other users of this computer may call
    gws_url = "https://gws.example"   # Genesys Web Services, for call events
    gws_api = "v3"                    # or "v2" (on premises), or "none"
    client_id = "..."
    client_secret = "..."
"""

from __future__ import annotations

import difflib
import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from contract.desk_network import NetworkConfig, network_mistakes
from contract.protocol import EnrolmentToken

CONFIG_VARIABLE = "TWINREEL_CONFIG"
STATE_VARIABLE = "TWINREEL_STATE_DIR"
LINUX_CONFIG = "/etc/twinreel/twinreel.toml"
CONFIG_NAME = "config.toml"  # in the state folder
# What the state folder holds:
SPOOL = "spool"
EACH_USER = "{user}"  # in state_dir: each user has a folder there
IDENTITY = "identity.json"
POLICY = "policy.json"
CLOCK = "clock.json"
SOCKET = "desk.sock"
LOGS = "logs"

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
LogLevel = Literal["debug", "info", "warning", "error"]
Language = Literal["", "en", "de", "fr", "es"]


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """identity.json: who this desk is to central. The uploader writes it; it holds no secret."""

    device_id: str
    root_key: str  # base64url, Ed25519: signs the policy
    central_url: str


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """clock.json: central's clock minus the desk's, as the uploader measured it."""

    offset_us: int
    round_trip_us: int
    measured_at: str  # UTC text, by the desk's clock


class CentralConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where central is, and whom to trust besides the system's authorities."""

    url: str = ""  # no slash at the end
    peer_url: str = ""  # the same central by another way; no slash at the end
    site_ca: str | None = None  # path


class ServiceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The machine-wide uploader, which sends after sign-off."""

    state_dir: str | None = None  # its own; default: the system's custom


class EnrolmentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How this desk comes to belong to central."""

    token: str | None = None


class WorkspaceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How the client meets Workspace."""

    loopback_ports: tuple[Port, ...] = (8080,)  # none: by HTTPS alone
    https_ports: tuple[Port, ...] = ()
    loopback_host: str = "127.0.0.1"
    https_certificate: str | None = None  # path
    https_key: str | None = None  # path
    other_users: bool = False  # whether their programs may call, too
    gws_url: str | None = None
    gws_api: Literal["v3", "v2", "none"] = "v3"
    client_id: str | None = None
    client_secret: str | None = None


class DeskConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    central: CentralConfig = CentralConfig()
    network: NetworkConfig = NetworkConfig()
    service: ServiceConfig = ServiceConfig()
    enrolment: EnrolmentConfig = EnrolmentConfig()
    workspace: WorkspaceConfig = WorkspaceConfig()
    state_dir: str | None = None
    log_level: LogLevel = "info"
    language: Language = ""  # of what the agent reads; "": the system's


class Mistake(msgspec.Struct, frozen=True):
    """One thing to mend in the file."""

    key: str  # "central.url"
    reason: str
    remedy: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.key}: {self.reason}. {self.remedy}"


class ConfigError(ValueError):
    """The file cannot be used; all its mistakes at once."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """`mistakes` in the order of the file's sections."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


_Section = TypeVar("_Section", bound=msgspec.Struct)
_SECTIONS = ("central", "network", "service", "enrolment", "workspace")


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
    )


def state_folder(
    configured: str | None, environment: Mapping[str, str], platform: str, home: str, user: str = ""
) -> str:
    """Where this user's desk files are: environment, then config, then the system's custom.

    `platform` is `sys.platform`; `home` the user's folder, used where the system names none; `user`
    the name that stands for {user} in what is configured.
    """
    chosen = environment.get(STATE_VARIABLE) or configured
    if chosen:
        return chosen.replace(EACH_USER, user) if user else chosen
    if platform == "win32":
        return environment.get("LOCALAPPDATA", home + "\\AppData\\Local") + "\\Twinreel"
    if platform == "darwin":
        return home + "/Library/Application Support/Twinreel"
    return (environment.get("XDG_STATE_HOME") or home + "/.local/state") + "/twinreel"


def config_candidates(
    asked: str | None, environment: Mapping[str, str], platform: str, home: str
) -> tuple[str, ...]:
    """Where to look for the file; the first that exists counts.

    `asked` is what --config said. When it, or the environment, names a file, no other is read.
    """
    named = asked or environment.get(CONFIG_VARIABLE)
    if named:
        return (named,)
    slash = "\\" if platform == "win32" else "/"
    own = state_folder(None, environment, platform, home) + slash + CONFIG_NAME
    if platform == "win32":
        machine = environment.get("PROGRAMDATA", "C:\\ProgramData") + "\\Twinreel\\twinreel.toml"
    elif platform == "darwin":
        machine = "/Library/Application Support/Twinreel/twinreel.toml"
    else:
        machine = LINUX_CONFIG
    return (machine, own)


def is_loopback(host: str) -> bool:
    """Whether this host name or address can only be the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
