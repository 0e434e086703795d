"""A folder that other users of the computer cannot read: made so, and made so again at each start.

A backup that was played back, a copy, or a hand may have opened it since.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
import sys
from pathlib import Path

from uploader.spool import durable

if sys.platform == "win32":
    from uploader.spool.windows_access import check_owner, keep_out_others
else:

    def check_owner(folder: Path) -> None:
        """PermissionError if another user made it, or the link that leads there."""
        for found in (folder.lstat(), folder.stat()):
            link_of_root = stat.S_ISLNK(found.st_mode) and found.st_uid == 0
            if found.st_uid != os.geteuid() and not link_of_root:
                raise PermissionError(errno.EPERM, "it belongs to another user", str(folder))

    def keep_out_others(folder: Path) -> None:
        """Their modes; what is below the folder nobody else reaches then."""
        for path in (folder, *sorted(folder.iterdir())):
            found = path.lstat()
            mode = stat.S_IMODE(found.st_mode)
            if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid():
                continue
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                logger.warning("other users could read %s: it is closed to them now", path.name)
                path.chmod(mode & stat.S_IRWXU)


logger = logging.getLogger(__name__)


def own_folder(folder: Path) -> None:
    """Make it, if need be, and keep others out of it. OSError if that cannot be.

    Where everybody may make folders, another user may have made this one first, with an identity
    in it whose central is his own: nothing in it is believed, and nothing is put into it.
    """
    if not folder.exists():
        durable.private_folder(folder)
    check_owner(folder)
    keep_out_others(folder.resolve())
