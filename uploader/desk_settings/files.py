"""A layer that is a file of TOML."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from contract.desk_checks import tables_of
from contract.desk_config import CONFIG_VARIABLE, ConfigError, Mistake
from contract.desk_layers import Layer, Source

_MOST_BYTES = 1 << 20  # of a file that a person wrote
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # neither is everywhere


class NotBelievedError(Exception):
    """The file is there, and may be anybody's."""


def bytes_of(path: str) -> bytes:
    """What is in a file; raises OSError."""
    return Path(path).read_bytes()


def of_anybody(path: str) -> bytes:
    """The same of one that may be anything: no pipe is waited for, no device read without end."""
    descriptor = os.open(path, os.O_RDONLY | _AT_ONCE)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no file", path)
        held = file.read(_MOST_BYTES + 1)
    if len(held) > _MOST_BYTES:
        raise OSError(errno.EFBIG, "it is too big", path)
    return held


def from_file(
    layer: Layer,
    path: str,
    *,
    must_be_there: bool = False,
    content: Callable[[str], bytes] = bytes_of,
) -> Source:
    """What it says. One that is not there says nothing, and is a mistake only if it must be.

    One that `content` does not believe is passed over, and told of: else whoever put it there would
    have his way, or stop the recordings of others.
    """
    try:
        text = content(path).decode("utf-8-sig")  # editors on Windows write a BOM
    except NotBelievedError:
        doubt = Mistake(
            "the file",
            "it is passed over, for no administrator owns it",
            "Remove it, or have an administrator write it anew.",
        )
        return Source(layer, path, told=(doubt,))
    except (FileNotFoundError, NotADirectoryError):
        missing = Mistake(
            "the file",
            "there is no such file",
            f"Write it, or name one that can be read by --config or {CONFIG_VARIABLE}.",
        )
        return Source(layer, path, mistakes=(missing,) if must_be_there else (), found=False)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        mistake = Mistake(
            "the file", f"it cannot be read: {reason}", "Mend its rights, or write it anew."
        )
        return Source(layer, path, mistakes=(mistake,))
    try:
        return Source(layer, path, tables_of(text))
    except ConfigError as error:
        return Source(layer, path, mistakes=error.mistakes)
