"""What central's certificate looks like from here, for a person who asks.

No request is made and no secret of the desk is told; a proxy is signed in to as always.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import requests
import urllib3

from uploader.link import CONNECT_SECONDS
from uploader.link.handshake import shaken
from uploader.route import Leg

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server showed."""

    subject: str  # as RFC 4514 writes names: "CN=central.example"
    issuer: str
    names: tuple[str, ...]  # hosts and addresses that it is for
    not_before: datetime
    not_after: datetime
    mistrust: str  # why it is not trusted, as the system says it; "": it is trusted


def certificate(leg: Leg) -> Certificate | None:
    """What central's certificate is, seen along this way; None where there is no TLS.

    Trusted or not: who issued it is what IT wants to know. OSError, requests.RequestException or
    urllib3's HTTPError if no server shows one.
    """
    if not leg.url.startswith("https:"):
        return None
    shown_to_us = _shown(leg, _trusting_all(), verify=False)
    try:
        _shown(leg, leg.context, verify=True)
        mistrust = ""
    except (ssl.SSLError, urllib3.exceptions.HTTPError) as error:
        mistrust = _why(error)
    from cryptography import x509  # noqa: PLC0415 -- 2 MB, and only `doctor` comes here

    found = x509.load_der_x509_certificate(shown_to_us)
    return Certificate(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        names=_names(found),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        mistrust=mistrust,
    )


def issued(leg: Leg) -> str:
    """Who issued central's certificate and until when it is good; "" if that cannot be seen."""
    try:
        found = certificate(leg)
    except (OSError, ValueError, requests.RequestException, urllib3.exceptions.HTTPError):
        return ""
    if found is None:
        return ""
    why = f" ({found.mistrust})" if found.mistrust else ""
    return f"issued by {found.issuer}, good until {found.not_after:%Y-%m-%d}{why}"


def _shown(leg: Leg, context: ssl.SSLContext, *, verify: bool) -> bytes:
    """The certificate; the handshake is all that is done."""
    with shaken(leg, context, verify=verify, seconds=CONNECT_SECONDS) as connection:
        found: bytes = connection.getpeercert(binary_form=True)
        return found


def _trusting_all() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _names(found: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509  # noqa: PLC0415 -- as above

    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    hosts = names.get_values_for_type(x509.DNSName)
    numbers: list[ipaddress.IPv4Address | ipaddress.IPv6Address | Any] = list(
        names.get_values_for_type(x509.IPAddress)
    )
    return (*hosts, *(str(number) for number in numbers))


def _why(error: BaseException) -> str:
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__ or error
    if isinstance(error, ssl.SSLCertVerificationError):
        return getattr(error, "verify_message", None) or "it is not trusted"
    return type(error).__name__
