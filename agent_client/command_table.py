"""The sub-commands of `twinreel-agent`: what each is called, what it does, and where it is done.

A sub-command is one function in a module of its own, which is imported only when it is asked for:

    def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int: ...

`arguments` are the words after its name: it reads them with an argparse parser of its own, whose
`prog` is `program(name)`. `find` reads the desk's settings, by the --config and --state-dir that
stood before the name; it raises ConfigError, which the caller tells. The answer is the exit status.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

PROGRAM = "twinreel-agent"


@dataclass(frozen=True, slots=True)
class SubCommand:
    """One line of the table."""

    name: str
    help: str  # one line, without a full stop
    where: str  # "package.module:function"

    def load(self) -> Callable[..., int]:
        """The function that does it."""
        module, _, function = self.where.partition(":")
        found: Callable[..., int] = getattr(importlib.import_module(module), function)
        return found


TABLE: tuple[SubCommand, ...] = (
    SubCommand(
        "call",
        "for custom desktops: a call began, ended, is to be paused",
        "agent_client.subcommands.call:main",
    ),
    SubCommand(
        "agent",
        "for custom desktops: sign in and out, ready, after-call work",
        "agent_client.subcommands.agent:main",
    ),
    SubCommand(
        "state",
        "what is recorded at this desk now",
        "agent_client.subcommands.state:main",
    ),
    SubCommand(
        "openapi",
        "the local API's description, for programs",
        "agent_client.subcommands.openapi:main",
    ),
    SubCommand(
        "certificate",
        "makes, renews or shows the certificate for https://localhost",
        "agent_client.subcommands.certificate:main",
    ),
    SubCommand(
        "make-way",
        "for package scripts: has every user's Twinreel end, before files are replaced",
        "agent_client.subcommands.make_way:main",
    ),
    SubCommand(
        "config",
        "shows or checks the configuration, and where each value comes from",
        "agent_client.subcommands.config:main",
    ),
    SubCommand(
        "diagnostics",
        "save a file for IT that tells how Twinreel is, without personal data",
        "agent_client.diagnostics:main",
    ),
)


def program(name: str) -> str:
    """What a sub-command is called in its own help."""
    return f"{PROGRAM} {name}"


def called(name: str) -> SubCommand | None:
    """The sub-command of this name, if there is one."""
    return next((one for one in TABLE if one.name == name), None)


def described() -> str:
    """The table as --help shows it."""
    width = max((len(one.name) for one in TABLE), default=0)
    return "\n".join(f"  {one.name:<{width}}  {one.help}" for one in TABLE)
