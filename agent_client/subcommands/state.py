"""`twinreel-agent state`: what is recorded at this desk now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from agent_client.command_table import program
from agent_client.config import Settings
from agent_client.subcommands.reach import Client
from agent_client.subcommands.shown import answered, parser
from agent_client.workspace.api_shapes import State


def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int:
    """Print the state, once or at every change; the exit status."""
    made = parser(program("state"), "Say what is recorded at this desk now.")
    made.add_argument("--json", action="store_true", help="one line of JSON, as the local API says")
    made.add_argument(
        "--follow", action="store_true", help="say it again at every change, until interrupted"
    )
    asked = made.parse_args(arguments)
    client = Client.of(find())
    if not asked.follow:
        return answered(lambda: client.ask("GET", "state"), as_json=asked.json, whole=True)
    with suppress(KeyboardInterrupt):
        return _followed(client, as_json=asked.json)
    return 0


def _followed(client: Client, *, as_json: bool) -> int:
    """Until there is no answer."""
    last: State | None = None

    def news() -> State:
        nonlocal last
        told = client.ask("GET", "state") if last is None else client.follow(last.number)
        while last is not None and told == last:
            told = client.follow(last.number)
        last = told
        return told

    status = 0
    while status == 0:
        status = answered(news, as_json=as_json, whole=True)
    return status
