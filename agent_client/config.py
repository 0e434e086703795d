"""What the client is told at its start: command line, environment, the desk's configuration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent_client.command_table import PROGRAM, called, described
from contract.desk_config import (
    CONFIG_VARIABLE,
    STATE_VARIABLE,
    Language,
    LogLevel,
    Mistake,
    UpgradeConfig,
)
from contract.desk_workspace import WorkspaceConfig
from uploader.desk_settings import Asking, Reading, read
from uploader.product import version

VERSION = version()
_UPGRADE = UpgradeConfig()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the client reads at its start, and never again."""

    config_file: Path | None  # the one that was named, if one was
    state_dir: Path
    log_level: LogLevel
    workspace: WorkspaceConfig = field(repr=False)  # its client secret
    language: Language = ""
    upgrade: UpgradeConfig = _UPGRADE
    told: tuple[Mistake, ...] = ()  # of the configuration; no reason not to start
    of_user: tuple[Mistake, ...] = ()  # his own mistakes, which are passed over


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    config: str | None
    state_dir: str | None
    screen: bool = False  # say how the screen would be recorded, and end
    selftest: bool = False  # say whether all that the program is made of works, and end
    as_json: bool = False  # in JSON
    command: str | None = None  # a sub-command of the table, in place of the tray
    rest: tuple[str, ...] = ()  # its words


def asked(arguments: Sequence[str]) -> Asked:
    """Read the command line; --help, --version and mistakes end the program here."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage="%(prog)s [--config FILE] [--state-dir FOLDER] [--screen | --selftest | COMMAND ...]",
        description="Records the screen of selected calls of the agent at this desk.\n"
        "Without a command it shows its icon in the tray, and runs until somebody quits.",
        epilog=f"commands, each with a --help of its own:\n{described()}\n\n"
        "Exit status and codes of problems: docs/it/client.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="a configuration file in place of the machine's and the user's; "
        f"or {CONFIG_VARIABLE} in the environment",
    )
    parser.add_argument(
        "--state-dir",
        metavar="FOLDER",
        help=f"where recordings and logs are kept; or {STATE_VARIABLE} in the environment",
    )
    parser.add_argument(
        "--screen",
        action="store_true",
        help="say how this desk's screen would be recorded, and end; nothing is kept",
    )
    parser.add_argument(
        "--selftest",
        action="store_true",
        help="say whether all that this program needs works in this session, and end",
    )
    parser.add_argument("--json", action="store_true", help="with --selftest: in JSON")
    parser.add_argument("--version", action="version", version=f"Twinreel {VERSION}")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    found = parser.parse_args(arguments)
    if found.command is not None and called(found.command) is None:
        parser.error(f"there is no command {found.command!r}; --help lists them")
    if found.command is not None and (found.screen or found.selftest):
        parser.error("--screen and --selftest go with no command")
    if found.json and not found.selftest:
        parser.error("--json goes with --selftest")
    return Asked(
        config=found.config,
        state_dir=found.state_dir,
        screen=found.screen,
        selftest=found.selftest,
        as_json=found.json,
        command=found.command,
        rest=tuple(found.rest),
    )


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the settings each time they are asked for, since they may change meanwhile."""

    asked: Asked
    environment: Mapping[str, str] = field(repr=False)
    home: Path

    def __call__(self) -> Settings:
        """The settings; ConfigError names every mistake."""
        return load(self.asked, self.environment, self.home)

    def reading(self, *, for_machine: bool = False) -> Reading:
        """What every layer says, mistaken or not; `for_machine`: without the user's."""
        return read(_asking(self.asked, self.environment, self.home, for_machine=for_machine))


def load(
    asked: Asked, environment: Mapping[str, str], home: Path, platform: str = sys.platform
) -> Settings:
    """The settings; ConfigError names every mistake at once, each with its remedy."""
    reading = read(_asking(asked, environment, home, platform))
    config = reading.merged.settled()
    return Settings(
        config_file=reading.named,
        state_dir=reading.state_dir,
        log_level=config.log_level,
        workspace=config.workspace,
        language=config.language,
        upgrade=config.upgrade,
        told=reading.merged.told,
        of_user=reading.merged.of_user,
    )


def _asking(
    asked: Asked,
    environment: Mapping[str, str],
    home: Path,
    platform: str = sys.platform,
    *,
    for_machine: bool = False,
) -> Asking:
    return Asking(environment, str(home), asked.config, asked.state_dir, for_machine, platform)
