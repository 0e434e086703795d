"""Secrets of a machine-wide uploader: a service has no user's session, and so no keyring.

POSIX: files 0600 in a folder 0700, both the uploader's own (root's); one that is somebody else's
or open to others is refused, not mended. Who can read root's files has the machine: there is no
key to hide from them. Windows: files that DPAPI encrypts to this machine, in a folder that the
service's account, SYSTEM and the administrators alone may open. The Windows side was run under
Wine, never on Windows itself.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path

from uploader.credentials import KeyringUnavailableError
from uploader.spool import durable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OPEN_TO_OTHERS = 0o077
_LARGEST = 64 * 1024  # bytes


class MachineSecrets:
    """As `credentials.Vault`, in a folder of the machine's own. For any thread, one at a time."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made with the first secret, and need not be there before."""
        self._folder = folder

    def read(self, name: str) -> str | None:
        """The secret of this name; None if there is none. KeyringUnavailableError."""
        path = self._path(name)
        try:
            return _unwrapped(_checked(path)).decode()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _denied("cannot be read") from error

    def write(self, name: str, secret: str) -> None:
        """Keep it durably, and read it back. KeyringUnavailableError if that cannot be done."""
        path = self._path(name)
        try:
            _private_folder(self._folder)
            durable.write_whole(path, _wrapped(secret.encode()))
        except OSError as error:
            raise _denied("cannot be written") from error
        if self.read(name) != secret:
            raise _denied("do not keep what is written")

    def remove(self, name: str) -> None:
        """Forget it; one that is not there is fine. KeyringUnavailableError."""
        path = self._path(name)
        try:
            durable.remove(path)
            if self._folder.is_dir():
                durable.sync_folder(self._folder)
        except OSError as error:
            raise _denied("cannot be removed") from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"no secret may be called {name[:40]!r}")
        return self._folder / f"{name}.secret"


def _denied(what: str) -> KeyringUnavailableError:
    return KeyringUnavailableError("keyring-denied", f"the machine's secrets {what}")


if sys.platform == "win32":
    import pywintypes
    import win32crypt
    import win32security

    from uploader.spool.service_account import service_sid

    _LOCAL_MACHINE = 0x4  # CRYPTPROTECT_LOCAL_MACHINE: whoever the folder lets in
    _NO_PROMPT = 0x1  # CRYPTPROTECT_UI_FORBIDDEN
    _PURPOSE = b"twinreel/machine-secret/1"
    # Not inherited; full access, also for what is made within.
    _WHO = f"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{service_sid()})"

    def _private_folder(path: Path) -> None:
        durable.private_folder(path)
        descriptor = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
            _WHO, win32security.SDDL_REVISION_1
        )
        try:
            win32security.SetFileSecurity(
                str(path),
                win32security.DACL_SECURITY_INFORMATION
                | win32security.PROTECTED_DACL_SECURITY_INFORMATION,
                descriptor,
            )
        except pywintypes.error as error:
            raise OSError(f"the folder's access list cannot be set: {error.strerror}") from error

    def _checked(path: Path) -> bytes:
        with open(path, "rb") as file:
            return file.read(_LARGEST)

    def _wrapped(clear: bytes) -> bytes:
        try:
            return win32crypt.CryptProtectData(
                clear, None, _PURPOSE, None, None, _LOCAL_MACHINE | _NO_PROMPT
            )
        except pywintypes.error as error:
            raise OSError(f"DPAPI refuses: {error.strerror}") from error

    def _unwrapped(kept: bytes) -> bytes:
        try:
            return win32crypt.CryptUnprotectData(kept, _PURPOSE, None, None, _NO_PROMPT)[1]
        except pywintypes.error as error:
            raise OSError(f"DPAPI refuses: {error.strerror}") from error

else:

    def _private_folder(path: Path) -> None:
        durable.private_folder(path)

    def _checked(path: Path) -> bytes:
        """The file's content; KeyringUnavailableError if another may have read or written it."""
        for one, follow in ((path.parent, False), (path, False)):
            found = os.stat(one, follow_symlinks=follow)
            if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & _OPEN_TO_OTHERS:
                raise _denied("are open to others, or another's: mend owner and rights")
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read(_LARGEST)

    def _wrapped(clear: bytes) -> bytes:
        return clear

    def _unwrapped(kept: bytes) -> bytes:
        return kept
