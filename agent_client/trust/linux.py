"""The store of a Linux computer: a folder of authorities, and a command that reads it.

Debian and Ubuntu, and Red Hat's family, name both differently. Browsers on Linux do not read it:
Chromium's family takes authorities by policy, Firefox by a policy of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from agent_client.trust import BROWSER_POLICY, CannotTrust

_LIMIT_S = 120.0
_PLACES = (  # the folder, the command, and its word for "also forget what has gone"
    (Path("/usr/local/share/ca-certificates"), "update-ca-certificates", ("--fresh",)),
    (Path("/etc/pki/ca-trust/source/anchors"), "update-ca-trust", ()),
)
_SBIN = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def linux_store(*, machine: bool) -> LinuxStore:
    """The first of the known ones that is here; one that takes nothing for who may not write it."""
    if machine:
        for anchors, program, forget in _PLACES:
            command = shutil.which(program, path=_SBIN)
            if command and anchors.parent.exists():
                return LinuxStore(anchors, (command,), forget)
    return LinuxStore(None, ())


@dataclass(frozen=True, slots=True)
class LinuxStore:
    """One file for each authority, named by its digest, so that two can be in there at a time."""

    anchors: Path | None  # None: there is no store that we know, or it is not ours to write
    update: tuple[str, ...]  # the command that has the folder read
    forget: tuple[str, ...] = ()  # words more after a file has gone

    def trusts(self, authority: x509.Certificate) -> bool:
        """Whether its file is there, with what it should hold."""
        if self.anchors is None:
            return False
        try:
            return self._file(self.anchors, authority).read_bytes() == _pem(authority)
        except OSError:
            return False

    def add(self, authority: x509.Certificate) -> None:
        """Put its file there and have it read; if that fails, there is no file either."""
        if self.anchors is None:
            raise CannotTrust(
                "only an administrator can put it into the system's store, and only where there is "
                "update-ca-certificates or update-ca-trust"
            )
        file = self._file(self.anchors, authority)
        try:
            self.anchors.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_pem(authority))
            file.chmod(0o644)
            self._read_anew()
        except (OSError, CannotTrust) as error:
            file.unlink(missing_ok=True)
            raise CannotTrust(str(error)) from error

    def remove(self, authority: x509.Certificate) -> None:
        """Remove its file and have the rest read."""
        if self.anchors is None or not self._file(self.anchors, authority).exists():
            return
        try:
            self._file(self.anchors, authority).unlink()
        except OSError as error:
            raise CannotTrust(str(error)) from error
        self._read_anew(*self.forget)

    def advice(self, folder: Path, authority: x509.Certificate) -> str:
        """A policy for Chromium's family is put into the folder; IT links it once."""
        lines = authority.public_bytes(serialization.Encoding.PEM).decode("ascii").splitlines()
        policy = {"CACertificates": ["".join(lines[1:-1])]}
        path = folder / BROWSER_POLICY
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(policy, indent=2) + "\n", "utf-8")
        draft.chmod(0o644)
        os.replace(draft, path)
        return (
            "Browsers on Linux do not read the system's store. Link once, and renewals hold:\n"
            f"  Chrome    ln -s {path} /etc/opt/chrome/policies/managed/twinreel-localhost.json\n"
            f"  Chromium  ln -s {path} /etc/chromium/policies/managed/twinreel-localhost.json\n"
            f"  Edge      ln -s {path} /etc/opt/edge/policies/managed/twinreel-localhost.json\n"
            f'  Firefox   policy "Certificates": {{"Install": ["{folder / "authority.crt"}"]}}'
        )

    @staticmethod
    def _file(anchors: Path, authority: x509.Certificate) -> Path:
        digest = authority.fingerprint(hashes.SHA256()).hex()
        return anchors / f"twinreel-localhost-{digest[:16]}.crt"

    def _read_anew(self, *more: str) -> None:
        try:
            subprocess.run(  # noqa: S603 -- the system's own command, without words of others
                [*self.update, *more],
                check=True,
                capture_output=True,
                text=True,
                timeout=_LIMIT_S,
                env=system_environment(os.environ),
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = str(getattr(error, "stderr", "") or "").strip()
            raise CannotTrust(f"{self.update[0]} failed: {said or error}") from error


def system_environment(ours: Mapping[str, str]) -> dict[str, str]:
    """For programs of the system: its own search path, and no libraries of a packaged program."""
    kept = {name: value for name, value in ours.items() if not name.startswith("LD_LIBRARY_PATH")}
    if "LD_LIBRARY_PATH_ORIG" in ours:
        kept["LD_LIBRARY_PATH"] = ours["LD_LIBRARY_PATH_ORIG"]
    return {**kept, "PATH": _SBIN}


def _pem(authority: x509.Certificate) -> bytes:
    return authority.public_bytes(serialization.Encoding.PEM)
