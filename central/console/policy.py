"""`policy show` and `policy set`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator

import msgspec

from central.console.saying import say
from central.services import audit, policy, policy_changes
from central.services.errors import Unusable
from contract.policy import ExcludedWindow, Policy

_NONE = "none"


def run(asked: Namespace) -> int:
    """Either."""
    _, in_force = policy.in_force()
    if asked.what == "set":
        wanted = policy_changes.changed(in_force, _wishes(asked))
        if wanted != in_force:
            policy.change(audit.OPERATOR, wanted)
            _, in_force = policy.in_force()
    say(asked, msgspec.to_builtins(in_force, str_keys=True), "\n".join(_lines(in_force)))
    return 0


def _wishes(asked: Namespace) -> policy_changes.Wishes:
    return policy_changes.Wishes(
        percentage=asked.percentage,
        unit_percentages=asked.unit_percentage,
        group_percentages=asked.group_percentage,
        agent_percentages=asked.agent_percentage,
        salt=asked.salt,
        tail_seconds=asked.tail,
        servers=asked.server,
        origins=asked.origin,
        api_origins=asked.api_origin,
        details_keys=asked.details_key,
        capture=asked.capture,
        exclude=asked.exclude,
        agent_may_pause=asked.agent_may_pause,
        agent_may_record_now=asked.agent_may_record_now,
        supervisor_may_record_now=asked.supervisor_may_record_now,
        hotkey=asked.hotkey,
        hotkey_listener=asked.hotkey_listener,
        remind_seconds=asked.remind,
        pill=asked.pill,
        notice=asked.notice,
        consent_version=asked.consent_version,
        consent_text=_text(asked.consent_text),
    )


def _text(path: str | None) -> str | None:
    if path is None or path == _NONE:
        return None if path is None else ""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read: {error}") from error


def _lines(one: Policy) -> Iterator[str]:
    """The policy in words; --json shows every value."""
    since, until = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (one.issued_at, one.expires_at))
    yield f"Policy {one.version}, since {since}, in force until {until}"
    yield ""
    yield "Whose screen is recorded (the most specific counts: agent, group, unit, all)"
    yield f"  all calls           {one.selection.percentage} %"
    for name in ("unit", "group", "agent"):
        for rule in one.selection.rules:
            if (of := getattr(rule, name)) is not None:
                yield f"  {f'{name} {of}':<19} {rule.percentage} %"
    yield f"  salt                {one.selection.salt}"
    yield f"  agents placed       {len(one.agent_units)}, in groups: {len(one.agent_groups)}"
    yield from _pausing(one)
    yield "How the screen is captured"
    for name in one.capture.__struct_fields__:
        if name != "exclude":
            yield f"  {name:<19} {_value(getattr(one.capture, name))}"
    yield f"  painted over        {_listed(_window(window) for window in one.capture.exclude)}"
    yield "Limits, in seconds"
    for name in one.limits.__struct_fields__:
        words = name.removesuffix("_seconds").replace("_", " ")
        yield f"  {words:<19} {getattr(one.limits, name):g}"
    yield "Workspace"
    yield f"  servers             {_listed(one.workspace.servers)}"
    yield f"  Workspace origins   {_listed(one.workspace.origins)}"
    yield f"  local API origins   {_listed(one.workspace.api_origins)}"
    yield f"  attached data kept  {_listed(one.details_keys)}"


def _pausing(one: Policy) -> Iterator[str]:
    pausing, desk = one.pausing, one.desk
    yield "Pausing, and recording by choice"
    yield f"  agents may pause    {_value(pausing.agent_may_pause)}"
    agents, supervisors = pausing.agent_may_record_now, pausing.supervisor_may_record_now
    yield f"  record now          agents {_value(agents)}, supervisors {_value(supervisors)}"
    listener = ", by a listener for all keys if need be" if pausing.hotkey_listener else ""
    yield f"  hotkey              {pausing.hotkey + listener if pausing.hotkey else _NONE}"
    reminder = f"after {pausing.remind_seconds:g} s" if pausing.remind_seconds else "never"
    yield f"  reminder of a pause {reminder}"
    yield "What agents are shown"
    yield f"  pill                {_value(desk.pill)}"
    consent = f"{desk.consent_version}, {len(desk.consent_text)} characters"
    yield f"  notice to confirm   {consent if desk.consent_version else _NONE}"
    yield f"  notice              {one.notice or _NONE}"


def _window(window: ExcludedWindow) -> str:
    return ",".join(
        f"{name}={glob}"
        for name, glob in (("application", window.application), ("title", window.title))
        if glob
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values) or _NONE
