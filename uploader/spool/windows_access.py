"""Who may open a folder, on Windows: its user, the system and administrators.

Never run: checked by types and review. In a user's own profile that is so by itself; a state folder
elsewhere inherits what IT gave the place, which others may often read.
"""

from __future__ import annotations

import sys
from pathlib import Path

if sys.platform == "win32":
    import pywintypes
    import win32api
    import win32con
    import win32security

    _SYSTEM = "S-1-5-18"

    def keep_out_others(folder: Path) -> None:
        """Also of what is in it already. OSError if Windows refuses.

        The machine's service, which runs as the system, leaves users' folders as they are.
        """
        try:
            user = _this_user()
            if user == _SYSTEM:
                return
            # Not inherited; full access, also to what is made within.
            wanted = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
                f"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{user})",
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

    def _this_user() -> str:
        token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32con.TOKEN_QUERY)
        try:
            user, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
            return str(win32security.ConvertSidToStringSid(user))
        finally:
            win32api.CloseHandle(token)
