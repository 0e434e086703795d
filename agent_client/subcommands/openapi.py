"""`twinreel-agent openapi`: the local API's description, for programs that read OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from agent_client.command_table import program
from agent_client.config import Settings
from agent_client.subcommands.shown import parser
from agent_client.workspace.api_document import as_text


def main(arguments: Sequence[str], _find: Callable[[], Settings]) -> int:
    """Print the document, or write it to a file. OSError if it cannot be written."""
    made = parser(program("openapi"), "Print the local API's OpenAPI 3.1 document.")
    made.add_argument("--output", type=Path, metavar="FILE", help="write it there instead")
    asked = made.parse_args(arguments)
    if asked.output is None:
        print(as_text(), end="")
    else:
        try:
            asked.output.write_text(as_text(), encoding="utf-8", newline="\n")
        except OSError as error:
            made.error(f"{asked.output} cannot be written: {error.strerror}")
    return 0
