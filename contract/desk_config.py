"""The desk's configuration: what both desk programs are told, and what can be wrong with it.

Every key is declared here, in `contract.desk_network` or `contract.desk_workspace`, and nowhere
else. What admins tune for all desks at once is in central's policy, not here. As a file:

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

    [upgrade]
    wait_minutes = 30                 # for the end of a recorded call
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.desk_network import NetworkConfig
from contract.desk_workspace import WorkspaceConfig

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

    url: Annotated[  # no slash at the end
        str,
        Meta(
            title="Address of central",
            description="Where recordings go: https://<host>. Plain http only to this computer.",
            examples=["https://central.example"],
            extra={"msi": "CENTRALURL", "needed": True},
        ),
    ] = ""
    peer_url: Annotated[  # no slash at the end
        str,
        Meta(
            title="Second address of central",
            description="The same central by another way, used while the first one fails.",
            examples=["https://central2.example"],
            extra={"msi": "PEERURL"},
        ),
    ] = ""
    site_ca: Annotated[
        str | None,
        Meta(
            title="Further authorities to trust",
            description="A PEM file of certificates that are trusted besides the system's.",
            examples=["/etc/twinreel/ca.pem"],
            extra={"msi": "SITECA"},
        ),
    ] = None


class ServiceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The machine-wide uploader, which sends after sign-off."""

    state_dir: Annotated[
        str | None,
        Meta(
            title="Folder of the computer's uploader",
            description="Where the machine-wide uploader keeps its own files, if IT runs one. "
            "Not given: where the system keeps such files.",
            examples=["/var/lib/twinreel"],
            extra={"msi": "SERVICEDIR"},
        ),
    ] = None


class EnrolmentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How this desk comes to belong to central."""

    token: Annotated[
        str | None,
        Meta(
            title="Enrolment token",
            description="Made at central; makes this desk known there at its first contact. "
            "Every user of the computer can read it here: let it be short-lived.",
            examples=["TR1.<hash>.<secret>"],
            extra={"msi": "ENROLMENTTOKEN", "secret": True},
        ),
    ] = None


class UpgradeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How a newer version takes this one's place."""

    wait_minutes: Annotated[
        int,
        Meta(
            ge=0,
            le=480,
            title="An upgrade waits, in minutes",
            description="How long an upgrade waits for the end of a recorded call. Then the "
            "recording is ended properly, and goes on after the upgrade.",
            extra={"msi": "UPGRADEWAIT"},
        ),
    ] = 30


class DeskConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration of a desk."""

    central: CentralConfig = CentralConfig()
    network: NetworkConfig = NetworkConfig()
    service: ServiceConfig = ServiceConfig()
    enrolment: EnrolmentConfig = EnrolmentConfig()
    workspace: WorkspaceConfig = WorkspaceConfig()
    upgrade: UpgradeConfig = UpgradeConfig()
    state_dir: Annotated[
        str | None,
        Meta(
            title="Folder of each user",
            description="Where recordings wait and logs are kept; {user} in it stands for the "
            "user's name. Not given: in the user's own folder.",
            examples=["/var/spool/twinreel/{user}"],
            extra={"msi": "STATEDIR"},
        ),
    ] = None
    log_level: Annotated[
        LogLevel,
        Meta(
            title="How much is logged",
            description="What both programs write to their logs: all of this weight and above.",
            extra={"msi": "LOGLEVEL"},
        ),
    ] = "info"
    language: Annotated[
        Language,
        Meta(
            title="Language",
            description="The language of what the agent reads. Not given: the system's.",
            extra={"msi": "LANGUAGE"},
        ),
    ] = ""  # the system's


class Mistake(msgspec.Struct, frozen=True):
    """One thing to mend in the configuration."""

    key: str  # "central.url"
    reason: str
    remedy: str
    also: str = ""  # the other key that it is about, where two do not fit together
    layer: str = ""  # "policy": see `contract.desk_layers`
    place: str = ""  # the file, or the registry's key

    @property
    def where(self) -> str:
        """The key, and in which layer and place it was said."""
        return f"{self.key} ({self.layer}, {self.place})" if self.place else self.key

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.where}: {self.reason}. {self.remedy}"


class ConfigError(ValueError):
    """The configuration cannot be used; all its mistakes at once."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """`mistakes` in the order in which they are to be told."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


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
