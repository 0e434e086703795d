"""`twinreel-central`: set up, serve, work, look after."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from central.config import Config, ConfigError, from_environment
from central.media import keys


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status says how it went (2: it was asked wrongly)."""
    asked = _parser().parse_args(arguments)
    for name, value in (
        ("TWINREEL_CENTRAL_CONFIG", asked.config),
        ("TWINREEL_DATA_DIR", asked.data_dir),
        ("TWINREEL_LISTEN", getattr(asked, "listen", None)),
        ("TWINREEL_PUBLIC_URL", getattr(asked, "public_url", None)),
    ):
        if value:
            os.environ[name] = value
    try:
        config = from_environment(os.environ)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    folder = config.folder / "keys"
    try:
        if asked.command in {"init", "serve"}:
            # Before Django reads its settings: the key of its sessions is among them.
            keys.ensure(folder, datetime.now(UTC))
        elif not folder.is_dir():
            print(f"{config.folder} is empty: run `twinreel-central init` first", file=sys.stderr)
            return 1
    except (OSError, keys.KeysError) as error:
        print(f"{config.folder} cannot be used: {error}", file=sys.stderr)
        return 1
    listening = _bound(config) if asked.command == "serve" else None
    os.environ["DJANGO_SETTINGS_MODULE"] = "central.settings"
    # Only now: Django reads its settings, and so ours, when it is imported.
    from central import console  # noqa: PLC0415

    return console.run(asked, listening)


def _bound(config: Config) -> socket.socket:
    """The socket to serve on; with port 0, the settings learn which one it became."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # Said to be TCP: else asyncio leaves Nagle's wait on, 40 ms for each answer with a body.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((config.host, config.port))
    except OSError as error:
        listening.close()
        sys.exit(f"{config.host}:{config.port} cannot be listened on: {error.strerror}")
    os.environ["TWINREEL_LISTEN"] = f"{config.host}:{listening.getsockname()[1]}"
    return listening


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twinreel-central",
        description="Twinreel's central: receives recordings, makes films, plays them.",
        epilog="COMMAND --help says more. Running central: docs/admin.md.",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="settings; or TWINREEL_CENTRAL_CONFIG (/etc/twinreel/central.toml)",
    )
    parser.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help="data folder, over the settings; or TWINREEL_DATA_DIR",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("--json", action="store_true", help="print JSON, for programs")
        return made

    command("init", "First run: database, keys, policy, admin, enrolment token, import key.")
    serve = command("serve", "Serve desks, voice recorders and people; does `init` if need be.")
    serve.add_argument("--listen", metavar="HOST:PORT", help="over the settings; port 0: any")
    serve.add_argument("--public-url", metavar="URL", help="how others reach central")
    work = command("work", "Work the jobs, until interrupted.")
    work.add_argument("--drain", action="store_true", help="do what is due now, then stop")
    command("migrate", "Bring the database to this version.")
    check = command("check", "Verify rows, files and audit; exit status 1 if anything is wrong.")
    depths = ("presence", "size", "hash")
    depth_help = "files are there; have their size (default); have their digest, which reads all"
    check.add_argument("--depth", choices=depths, default="size", help=depth_help)
    token = command("enrol-token", "Make a token that desks enrol with.")
    token.add_argument("--label", default="", help="what it is for")
    token.add_argument("--uses", type=int, default=1, help="how many desks (1)")
    token.add_argument("--days", type=int, default=30, help="how long it works (30)")
    key = command("import-key", "Make a key that a voice recorder signs in with.")
    key.add_argument("--label", required=True, help="which recorder")
    desks = command("desks", "List the desks: ID, agent, what waits, what troubles them, version.")
    desks.add_argument("--older-than", metavar="VERSION", default="", help="only those; 1 if any")
    decided = command(
        "decisions", "Do the desks' decisions again; list selected calls without a recording."
    )
    decided.add_argument(
        "what",
        choices=("verify", "missing", "export"),
        help="verify: name what differs from the policy; missing: selected calls without a "
        "recording; export: JSON lines",
    )
    command("notices", "List which agent confirmed which notice, and when.")
    revoke = command("revoke", "Let a desk, a token's holders or a voice recorder in no more.")
    revoke.add_argument("what", choices=("desk", "enrol-token", "import-key"))
    revoke.add_argument("name", metavar="NAME", help="the desk's id, or the label")
    people = command("sample-people", "Make people to try central with, and place agents.")
    people.add_argument(
        "--agent", action="append", default=[], metavar="ID", help="place this agent; may repeat"
    )
    reset = command("reset-password", "Give a person a new password.")
    reset.add_argument("--name", required=True, help="what they sign in with")
    agent = command("place-agent", "Say which unit and which groups an agent belongs to.")
    agent.add_argument("--agent", required=True, metavar="ID", help="as Workspace names them")
    agent.add_argument("--unit", metavar="PATH", help="such as /sales/north")
    agent.add_argument(
        "--group", action="append", metavar="NAME", help="all of theirs; `none`: none; may repeat"
    )
    policy = command("policy", "Show or change the policy that desks follow.")
    _policy_options(policy)
    _keys_options(command("keys", "List central's keys, make new ones, retire old ones."))
    audit = command("audit", "Export the audit as JSON lines, or verify its chain.")
    audit.add_argument("what", choices=("export", "verify"))
    audit.add_argument("--head", default="", metavar="NUMBER:HASH", help="must still be there")
    order = command("order", "Tell a desk to do something.")
    order.add_argument("what", choices=("pause", "resume", "record-now", "upload-now"))
    order.add_argument(
        "--device", required=True, metavar="ID", help="as `twinreel-uploader status` shows it there"
    )
    order.add_argument(
        "--call", metavar="ID", help="only while this call goes on there; without: whatever call is"
    )
    return parser


def _keys_options(keys: argparse.ArgumentParser) -> None:
    keys.add_argument("what", choices=("list", "rotate", "retire"))
    keys.add_argument(
        "name", nargs="?", metavar="NAME", help="rotate: seal, receipt or escrow; retire: the key"
    )
    keys.add_argument(
        "--signs-after",
        type=float,
        default=10,
        metavar="MINUTES",
        help="until a new receipt key signs, so that desks know it by then (10)",
    )
    keys.add_argument(
        "--overlap",
        type=float,
        default=30,
        metavar="DAYS",
        help="how long desks still believe the receipt key before it (30)",
    )
    keys.add_argument(
        "--although-desks",
        action="store_true",
        help="retire: although desks may still send what they sealed to it",
    )


_ON_OFF = ("on", "off")
_LISTS = (
    ("--unit-percentage", "PATH=PERCENT", "for a unit and those below; PATH=none: as all"),
    ("--group-percentage", "NAME=PERCENT", "for a group of agents; NAME=none: as their unit"),
    ("--agent-percentage", "ID=PERCENT", "for one agent; ID=none: as their group or unit"),
    ("--server", "ORIGIN", "Genesys server, all that hold; `none`: none"),
    ("--origin", "ORIGIN", "page of Workspace, all that hold; `none`: none"),
    (
        "--api-origin",
        "ORIGIN",
        "page that may call desks' local API with its token, all that hold; `nothing`: none",
    ),
    ("--details-key", "KEY", "attached data kept, all that hold"),
    (
        "--exclude",
        "PATTERN",
        "windows to paint over, all that hold: application=GLOB,title=GLOB; `nothing`: none",
    ),
    (
        "--upload-window",
        "SPAN",
        "when recordings are sent, all that hold: mon-fri/22:00-06:00; `none`: none",
    ),
    (
        "--upload-rate-within",
        "SPAN=BITS",
        "another rate then, all that hold: mon-fri/08:00-18:00=500k; `none`: none",
    ),
)
_SWITCHES = (
    ("--agent-may-pause", "agents may pause and resume"),
    ("--agent-may-record-now", "agents may have an unselected call's screen recorded"),
    ("--supervisor-may-record-now", "supervisors may, from the page `Now`"),
    (
        "--hotkey-listener",
        "where the hotkey cannot be registered, a listener for all keys may help",
    ),
    ("--pill", "a small window with time and pause button while a screen is recorded"),
    ("--upload-during-calls", "recordings are sent in calls too"),
    ("--upload-early", "if at once: closed segments of a call that still goes on are sent"),
    ("--upload-metered", "networks that cost by the byte may be used"),
)
_SENDING = ("at-once", "interval", "windows", "after-shift")
_AMOUNTS = (
    ("--upload-interval", "MINUTES", "between two turns of a desk, with --upload-when interval"),
    ("--upload-spread", "MINUTES", "over which desks begin in a window, or after the shift"),
    ("--upload-rate", "BITS", "a second at most: 500k, 2M; `none`: no limit"),
    ("--upload-call-rate", "BITS", "a second in a call, if it is less; `none`: no limit"),
    ("--upload-least-battery", "PERCENT", "below which nothing is sent, if not on mains"),
    ("--upload-flush", "SECONDS", "for what waits at sign-off, whatever the schedule"),
    ("--secret-days", "DAYS", "after which a desk makes itself a new secret; 0: never"),
    ("--spool-quota", "BYTES", "of all that waits on a desk: 20G; `none`: no quota"),
    (
        "--spool-least-free-percent",
        "PERCENT",
        "of a desk's disk: with less free than this and than --spool-least-free none opens",
    ),
    ("--spool-least-free", "BYTES", "see there: 2G"),
)


def _policy_options(policy: argparse.ArgumentParser) -> None:
    policy.add_argument("what", choices=("show", "set"))
    one = policy.add_argument_group("set")
    one.add_argument("--percentage", help="of calls to record the screen of, 12.5")
    for name, value, text in _LISTS:
        one.add_argument(name, action="append", metavar=value, help=f"{text}; may repeat")
    one.add_argument("--salt", help="another one selects other calls")
    one.add_argument("--tail", type=float, metavar="SECONDS", help="after-call work")
    one.add_argument(
        "--capture",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how the screen is captured: frames_per_second=5, monitor=primary, "
        "click_marker=on, ...; may repeat",
    )
    for name, text in _SWITCHES:
        one.add_argument(name, choices=_ON_OFF, help=text)
    one.add_argument(
        "--hotkey", metavar="KEYS", help="pauses and resumes: Ctrl+Alt+P; `none`: there is none"
    )
    one.add_argument(
        "--remind", type=float, metavar="SECONDS", help="of a pause that lasts; 0: never"
    )
    one.add_argument("--upload-when", choices=_SENDING, help="when recordings are sent")
    for name, value, text in _AMOUNTS:
        one.add_argument(name, metavar=value, help=text)
    one.add_argument(
        "--least-version", metavar="VERSION", help="older desks say so there; `none`: no such word"
    )
    one.add_argument("--notice", metavar="TEXT", help="for every agent to see; `none`: none")
    one.add_argument(
        "--consent-text", metavar="FILE", help="that each agent is to confirm once; `none`: none"
    )
    one.add_argument(
        "--consent-version", metavar="NAME", help="of that text: another one is asked for again"
    )


if __name__ == "__main__":
    sys.exit(main())
