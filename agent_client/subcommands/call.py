"""`twinreel-agent call`: what a custom desktop tells of a call, and asks of its recording."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, get_args
from urllib.parse import quote

import msgspec

from agent_client.command_table import program
from agent_client.config import Settings
from agent_client.subcommands.reach import Client
from agent_client.subcommands.shown import answered, checked, parser
from agent_client.workspace.api_shapes import CallKind, CallNews, Id, LiveState, State

_Adding = Any  # argparse keeps the type of its sub-parsers to itself


def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int:
    """Tell or ask, and print what became of it; the exit status."""
    made = _parser()
    asked = made.parse_args(arguments)
    news = checked(CallNews, _said(asked), made) if asked.action == "start" else None
    client = Client.of(find())
    return answered(lambda: _ask(client, asked, news), as_json=asked.json)


def _parser() -> argparse.ArgumentParser:
    made = parser(
        program("call"),
        "For custom desktops: tell Twinreel of calls, and pause their recording.",
        "Everything may be said twice without harm. Without --id, pause, resume and record-now do\n"
        "what the same buttons of the tray would.",
    )
    adding = made.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_start(adding)
    for name, does in (
        ("hold", "the call is on hold; recording goes on"),
        ("retrieve", "the call is back from hold"),
        ("stop", "the call ended"),
    ):
        one = _add(adding, name, does, needs_id=True)
        if name == "stop":
            one.add_argument(
                "--wrap-up",
                action="store_true",
                help="after-call work follows at once; or say `agent wrap-up` within seconds",
            )
    for name, does in (
        ("pause", "pause voice and screen of every call that is active now"),
        ("resume", "resume voice and screen"),
        ("record-now", "record the screen of the present call, though it was not selected"),
    ):
        _add(adding, name, does, needs_id=False)
    return made


def _add(adding: _Adding, name: str, does: str, *, needs_id: bool) -> argparse.ArgumentParser:
    said = f"Say: {does}." if needs_id else f"{does.capitalize()}."
    one: argparse.ArgumentParser = adding.add_parser(name, help=does, description=said)
    one.add_argument(
        "--id",
        type=_call_id,
        required=needs_id,
        metavar="ID",
        help="the call's id"
        if needs_id
        else "only while this call is there (refused if it is over)",
    )
    one.add_argument("--json", action="store_true", help="print the whole state, or why not")
    return one


def _add_start(adding: _Adding) -> None:
    one = _add(adding, "start", "a call began, or is as told here", needs_id=True)
    one.add_argument("--agent", metavar="A", help="sign this agent in first, if nobody is")
    one.add_argument(
        "--state",
        choices=get_args(LiveState),
        default="established",
        help="recording begins when it is established, the default",
    )
    for name, what in (
        ("connection", "Genesys' connection id of this leg"),
        ("parent", "the call that this consultation belongs to"),
        ("previous", "the connection id that this leg had before a transfer"),
        ("ani", "the caller's number; kept sealed"),
        ("dnis", "the number dialled; kept sealed"),
        ("started-at", "when it began: 2026-11-22T09:30:00Z"),
    ):
        one.add_argument(f"--{name}", metavar="X", help=what)
    one.add_argument("--kind", choices=get_args(CallKind))
    one.add_argument(
        "--data",
        type=_pair,
        action="extend",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="attached data; kept sealed, as far as policy names the key",
    )


def _ask(client: Client, asked: argparse.Namespace, news: CallNews | None) -> State:
    path = f"calls/{quote(asked.id, safe='')}" if asked.id else ""
    match asked.action:
        case "start":
            return client.ask("PUT", path, news)
        case "stop":
            return client.ask("DELETE", f"{path}?wrap_up=true" if asked.wrap_up else path)
        case action:
            return client.ask("POST", f"{path}/{action}" if path else action)


def _said(asked: argparse.Namespace) -> dict[str, object]:
    return {
        "agent": asked.agent,
        "state": asked.state,
        "connection": asked.connection,
        "parent": asked.parent,
        "previous": asked.previous,
        "kind": asked.kind,
        "ani": asked.ani,
        "dnis": asked.dnis,
        "data": dict(asked.data),
        "started_at": asked.started_at,
    }


def _call_id(text: str) -> str:
    try:
        return msgspec.convert(text, Id)
    except msgspec.ValidationError:
        raise argparse.ArgumentTypeError(
            "an id is 1 to 128 letters, digits and . _ : @ ~ -, and begins with a letter or digit"
        ) from None


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value
