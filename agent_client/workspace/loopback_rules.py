"""Who may speak to the loopback endpoint, and what a sign-in may say. Decisions only, no sockets.

Any page in the browser, and any program of any user of this computer, can reach the port. So the
Host must be ours (a name that someone pointed at 127.0.0.1 is not), a page must come from an origin
that central's policy names, and a sign-in may only lead to a server that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self
from urllib.parse import urlsplit

import msgspec

from agent_client.workspace.basic import Credentials
from agent_client.workspace.doors import RefusedError
from agent_client.workspace.gws_session import SignIn
from contract.policy import Policy

ALLOWED_HEADERS = "Authorization, Content-Type, X-CSRF-Token, X-Support-CSRFP"
ALLOWED_METHODS = "GET, POST, DELETE, OPTIONS"

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PREFLIGHT_SECONDS = 600
_SIGN_OUT = "EndContactCenterSession"
_NAME_LENGTH = 255  # of what Configuration Server holds
_MOST_DEVICES = 32


@dataclass(frozen=True, slots=True)
class LoopbackRules:
    """What central's policy says of sign-ins at this desk."""

    servers: tuple[str, ...] = ()  # origins of Genesys servers
    origins: tuple[str, ...] = ()  # of pages
    ping_within: timedelta = timedelta(seconds=60)

    @classmethod
    def of(cls, policy: Policy | None) -> Self:
        """Without a policy, no page and no server is known."""
        if policy is None:
            return cls()
        return cls(
            policy.workspace.servers,
            policy.workspace.origins,
            timedelta(seconds=policy.limits.ping_seconds),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the endpoint is reached."""

    port: int
    secure: bool

    def admit(self, host: str) -> None:
        """Raise RefusedError for a Host that does not mean us: somebody else's name leads here."""
        if host.lower() not in self.names():
            raise RefusedError(403, "host-not-allowed", "This endpoint has another name.")

    def names(self) -> frozenset[str]:
        """Every Host that means us."""
        hosts = ("127.0.0.1", "localhost", "[::1]")
        named = {f"{host}:{self.port}" for host in hosts}
        usual = _DEFAULT_PORTS["https" if self.secure else "http"]
        return frozenset(named | set(hosts) if self.port == usual else named)


def admit(headers: Mapping[str, str], rules: LoopbackRules, *, without_origin: bool) -> None:
    """Raise RefusedError for a request that comes from a page we do not know.

    `without_origin`: whether programs other than browsers (Workspace Desktop Edition) may call.
    """
    origin = headers.get("Origin")
    if origin is not None:
        if origin not in known_origins(rules):
            raise RefusedError(403, "origin-not-allowed", "Central's policy lacks this origin.")
        return
    if headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise RefusedError(403, "origin-not-allowed", "A page must name its origin.")
    if not without_origin:
        raise RefusedError(
            403, "origin-missing", "Only pages may call, and must name their origin."
        )


def known_origins(rules: LoopbackRules) -> frozenset[str]:
    """Exact names; neither `*` nor `null` is ever one."""
    return frozenset(origin.rstrip("/") for origin in rules.origins) - {"*", "null", ""}


def cors(request: Mapping[str, str], rules: LoopbackRules, *, preflight: bool) -> dict[str, str]:
    """Headers that let an allowed page read the answer."""
    answer = {"Vary": "Origin"}
    origin = request.get("Origin")
    if origin is None or origin not in known_origins(rules):
        return answer
    answer |= {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "X-CSRF-TOKEN",
    }
    if preflight:
        answer |= {
            "Access-Control-Allow-Methods": ALLOWED_METHODS,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
        }
        for network in ("Private", "Local"):  # browsers have called it both
            if request.get(f"Access-Control-Request-{network}-Network") == "true":
                answer[f"Access-Control-Allow-{network}-Network"] = "true"
    return answer


@dataclass(frozen=True, slots=True)
class SignOutAsked:
    """The body of a POST that ends the session."""


@dataclass(frozen=True, slots=True)
class Device:
    """A telephone of the agent's, as Workspace names it."""

    number: str = field(repr=False)
    switch: str = ""


@dataclass(frozen=True, slots=True)
class SignInAsked:
    """The body of a POST that signs in: where the agent's Workspace is, and where the agent is."""

    server: str = ""
    peer_server: str = ""
    place: str = ""
    devices: tuple[Device, ...] = ()


def body(content: bytes) -> SignInAsked | SignOutAsked:
    """What a POST to /api/v2/me asks. Raises RefusedError.

    A list of {name, value}, in which other names are passed over; or {"operationName": ..}.
    """
    if not content.strip():
        return SignInAsked()
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise RefusedError(400, "body-not-json", "The body is not JSON.") from None
    match document:
        case {"operationName": str(operation)}:
            if operation == _SIGN_OUT:
                return SignOutAsked()
            raise RefusedError(400, "operation-unknown", "There is no such operation.")
        case list():
            named = {
                entry["name"]: entry.get("value")
                for entry in document
                if isinstance(entry, dict) and isinstance(entry.get("name"), str)
            }
            return SignInAsked(
                _address(named.get("server")),
                _address(named.get("peer_server")),
                _name(named.get("place"), "place-unusable"),
                _devices(named.get("devices")),
            )
        case _:
            raise RefusedError(400, "body-unknown", "The body is no list of names and values.")


def sign_in(who: Credentials, where: SignInAsked, rules: LoopbackRules) -> SignIn:
    """The sign-in, if each server named is one that the policy allows. Raises RefusedError."""
    allowed = {_origin(server) for server in rules.servers}
    for server in (where.server, where.peer_server):
        if server and _origin(server) not in allowed:
            raise RefusedError(403, "server-not-allowed", "Central's policy lacks this server.")
    default = rules.servers[0] if rules.servers else ""
    return SignIn(
        server=where.server or default,
        username=who.username,
        password=who.password,
        peer_server=where.peer_server,
    )


def _address(value: object) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or _origin(value) is None:
        raise RefusedError(400, "server-no-address", "A server must be https://host:port.")
    return value


def _name(value: object, code: str) -> str:
    """A short text, or nothing."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _NAME_LENGTH or not value.isprintable():
        raise RefusedError(400, code, "A place, device or switch must have a short name.")
    return value


def _devices(value: object) -> tuple[Device, ...]:
    if value is None or value == "":
        return ()
    if not isinstance(value, list) or len(value) > _MOST_DEVICES:
        raise RefusedError(400, "devices-unusable", "Devices must be a short list.")
    devices = []
    for entry in value:
        if not isinstance(entry, dict) or not entry.get("dn"):
            raise RefusedError(400, "devices-unusable", "Each device must have a dn.")
        number = _name(entry["dn"], "devices-unusable")
        devices.append(Device(number, _name(entry.get("switch"), "devices-unusable")))
    return tuple(devices)


def _origin(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port, if this is the address of a server and nothing more."""
    try:
        split = urlsplit(address)
        port = split.port
    except ValueError:
        return None
    plain = not (split.query or split.fragment or "@" in split.netloc)
    if split.scheme not in _DEFAULT_PORTS or not split.hostname or not plain:
        return None
    if split.path not in {"", "/"} or not address.isprintable() or " " in address:
        return None
    return split.scheme, split.hostname, port or _DEFAULT_PORTS[split.scheme]
