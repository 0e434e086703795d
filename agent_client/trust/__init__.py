"""The store in which a computer keeps whom it trusts, one file for each system, chosen once.

Only the authority of the certificate for localhost is ever put there or taken out: whoever adds
another says so to a person first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

from cryptography import x509

BROWSER_POLICY = "browser-policy.json"  # beside the certificate: what Chromium's family is to read


class CannotTrust(Exception):
    """The store does not take it, and why, in a sentence."""


class TrustStore(Protocol):
    """Whom this computer, or this user, trusts."""

    def trusts(self, authority: x509.Certificate) -> bool:
        """Whether it is in there; False, too, if the system does not say."""

    def add(self, authority: x509.Certificate) -> None:
        """Put it in. Raises CannotTrust."""

    def remove(self, authority: x509.Certificate) -> None:
        """Take it out, if it is in there. Raises CannotTrust."""

    def advice(self, folder: Path, authority: x509.Certificate) -> str:
        """What else browsers here need, in sentences; what that takes is put into `folder`."""


def this_store(*, machine: bool) -> TrustStore:
    """The computer's store, or the user's."""
    if sys.platform == "win32":
        from agent_client.trust.windows import WindowsStore  # noqa: PLC0415 exists only there

        return WindowsStore(machine=machine)
    if sys.platform == "darwin":
        from agent_client.trust.darwin import DarwinStore  # noqa: PLC0415 exists only there

        return DarwinStore(machine=machine)
    from agent_client.trust.linux import linux_store  # noqa: PLC0415 exists only there

    return linux_store(machine=machine)


def common_name(authority: x509.Certificate) -> str:
    """What people see in the store."""
    found = authority.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""
