"""A folder that other users of the computer cannot read: made so, and made so again at each start.

A backup that was played back, a copy, or a hand may have opened it since.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path

from uploader.spool import durable

if sys.platform == "win32":
    from uploader.spool.windows_access import keep_out_others
else:

    def keep_out_others(folder: Path) -> None:
        """Their modes; what is below the folder nobody else reaches then."""
        for path in (folder, *sorted(folder.iterdir())):
            found = path.lstat()
            mode = stat.S_IMODE(found.st_mode)
            if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid():
                continue
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                logger.warning("others could have read %s: no more", path.name)
                path.chmod(mode & stat.S_IRWXU)


logger = logging.getLogger(__name__)


def own_folder(folder: Path) -> None:
    """Make it, if need be, and keep others out of it. OSError if that cannot be."""
    if not folder.exists():
        durable.private_folder(folder)
    keep_out_others(folder)
