"""The uploader's commands, run in this process as a person would type them."""

from dataclasses import dataclass

import pytest

from uploader.commands import main


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def typed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    capsys.readouterr()
    try:
        status = main(list(arguments))
    except SystemExit as ended:  # argparse
        status = int(ended.code or 0)
    printed = capsys.readouterr()
    return Said(status, printed.out, printed.err)
