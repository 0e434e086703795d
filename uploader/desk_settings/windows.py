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

    from contract.desk_config import Mistake
    from contract.desk_layers import Layer, Source
    from uploader.desk_settings.files import NotBelievedError
    from uploader.desk_settings.native import as_written
    from uploader.desk_settings.places import Places
    from uploader.windows_owners import ADMINISTRATIVE, read_if_owned, this_user

    POLICIES = r"Software\Policies\Twinreel"
    INSTALLED = r"Software\Twinreel"
    _READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    _MOST_BYTES = 1024**2  # of the machine's file
    _WINDOWS_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
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
            believed = {*ADMINISTRATIVE, _WINDOWS_INSTALLER, this_user()}
        except pywintypes.error as error:
            raise OSError(errno.EACCES, error.strerror, path) from error
        try:
            return read_if_owned(path, believed, _MOST_BYTES)
        except OSError as error:
            if error.errno == errno.EPERM:
                raise NotBelievedError(path) from error
            raise

    PLACES = Places(policy, installed, of_administrators)
