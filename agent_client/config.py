"""What the client is told at its start: command line, environment, and the desk's config.toml."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from agent_client.command_table import PROGRAM, called, described
from contract.desk_checks import parse
from contract.desk_config import (
    CONFIG_VARIABLE,
    EACH_USER,
    STATE_VARIABLE,
    ConfigError,
    DeskConfig,
    Language,
    LogLevel,
    Mistake,
    config_candidates,
    state_folder,
)
from contract.desk_workspace import WorkspaceConfig

VERSION = version("twinreel")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the client reads at its start, and never again."""

    config_file: Path
    state_dir: Path
    log_level: LogLevel
    workspace: WorkspaceConfig = field(repr=False)  # its client secret
    language: Language = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    config: str | None
    state_dir: str | None
    screen: bool = False  # say how the screen would be recorded, and end
    command: str | None = None  # a sub-command of the table, in place of the tray
    rest: tuple[str, ...] = ()  # its words


def asked(arguments: Sequence[str]) -> Asked:
    """Read the command line; --help, --version and mistakes end the program here."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage="%(prog)s [--config FILE] [--state-dir FOLDER] [--screen | COMMAND ...]",
        description="Records the screen of selected calls of the agent at this desk.\n"
        "Without a command it shows its icon in the tray, and runs until somebody quits.",
        epilog=f"commands, each with a --help of its own:\n{described()}\n\n"
        "Exit status and codes of problems: docs/it/client.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help=f"the desk's config.toml; or {CONFIG_VARIABLE} in the environment",
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
    parser.add_argument("--version", action="version", version=f"Twinreel {VERSION}")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    found = parser.parse_args(arguments)
    if found.command is not None and called(found.command) is None:
        parser.error(f"there is no command {found.command!r}; --help lists them")
    if found.command is not None and found.screen:
        parser.error("--screen goes with no command")
    return Asked(found.config, found.state_dir, found.screen, found.command, tuple(found.rest))


def load(
    asked: Asked, environment: Mapping[str, str], home: Path, platform: str = sys.platform
) -> Settings:
    """The settings; ConfigError names every mistake at once, each with its remedy."""
    path, config = _read(config_candidates(asked.config, environment, platform, str(home)))
    user = getpass.getuser() if EACH_USER in (config.state_dir or "") else ""
    folder = asked.state_dir or state_folder(
        config.state_dir, environment, platform, str(home), user
    )
    return Settings(
        config_file=path,
        state_dir=Path(folder).expanduser(),
        log_level=config.log_level,
        workspace=config.workspace,
        language=config.language,
    )


def _read(candidates: Sequence[str]) -> tuple[Path, DeskConfig]:
    for candidate in candidates:
        path = Path(candidate)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise _mistaken(f"it cannot be read: {reason}", candidate) from error
        try:
            return path, parse(text)
        except ConfigError as error:
            raise ConfigError(
                tuple(
                    Mistake(f"{candidate}: {mistake.key}", mistake.reason, mistake.remedy)
                    for mistake in error.mistakes
                )
            ) from error
    raise _mistaken("there is no such file", " or ".join(candidates))


def _mistaken(reason: str, what: str) -> ConfigError:
    remedy = f"Name a file that can be read by --config or {CONFIG_VARIABLE}."
    return ConfigError((Mistake(what, reason, remedy),))
