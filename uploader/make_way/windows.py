"""What an administrator wrote, on Windows.

The file is opened so that it can be removed at the same moment. It ran under Wine, never on
Windows; Wine knows no administrators' group as an owner, so there every marker is a user's.
"""

from __future__ import annotations

import errno
import sys

if sys.platform == "win32":
    import pywintypes
    import win32con
    import win32file
    import win32security
    import winerror

    _MOST_BYTES = 4096
    _ADMINISTRATORS = frozenset({"S-1-5-18", "S-1-5-32-544"})  # the system itself, their group
    _NOT_THERE = (winerror.ERROR_FILE_NOT_FOUND, winerror.ERROR_PATH_NOT_FOUND)

    def by_administrator(path: str) -> bytes:
        """The file's beginning; nothing if there is none. PermissionError if it is a user's."""
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
            if error.winerror in _NOT_THERE:
                return b""
            raise OSError(errno.EACCES, error.strerror, path) from error
        try:
            found = win32security.GetSecurityInfo(
                int(handle),
                win32security.SE_FILE_OBJECT,
                win32security.OWNER_SECURITY_INFORMATION,
            )
            owner = win32security.ConvertSidToStringSid(found.GetSecurityDescriptorOwner())
            if owner not in _ADMINISTRATORS:
                raise PermissionError(errno.EPERM, "no administrator's file", path)
            return bytes(win32file.ReadFile(int(handle), _MOST_BYTES)[1])
        except pywintypes.error as error:
            raise OSError(errno.EACCES, error.strerror, path) from error
        finally:
            handle.Close()
