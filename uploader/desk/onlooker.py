"""One who is no client and wants to know how uploading is: the command line."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator

from uploader.desk.messages import (
    MOST_BYTES,
    FromClient,
    Look,
    MessageRefusedError,
    Uploads,
    line,
    read_from_uploader,
)

if sys.platform == "win32":
    from uploader.desk.windows import connect, is_own
else:
    from uploader.desk.posix import connect, is_own


async def watched(folder: str, *asked: FromClient) -> AsyncGenerator[Uploads, None]:
    """How uploading is, now and at each change, until the uploader of this state folder ends.

    `asked` is said to it first. OSError if nobody listens there, or another user.
    """
    reader, writer = await connect(folder, MOST_BYTES)
    try:
        if not is_own(writer):
            raise PermissionError("the desk socket is held by another user")
        for message in (Look(), *asked):
            writer.write(line(message))
        while text := await reader.readline():
            try:
                message_in = read_from_uploader(text)
            except MessageRefusedError:
                continue  # of a later version
            if isinstance(message_in, Uploads):
                yield message_in
    finally:
        writer.close()
