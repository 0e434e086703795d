"""The keychain of a Mac, by Apple's own `security`.

Never run: checked by types and review. Since macOS 11 no script can do this by itself: a person has
to confirm each change of what is trusted, an administrator for the computer's, and root is not
enough. Without a desktop to ask at, `security` refuses ("no user interaction was possible"); the
setting that used to lift this is refused by macOS 15. So on Macs Workspace signs in by plain HTTP
to 127.0.0.1 where it can (Chrome, Edge, Firefox), or IT has a certificate of its own in
`https_certificate`, whose authority the management system's profile makes trusted.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from agent_client.trust import CannotTrust, common_name

_SECURITY = "/usr/bin/security"
_SYSTEM_KEYCHAIN = "/Library/Keychains/System.keychain"
_LIMIT_S = 300.0  # a person types a password


@dataclass(frozen=True, slots=True)
class DarwinStore:
    """The computer's trust settings, or the user's."""

    machine: bool

    def trusts(self, authority: x509.Certificate) -> bool:
        """Whether one of its name, which no other has, stands among the settings."""
        try:
            listed = _ask(["dump-trust-settings", *self._domain()])
        except CannotTrust:
            return False  # there are no settings at all
        return common_name(authority) in listed

    def add(self, authority: x509.Certificate) -> None:
        """Trusted for TLS alone. macOS asks the person at the screen."""
        keychain = ["-k", _SYSTEM_KEYCHAIN] if self.machine else []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "authority.crt")
            path.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
            purpose = ["-r", "trustRoot", "-p", "ssl"]
            _ask(["add-trusted-cert", *self._domain(), *purpose, *keychain, str(path)])

    def remove(self, authority: x509.Certificate) -> None:
        """Out of the keychain, without which the settings mean nothing; that needs no leave."""
        digest = authority.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 -- how `security` names it
        keychain = [_SYSTEM_KEYCHAIN] if self.machine else []
        found = _ask(["find-certificate", "-a", "-Z", "-c", common_name(authority), *keychain])
        if digest in found:
            _ask(["delete-certificate", "-Z", digest, *keychain])

    def advice(self, folder: Path, authority: x509.Certificate) -> str:  # noqa: ARG002 -- a store's word
        """Firefox reads the keychain; it needs nothing more."""
        return ""

    def _domain(self) -> list[str]:
        return ["-d"] if self.machine else []


def _ask(words: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 -- the system's own command
            [_SECURITY, *words], check=True, capture_output=True, text=True, timeout=_LIMIT_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or "").strip()
        raise CannotTrust(f"security {words[0]} failed: {said or error}") from error
    return done.stdout
