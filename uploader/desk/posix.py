"""The desk socket on Linux and macOS: a Unix socket, 0600 in a 0700 folder, peers checked.

The macOS branch was never run: checked by types and review.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
import struct
import sys
from collections.abc import Awaitable, Callable

from contract.desk_config import SOCKET

if sys.platform != "win32":
    _LONGEST = 100  # bytes; macOS takes 103, Linux 107

    def address(folder: str) -> str:
        """Where the socket of this state folder is; OSError if the system cannot take it."""
        path = os.path.join(folder, SOCKET)
        if len(os.fsencode(path)) > _LONGEST:
            raise OSError(f"{path} is too long for a socket: choose a shorter state_dir")
        return path

    async def listen(
        folder: str,
        met: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        limit: int,
    ) -> Callable[[], None]:
        """Call `met` for each peer; returns what ends it. Only one may listen: hold the lock.

        OSError when the folder is not ours alone or the socket cannot be made.
        """
        path = address(folder)
        make_private(folder)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)  # left by a process that was killed
        server = await asyncio.start_unix_server(met, path, limit=limit)
        os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)

        def end() -> None:
            server.close()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

        return end

    async def connect(folder: str, limit: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Reach the uploader of this state folder; OSError if nobody listens."""
        return await asyncio.open_unix_connection(address(folder), limit=limit)

    def is_own(writer: asyncio.StreamWriter) -> bool:
        """Whether the process at the other end belongs to this user."""
        return _peer_user(writer.get_extra_info("socket")) == os.getuid()

    def make_private(folder: str) -> None:
        """A folder that only this user may enter; PermissionError if it is another's."""
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.stat(folder)
        if found.st_uid != os.getuid():
            raise PermissionError(f"{folder} belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            os.chmod(folder, 0o700)

    def _peer_user(connection: socket.socket) -> int:
        if sys.platform == "darwin":
            # struct xucred: version, uid, number of groups, 16 groups; SOL_LOCAL, LOCAL_PEERCRED
            credentials = connection.getsockopt(0, 1, struct.calcsize("IIh2x16I"))
            (user,) = struct.unpack_from("I", credentials, 4)
        else:
            credentials = connection.getsockopt(
                socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
            )
            _, user, _ = struct.unpack("3i", credentials)
        return int(user)
