"""How a command is declared to argparse, in the same way by all."""

from __future__ import annotations

import argparse
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # its only name


def command(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    """The parser of a new command; `text` is its help."""
    return commands.add_parser(name, help=text, description=text)
