"""Whose a file is, on Windows: for files that count only if an administrator wrote them.

Never run on Windows itself: checked by types, by review and under Wine.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import errno
    from collections.abc import Collection

    import pywintypes
    import win32api
    import win32con
    import win32file
    import win32security
    import winerror

    ADMINISTRATIVE = frozenset({"S-1-5-18", "S-1-5-32-544"})  # the system itself, administrators

    _NOT_THERE = (winerror.ERROR_FILE_NOT_FOUND, winerror.ERROR_PATH_NOT_FOUND)
    _OWNER = win32security.OWNER_SECURITY_INFORMATION

    def this_user() -> str:
        """The SID of who runs this process; pywintypes.error if Windows does not say."""
        token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32con.TOKEN_QUERY)
        try:
            user, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
            return str(win32security.ConvertSidToStringSid(user))
        finally:
            win32api.CloseHandle(token)

    def owner(path: str) -> str:
        """The SID of who owns it; pywintypes.error if Windows does not say."""
        found = win32security.GetNamedSecurityInfo(path, win32security.SE_FILE_OBJECT, _OWNER)
        return str(win32security.ConvertSidToStringSid(found.GetSecurityDescriptorOwner()))

    def read_if_owned(path: str, owners: Collection[str], most: int) -> bytes:
        """The first `most` bytes; the file may be removed at the same moment.

        FileNotFoundError; PermissionError with EPERM if the owner is none of these; else OSError.
        """
        try:
            handle = win32file.CreateFile(
                path,
                win32con.GENERIC_READ,
                win32con.FILE_SHARE_READ | win32con.FILE_SHARE_WRITE | win32con.FILE_SHARE_DELETE,
                None,
                win32con.OPEN_EXISTING,
                0,
                None,
            )
        except pywintypes.error as error:
            number = errno.ENOENT if error.winerror in _NOT_THERE else errno.EACCES
            raise OSError(number, error.strerror, path) from error
        try:
            kind = win32security.SE_FILE_OBJECT
            found = win32security.GetSecurityInfo(int(handle), kind, _OWNER)
            whose = str(win32security.ConvertSidToStringSid(found.GetSecurityDescriptorOwner()))
            if whose not in owners:
                raise PermissionError(errno.EPERM, "it belongs to another user", path)
            return bytes(win32file.ReadFile(int(handle), most)[1])
        except pywintypes.error as error:
            raise OSError(errno.EACCES, error.strerror, path) from error
        finally:
            handle.Close()
