"""A layer that is a file of TOML."""

from __future__ import annotations

from pathlib import Path

from contract.desk_checks import tables_of
from contract.desk_config import CONFIG_VARIABLE, ConfigError, Mistake
from contract.desk_layers import Layer, Source


def from_file(layer: Layer, path: str, *, must_be_there: bool = False) -> Source:
    """What it says. One that is not there says nothing, and is a mistake only if it must be."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # editors on Windows write a BOM
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
