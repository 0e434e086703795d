"""The section [network] of the desk's config.toml: how to get to central. Pure."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta


class NetworkConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How to get to central. Passwords are in the keyring, never here."""

    proxy: Annotated[
        str,
        Meta(
            title="Proxy",
            description='"system", "none", or an address: http://<host>:<port>.',
            examples=["http://proxy.example:8080"],
            extra={"msi": "PROXY"},
        ),
    ] = "system"
    pac_url: Annotated[
        str | None,
        Meta(
            title="File of proxy rules (PAC)",
            description="Address of a file of proxy rules. Not given: the one that the system "
            "names, if it names one.",
            examples=["http://proxy.example/proxy.pac"],
            extra={"msi": "PACURL"},
        ),
    ] = None
    proxy_user: Annotated[
        str | None,
        Meta(
            title="User at the proxy",
            description="The name to sign in with at the proxy. Its password is kept apart: "
            "twinreel-uploader secret proxy.",
            examples=["desks"],
            extra={"msi": "PROXYUSER"},
        ),
    ] = None
    client_certificate: Annotated[
        str | None,
        Meta(
            title="Certificate to show to central",
            description="A PEM file; together with its key (mutual TLS).",
            examples=["/etc/twinreel/desk.pem"],
            extra={"msi": "CLIENTCERTIFICATE"},
        ),
    ] = None
    client_key: Annotated[
        str | None,
        Meta(
            title="Key of that certificate",
            description="A PEM file. Its password is kept apart: twinreel-uploader secret "
            "client-key.",
            examples=["/etc/twinreel/desk.key"],
            extra={"msi": "CLIENTKEY"},
        ),
    ] = None


def network_mistakes(network: NetworkConfig) -> list[tuple[str, ...]]:
    """What is wrong: key, reason, remedy, and the other key where two do not fit together."""
    mistakes: list[tuple[str, ...]] = []
    if network.proxy not in {"system", "none"}:
        mistakes.extend(_proxy_mistakes(network.proxy))
    if network.pac_url is not None:
        mistakes.extend(_pac_mistakes(network))
    if network.proxy_user is not None:
        if network.proxy == "none":
            mistakes.append(
                (
                    "network.proxy_user",
                    "no proxy is used",
                    "Leave out one of the two.",
                    "network.proxy",
                )
            )
        elif not network.proxy_user or ":" in network.proxy_user:
            mistakes.append(
                ("network.proxy_user", "no sign-in has such a name", "Write the name alone.")
            )
    if (network.client_certificate is None) != (network.client_key is None):
        mistakes.append(
            (
                "network.client_certificate",
                "certificate and key belong together",
                "Give both client_certificate and client_key, or neither.",
                "network.client_key",
            )
        )
    return mistakes


def _proxy_mistakes(value: str) -> list[tuple[str, ...]]:
    key, remedy = "network.proxy", 'Write "http://<host>:<port>", "system" or "none".'
    try:
        address = urlsplit(value)
        host, port = address.hostname, address.port
    except ValueError:  # its words may hold a part of the address, and that a password
        return [(key, "it is no address", remedy)]
    if address.scheme.startswith("socks"):
        return [(key, "SOCKS is not supported", "Name an HTTP proxy.")]
    if "@" in address.netloc:
        return [
            (
                key,
                "it holds a user name or password",
                "Say proxy_user; its password: twinreel-uploader secret proxy.",
            )
        ]
    if address.scheme not in {"http", "https"} or not host or port is None:
        return [(key, "it is no proxy's address", remedy)]
    if address.path not in {"", "/"} or address.query or address.fragment:
        return [(key, "it holds more than scheme, host and port", remedy)]
    return []


def _pac_mistakes(network: NetworkConfig) -> list[tuple[str, ...]]:
    key, value = "network.pac_url", network.pac_url or ""
    if network.proxy != "system":
        return [
            (key, "network.proxy says another way", "Leave out one of the two.", "network.proxy")
        ]
    try:
        address = urlsplit(value)
        found = bool(address.hostname) if address.scheme != "file" else bool(address.path)
    except ValueError:  # as above
        return [(key, "it is no address", "Write https://<host>/<path>.")]
    if address.scheme not in {"http", "https", "file"} or not found:
        return [(key, "it is no http, https or file address", "Write https://<host>/<path>.")]
    return []
