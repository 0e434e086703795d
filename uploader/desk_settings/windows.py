r"""Windows: the registry. Policy is HKLM\Software\Policies\Twinreel, which group policy writes.

Below twinreel.toml stands what the installer was told: HKLM\Software\Twinreel. In both, each
section is a key of its own, and a setting a value in it. Users may read both and write neither.
The file may be a user's, put there before the installation, for in %ProgramData% everybody may make
folders: it is believed only if an administrator owns it, or who reads it.
Never run on Windows itself: checked by types, by review and under Wine.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import errno
    import winreg
    from collections.abc import Sequence
    from typing import Any

    import pywintypes
    import win32api
    import win32con
    import win32file
    import win32security
    import winerror

    from contract.desk_config import Mistake
    from contract.desk_layers import Layer, Source
    from uploader.desk_settings.files import NotBelievedError
    from uploader.desk_settings.native import as_written
    from uploader.desk_settings.places import Places

    POLICIES = r"Software\Policies\Twinreel"
    INSTALLED = r"Software\Twinreel"
    _READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    _NOT_THERE = (winerror.ERROR_FILE_NOT_FOUND, winerror.ERROR_PATH_NOT_FOUND)
    _MOST_BYTES = 1024**2  # of the machine's file
    _ADMINISTRATIVE = (
        "S-1-5-18",  # the system
        "S-1-5-32-544",  # the administrators' group
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",  # Windows' own installer
    )
    _OF_THE_INSTALLER = ("version", "installdir", "setup")  # for itself, and for IT to find

    def policy(_user: str, root: str = POLICIES) -> Sequence[Source]:
        """What group policy, or another management, has set."""
        return (_source(Layer.POLICY, root),)

    def installed(root: str = INSTALLED) -> Sequence[Source]:
        """What the installer was told."""
        return (_source(Layer.INSTALLER, root),)

    def _source(layer: Layer, root: str) -> Source:
        place = f"HKLM\\{root}"
        try:
            top = _values(root)
            if top is None:
                return Source(layer, place, joint="\\", found=False)
            tables: dict[str, Any] = {
                name: value for name, value in top.items() if name not in _OF_THE_INSTALLER
            }
            for section in _sections(root):
                tables[section] = _values(f"{root}\\{section}") or {}
        except OSError as error:
            mistake = Mistake(
                "the registry key",
                f"it cannot be read: {error.strerror}",
                "Let every user read it.",
            )
            return Source(layer, place, mistakes=(mistake,), joint="\\")
        return Source(layer, place, as_written(tables), joint="\\")

    def _sections(path: str) -> list[str]:
        """The keys within one key, in small letters."""
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, _READ) as key:
            count, _, _ = winreg.QueryInfoKey(key)
            names = [winreg.EnumKey(key, index).lower() for index in range(count)]
        return [name for name in names if name not in _OF_THE_INSTALLER]

    def _values(path: str) -> dict[str, Any] | None:
        """The values of one key, their names in small letters; None if there is no such key."""
        try:
            key = winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, _READ)
        except FileNotFoundError:
            return None
        with key:
            _, count, _ = winreg.QueryInfoKey(key)
            held = {}
            for index in range(count):
                name, value, kind = winreg.EnumValue(key, index)
                if kind == winreg.REG_EXPAND_SZ:
                    value = winreg.ExpandEnvironmentStrings(value)
                if name:  # the key's own value has none
                    held[name.lower()] = value
            return held

    def of_administrators(path: str) -> bytes:
        """What is in the file; raises OSError, and NotBelievedError if it is another user's."""
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
            if _owner(int(handle)) not in {*_ADMINISTRATIVE, _this_user()}:
                raise NotBelievedError(path)
            return bytes(win32file.ReadFile(int(handle), _MOST_BYTES)[1])
        except pywintypes.error as error:
            raise OSError(errno.EACCES, error.strerror, path) from error
        finally:
            handle.Close()

    def _owner(handle: int) -> str:
        kind, part = win32security.SE_FILE_OBJECT, win32security.OWNER_SECURITY_INFORMATION
        found = win32security.GetSecurityInfo(handle, kind, part)
        return str(win32security.ConvertSidToStringSid(found.GetSecurityDescriptorOwner()))

    def _this_user() -> str:
        token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32con.TOKEN_QUERY)
        try:
            user, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
            return str(win32security.ConvertSidToStringSid(user))
        finally:
            win32api.CloseHandle(token)

    PLACES = Places(policy, installed, of_administrators)
