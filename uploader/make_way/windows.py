"""What an administrator wrote, on Windows.

It ran under Wine, never on Windows; Wine knows no administrators' group as an owner, so there every
marker is a user's.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from uploader.windows_owners import ADMINISTRATIVE, read_if_owned

    _MOST_BYTES = 4096

    def by_administrator(path: str) -> bytes:
        """The file's beginning; nothing if there is none. PermissionError if it is a user's."""
        try:
            return read_if_owned(path, ADMINISTRATIVE, _MOST_BYTES)
        except FileNotFoundError:
            return b""
