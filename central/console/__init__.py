"""What each command does, and what it prints: for people, or with --json for programs."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from types import FrameType

import django
import uvicorn
from django.conf import settings
from django.db import transaction

from central.config import Config
from central.media.keys import KeysError

django.setup()

# Rows may be imported once Django is set up, not before.
from central.asgi import Central  # noqa: E402
from central.console import desks as desk_commands  # noqa: E402
from central.console import keys as key_commands  # noqa: E402
from central.console import policy as policy_commands  # noqa: E402
from central.console.saying import say  # noqa: E402
from central.core.audit import AuditTag  # noqa: E402
from central.services import (  # noqa: E402
    audit,
    checking,
    desks,
    people,
    samples,
    start,
    voice,
)
from central.services.errors import Refusal  # noqa: E402
from central.services.site import site  # noqa: E402
from central.services.start import FirstRun  # noqa: E402
from central.worker import Worker  # noqa: E402

_FILES = 65_536
_GRACE_SECONDS = 10  # for requests that go on when central is asked to stop


def run(asked: Namespace, listening: socket.socket | None) -> int:
    """One command."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        if listening is not None:
            return _serve(asked, listening)
        return _COMMANDS[asked.command](asked)
    except (Refusal, KeysError) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _serve(asked: Namespace, listening: socket.socket) -> int:
    _take_all_files()
    config: Config = settings.TWINREEL
    if first := start.first_run(config):
        _say_first(asked, first)
    here = site()
    start.every_start(here)
    server = _Server(
        uvicorn.Config(
            Central(here),
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        ),
        lambda: say(asked, {"event": "ready", "url": config.url}, f"Central is at {config.url}"),
    )
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _take_all_files() -> None:
    """As many open files as the system lets us have: every desk holds a connection."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - no such module on Windows

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


class _Server(uvicorn.Server):
    """Says when it can be reached."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _init(asked: Namespace) -> int:
    config: Config = settings.TWINREEL
    first = start.first_run(config)
    if first is None:
        say(asked, {"url": config.url, "already": True}, "Everything is there already.")
    else:
        _say_first(asked, first)
    return 0


def _work(asked: Namespace) -> int:
    worker = Worker(site())
    if asked.drain:
        count = worker.drain()
        say(asked, {"jobs": count}, f"{count} jobs done.")
        return 0

    def stop(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    worker.run()
    return 0


def _migrate(asked: Namespace) -> int:
    start.migrate()
    say(asked, {"migrated": True}, "The database is up to date.")
    return 0


def _check(asked: Namespace) -> int:
    faults = list(checking.faults(site(), checking.Depth(asked.depth)))
    dead = [f"job {job.kind} {job.subject}: {job.last_error}" for job in checking.dead_jobs()]
    lines = [*faults, *dead]
    text = "\n".join(lines) if lines else f"All is well (depth: {asked.depth})."
    say(asked, {"depth": asked.depth, "faults": faults, "dead_jobs": dead}, text)
    return 1 if lines else 0


def _enrol_token(asked: Namespace) -> int:
    token = desks.new_token(audit.OPERATOR, asked.label, asked.uses, asked.days)
    say(asked, {"enrolment_token": token}, token)
    return 0


def _import_key(asked: Namespace) -> int:
    key = voice.new_import_key(audit.OPERATOR, asked.label)
    say(asked, {"import_key": key}, key)
    return 0


def _revoke(asked: Namespace) -> int:
    ways = {
        "desk": desks.revoke,
        "enrol-token": desks.revoke_token,
        "import-key": voice.revoke_import_key,
    }
    ways[asked.what](audit.OPERATOR, asked.name)
    say(asked, {"revoked": asked.name}, f"{asked.name} is let in no more.")
    return 0


def _sample_people(asked: Namespace) -> int:
    made = samples.people_and_agents(audit.OPERATOR, asked.agent)
    lines = [f"{one.name:<18} {one.password}  {'; '.join(one.roles)}" for one in made]
    say(asked, {"people": [asdict(one) for one in made]}, "\n".join(lines))
    return 0


def _reset_password(asked: Namespace) -> int:
    password = people.reset_password(audit.OPERATOR, asked.name)
    say(asked, {"name": asked.name, "password": password}, password)
    return 0


def _place_agent(asked: Namespace) -> int:
    if asked.unit is None and asked.group is None:
        print("say --unit, --group, or both", file=sys.stderr)
        return 2
    with transaction.atomic():
        if asked.unit is not None:
            people.place_agent(audit.OPERATOR, asked.agent, asked.unit)
        if asked.group is not None:
            named = [one for one in asked.group if one != "none"]
            people.group_agent(audit.OPERATOR, asked.agent, named)
    unit = people.unit_of(asked.agent)
    groups = people.agent_groups().get(asked.agent, ())
    text = f"{asked.agent} belongs to {unit}, groups: {', '.join(groups) or 'none'}."
    say(asked, {"agent_id": asked.agent, "unit": unit, "groups": list(groups)}, text)
    return 0


def _audit(asked: Namespace) -> int:
    if asked.what == "verify":
        faults = list(audit.verify(asked.head))
        text = "\n".join(faults) if faults else "The audit's chain holds."
        say(asked, {"faults": faults}, text)
        return 1 if faults else 0
    audit.act(AuditTag.AUDIT_EXPORTED, audit.OPERATOR, "audit")
    for entry in audit.exported():
        print(json.dumps({**entry, "entry": json.loads(entry["entry"])}, ensure_ascii=False))
    return 0


def _order(asked: Namespace) -> int:
    if asked.call is not None and asked.what == "upload-now":
        print("upload-now is about no call", file=sys.stderr)
        return 2
    number = desks.order(audit.OPERATOR, asked.device, asked.what, asked.call or "")
    say(asked, {"number": number}, f"Order {number}: {asked.what}.")
    return 0


def _say_first(asked: Namespace, first: FirstRun) -> None:
    text = (
        f"First run. What follows is shown once.\n"
        f"  URL              {first.url}\n"
        f"  sign in          {first.admin} / {first.password}\n"
        f"  enrolment token  {first.enrolment_token}\n"
        f"  import key       {first.import_key}"
    )
    say(asked, {"event": "first-run", **asdict(first)}, text)


_COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "init": _init,
    "work": _work,
    "migrate": _migrate,
    "check": _check,
    "enrol-token": _enrol_token,
    "import-key": _import_key,
    "desks": desk_commands.list_desks,
    "decisions": desk_commands.show_decisions,
    "notices": desk_commands.list_notices,
    "revoke": _revoke,
    "sample-people": _sample_people,
    "reset-password": _reset_password,
    "place-agent": _place_agent,
    "policy": policy_commands.run,
    "keys": key_commands.run,
    "audit": _audit,
    "order": _order,
}
