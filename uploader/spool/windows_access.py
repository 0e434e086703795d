"""Who may open a folder, on Windows: its user, the machine's uploader, system, administrators.

Run under Wine, never on Windows itself. In a user's own profile that is so by itself; a state
folder elsewhere inherits what IT gave the place, which others may often read.
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

if sys.platform == "win32":
    import pywintypes
    import win32security

    from uploader.spool.service_account import service_sid
    from uploader.windows_owners import owner, this_user

    _SYSTEM = "S-1-5-18"
    _ADMINISTRATORS = "S-1-5-32-544"

    def keep_out_others(folder: Path) -> None:
        """Also of what is in it already. OSError if Windows refuses.

        The machine's service is let in, and leaves users' folders as they are.
        """
        try:
            user = this_user()
            if user in {_SYSTEM, service_sid()}:
                return
            # Not inherited; full access, also to what is made within.
            wanted = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
                "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
                f"(A;OICI;FA;;;{service_sid()})(A;OICI;FA;;;{user})",
                win32security.SDDL_REVISION_1,
            )
            win32security.SetNamedSecurityInfo(
                str(folder),
                win32security.SE_FILE_OBJECT,
                win32security.DACL_SECURITY_INFORMATION
                | win32security.PROTECTED_DACL_SECURITY_INFORMATION,
                None,
                None,
                wanted.GetSecurityDescriptorDacl(),
                None,
            )
        except pywintypes.error as error:
            raise OSError(f"the folder's access list cannot be set: {error.strerror}") from error

    def check_owner(folder: Path) -> None:
        """PermissionError if another user made it; OSError if Windows refuses to say."""
        try:
            user = this_user()
            if user in {_SYSTEM, service_sid()}:
                return
            whose = owner(str(folder))
        except pywintypes.error as error:
            raise OSError(f"the folder's owner cannot be asked for: {error.strerror}") from error
        if whose not in {user, _SYSTEM, _ADMINISTRATORS}:
            raise PermissionError(errno.EPERM, "it belongs to another user", str(folder))
