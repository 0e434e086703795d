"""The desk's configuration as both programs read it: every layer, where this system keeps it.

`contract.desk_layers` says which layer decides. One module for each system's own places.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contract.desk_config import (
    CONFIG_NAME,
    CONFIG_VARIABLE,
    EACH_USER,
    DeskConfig,
    Mistake,
    config_candidates,
    state_folder,
)
from contract.desk_layers import Layer, Merged, Origin, Source, merged
from uploader.desk_settings.files import from_file, of_anybody
from uploader.desk_settings.places import Places

if sys.platform == "win32":
    import getpass

    from uploader.desk_settings.windows import PLACES
elif sys.platform == "darwin":
    from uploader.desk_settings.darwin import PLACES
else:
    from uploader.desk_settings.linux import PLACES

if sys.platform != "win32":
    import pwd

NAMING = (  # the keys that name files and folders
    "state_dir",
    "central.site_ca",
    "network.client_certificate",
    "network.client_key",
    "workspace.https_certificate",
    "workspace.https_key",
)

__all__ = ["Asking", "Places", "Reading", "read"]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants to know, and what was said at the start."""

    environment: Mapping[str, str]
    home: str  # the user's folder
    config: str | None = None  # what --config says
    state_dir: str | None = None  # what --state-dir says
    for_machine: bool = False  # for the machine's uploader, which no user tells anything
    platform: str = sys.platform

    @property
    def named(self) -> str | None:
        """The file that stands in place of the machine's and the user's."""
        return self.config or self.environment.get(CONFIG_VARIABLE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found."""

    merged: Merged
    sources: tuple[Source, ...]  # that were looked at, highest first
    named: Path | None  # the file that --config or TWINREEL_CONFIG named
    state_dir: Path  # where this user's files are; the best guess while something is mistaken


def read(asking: Asking, places: Places = PLACES) -> Reading:
    """Read every layer. Raises nothing: mistakes are in what it returns."""
    machine, *_ = config_candidates(None, asking.environment, asking.platform, asking.home)
    above = list(places.policy(_user()))
    named = asking.named
    if named:
        above.append(from_file(Layer.NAMED, named, must_be_there=True))
        usual = Origin(Layer.NAMED, named)
    else:
        of_machine = from_file(Layer.MACHINE, machine, content=places.machine)
        above += [of_machine, *places.installed()]
        usual = Origin(Layer.MACHINE, machine)
    if not named and not asking.for_machine:
        above.append(_of_user(asking, _state_dir(asking, merged(above).config)))
    found = merged(above, usual)
    if any(found.origin(key).layer is Layer.USER for key in NAMING):
        found = merged(above, usual, _of_users_files(found))
    folder = Path(os.path.expanduser(_state_dir(asking, found.config)))
    return Reading(found, tuple(above), Path(named) if named else None, folder)


def _of_user(asking: Asking, folder: str) -> Source:
    """In the state folder; else where that is when nothing is said of it."""
    slash = "\\" if asking.platform == "win32" else "/"
    bare = {name: value for name, value in asking.environment.items() if "TWINREEL" not in name}
    usual = state_folder(None, bare, asking.platform, asking.home)
    found = [
        from_file(Layer.USER, f"{one}{slash}{CONFIG_NAME}", content=of_anybody)
        for one in dict.fromkeys((folder, usual))
    ]
    return next((one for one in found if one.found), found[0])


def _of_users_files(found: Merged) -> list[Mistake]:
    """What cannot be used of that which the user's own file names."""
    from uploader.desk_settings.kept_files import unusable, unusable_folder  # noqa: PLC0415 -- slow, and seldom needed

    wrong = list(unusable(found))
    named = found.config.state_dir
    if named and (reason := unusable_folder(named.replace(EACH_USER, _user()))):
        mistake = Mistake("state_dir", reason, "Name a folder that can be made, or none.")
        wrong.append(found.origin("state_dir").of(mistake))
    return [one for one in wrong if one.layer == Layer.USER]


def _state_dir(asking: Asking, config: DeskConfig) -> str:
    user = _user() if EACH_USER in (config.state_dir or "") else ""
    return asking.state_dir or state_folder(
        config.state_dir, asking.environment, asking.platform, asking.home, user
    )


if sys.platform == "win32":

    def _user() -> str:
        """Who we are, which no policy asks for here."""
        try:
            return getpass.getuser()
        except (KeyError, ImportError, OSError):
            return ""

else:

    def _user() -> str:
        """Who we are by the system's word, whatever the environment says; nobody: it has no name.

        Policy may be a user's own: who said to be another would be rid of it.
        """
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return ""
