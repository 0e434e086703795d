"""`twinreel-agent agent`: who is at this desk, and what the agent does."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import msgspec

from agent_client.command_table import program
from agent_client.config import Settings
from agent_client.subcommands.reach import Client
from agent_client.subcommands.shown import answered, checked, parser
from agent_client.workspace.api_shapes import AgentNews, SignIn, State


def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int:
    """Tell, and print what became of it; the exit status."""
    made = _parser()
    asked = made.parse_args(arguments)
    who = checked(SignIn, {"agent": asked.agent}, made) if asked.action == "sign-in" else None
    client = Client.of(find())
    return answered(lambda: _ask(client, asked.action, who), as_json=asked.json)


def _parser() -> argparse.ArgumentParser:
    made = parser(
        program("agent"), "For custom desktops: who is at this desk, and what the agent does."
    )
    adding = made.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, does in (
        ("sign-in", "the agent signed in: from now on calls may be recorded"),
        ("sign-out", "the agent signed out: recording ends at once"),
        ("ready", "the agent takes calls; ends after-call work"),
        ("not-ready", "the agent takes none; ends after-call work"),
        ("wrap-up", "after-call work: the recording goes on, as long as policy lets it"),
    ):
        one = adding.add_parser(name, help=does, description=f"Say: {does}.")
        if name == "sign-in":
            one.add_argument(
                "--agent", required=True, metavar="A", help="as Genesys names the agent"
            )
        one.add_argument("--json", action="store_true", help="print the whole state, or why not")
    return made


def _ask(client: Client, action: str, who: SignIn | None) -> State:
    match action:
        case "sign-in":
            return client.ask("PUT", "agent", who)
        case "sign-out":
            return client.ask("DELETE", "agent")
        case word:
            return client.ask("PUT", "agent/state", msgspec.convert({"state": word}, AgentNews))
