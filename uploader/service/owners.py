"""Whose state folders there are. Nothing in them is opened here."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contract.desk_config import EACH_USER

logger = logging.getLogger(__name__)


class NoOwnersError(ValueError):
    """The configuration names no place for the folders of many users."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One user, and where his state folder is."""

    name: str
    user: int  # as the system counts them; -1 on Windows
    group: int
    state: Path


def owners(state_dir: str | None) -> Iterator[Owner]:
    """Everybody with a state folder of his own there.

    A folder counts if it bears its owner's name and is a real folder, no link; root's do not.
    NoOwnersError if `state_dir` does not say where each user's is; OSError if it cannot be listed.
    """
    root, before, after = _parts(state_dir)
    with os.scandir(root) as entries:
        names = sorted(entry.name for entry in entries)
    for entry in names:
        if not (entry.startswith(before) and entry.endswith(after)):
            continue
        name = entry[len(before) : len(entry) - len(after)]
        owner = _owner(name, root / entry) if name else None
        if owner is not None:
            yield owner


def _parts(state_dir: str | None) -> tuple[Path, str, str]:
    """The folder to list, and what stands before and after the user's name in its entries."""
    root, name = os.path.split(state_dir or "")
    before, found, after = name.partition(EACH_USER)
    if not found or not os.path.isabs(root) or EACH_USER in root:
        raise NoOwnersError(
            'state_dir has to end with the user, e.g. state_dir = "/var/spool/twinreel/{user}"'
        )
    return Path(root), before, after


def _owner(name: str, state: Path) -> Owner | None:
    try:
        found = os.stat(state, follow_symlinks=False)
    except OSError:
        return None  # gone meanwhile
    if not stat.S_ISDIR(found.st_mode):
        logger.warning("%s is no folder", state)
        return None
    return _theirs(name, state, found)


if sys.platform == "win32":

    def _theirs(name: str, state: Path, found: os.stat_result) -> Owner | None:
        if found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
            logger.warning("%s leads elsewhere", state)
            return None
        return Owner(name, -1, -1, state)

else:
    import pwd

    def _theirs(name: str, state: Path, found: os.stat_result) -> Owner | None:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            return None  # a user who is no more, or no user's folder
        if user.pw_uid == 0 or found.st_uid != user.pw_uid:
            logger.warning("%s is not its user's own", state)
            return None
        return Owner(name, user.pw_uid, user.pw_gid, state)
