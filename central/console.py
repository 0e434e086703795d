"""What each command does, and what it prints: for people, or with --json for programs."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import FrameType
from typing import Any

import django
import msgspec
import uvicorn
from django.conf import settings

from central.config import Config
from central.media.keys import KeysError

django.setup()

# Rows may be imported once Django is set up, not before.
from central.asgi import Central  # noqa: E402
from central.core.audit import AuditTag  # noqa: E402
from central.services import (  # noqa: E402
    audit,
    checking,
    desks,
    people,
    policy,
    policy_changes,
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
        lambda: _say(asked, {"event": "ready", "url": config.url}, f"Central is at {config.url}"),
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
        _say(asked, {"url": config.url, "already": True}, "Everything is there already.")
    else:
        _say_first(asked, first)
    return 0


def _work(asked: Namespace) -> int:
    worker = Worker(site())
    if asked.drain:
        count = worker.drain()
        _say(asked, {"jobs": count}, f"{count} jobs done.")
        return 0

    def stop(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    worker.run()
    return 0


def _migrate(asked: Namespace) -> int:
    start.migrate()
    _say(asked, {"migrated": True}, "The database is up to date.")
    return 0


def _check(asked: Namespace) -> int:
    faults = list(checking.faults(site(), checking.Depth(asked.depth)))
    dead = [f"job {job.kind} {job.subject}: {job.last_error}" for job in checking.dead_jobs()]
    lines = [*faults, *dead]
    text = "\n".join(lines) if lines else f"All is well (depth: {asked.depth})."
    _say(asked, {"depth": asked.depth, "faults": faults, "dead_jobs": dead}, text)
    return 1 if lines else 0


def _enrol_token(asked: Namespace) -> int:
    token = desks.new_token(audit.OPERATOR, asked.label, asked.uses, asked.days)
    _say(asked, {"enrolment_token": token}, token)
    return 0


def _import_key(asked: Namespace) -> int:
    key = voice.new_import_key(audit.OPERATOR, asked.label)
    _say(asked, {"import_key": key}, key)
    return 0


def _desks(asked: Namespace) -> int:
    audit.act(AuditTag.DESKS_SEEN, audit.OPERATOR, "desks")
    found = [
        {
            "device_id": desk.device_id,
            "name": desk.name,
            "agent_id": desk.agent_id,
            "version": desk.client_version,
            "seen_at": desk.seen_at.isoformat() if desk.seen_at else None,
            "waiting": desk.spooled_count,
            "quarantined": desk.quarantined_count,
            "problem": desk.problem,
        }
        for desk in desks.listed()
    ]
    lines = [
        f"{one['device_id']}  {one['name']:<20}  {one['agent_id'] or '-':<16}  "
        f"waiting {one['waiting']}, quarantine {one['quarantined']}, {one['problem'] or 'well'}"
        for one in found
    ]
    _say(asked, {"desks": found}, "\n".join(lines) or "No desk has enrolled yet.")
    return 0


def _revoke(asked: Namespace) -> int:
    ways = {
        "desk": desks.revoke,
        "enrol-token": desks.revoke_token,
        "import-key": voice.revoke_import_key,
    }
    ways[asked.what](audit.OPERATOR, asked.name)
    _say(asked, {"revoked": asked.name}, f"{asked.name} is let in no more.")
    return 0


def _sample_people(asked: Namespace) -> int:
    made = samples.people_and_agents(audit.OPERATOR, asked.agent)
    lines = [f"{one.name:<18} {one.password}  {'; '.join(one.roles)}" for one in made]
    _say(asked, {"people": [asdict(one) for one in made]}, "\n".join(lines))
    return 0


def _reset_password(asked: Namespace) -> int:
    password = people.reset_password(audit.OPERATOR, asked.name)
    _say(asked, {"name": asked.name, "password": password}, password)
    return 0


def _place_agent(asked: Namespace) -> int:
    agent = people.place_agent(audit.OPERATOR, asked.agent, asked.unit)
    text = f"{agent.agent_id} belongs to {agent.unit_id}."
    _say(asked, {"agent_id": agent.agent_id, "unit": agent.unit_id}, text)
    return 0


def _policy(asked: Namespace) -> int:
    _, now_in_force = policy.in_force()
    if asked.what == "set":
        wishes = policy_changes.Wishes(
            percentage=asked.percentage,
            salt=asked.salt,
            tail_seconds=asked.tail,
            servers=asked.server,
            origins=asked.origin,
            details_keys=asked.details_key,
            capture=asked.capture,
            exclude=asked.exclude,
        )
        policy.change(audit.OPERATOR, policy_changes.changed(now_in_force, wishes))
        _, now_in_force = policy.in_force()
    document = msgspec.to_builtins(now_in_force, str_keys=True)
    text = json.dumps(document, indent=2)
    _say(asked, document, text)
    return 0


def _audit(asked: Namespace) -> int:
    if asked.what == "verify":
        faults = list(audit.verify(asked.head))
        text = "\n".join(faults) if faults else "The audit's chain holds."
        _say(asked, {"faults": faults}, text)
        return 1 if faults else 0
    audit.act(AuditTag.AUDIT_EXPORTED, audit.OPERATOR, "audit")
    for entry in audit.exported():
        print(json.dumps({**entry, "entry": json.loads(entry["entry"])}, ensure_ascii=False))
    return 0


def _order(asked: Namespace) -> int:
    number = desks.order(audit.OPERATOR, asked.device, asked.what)
    _say(asked, {"number": number}, f"Order {number}: {asked.what}.")
    return 0


def _say_first(asked: Namespace, first: FirstRun) -> None:
    text = (
        f"First run. What follows is shown once.\n"
        f"  URL              {first.url}\n"
        f"  sign in          {first.admin} / {first.password}\n"
        f"  enrolment token  {first.enrolment_token}\n"
        f"  import key       {first.import_key}"
    )
    _say(asked, {"event": "first-run", **asdict(first)}, text)


def _say(asked: Namespace, document: Mapping[str, Any], text: str) -> None:
    print(json.dumps(document) if asked.json else text, flush=True)


_COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "init": _init,
    "work": _work,
    "migrate": _migrate,
    "check": _check,
    "enrol-token": _enrol_token,
    "import-key": _import_key,
    "desks": _desks,
    "revoke": _revoke,
    "sample-people": _sample_people,
    "reset-password": _reset_password,
    "place-agent": _place_agent,
    "policy": _policy,
    "audit": _audit,
    "order": _order,
}
