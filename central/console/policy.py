"""`policy show` and `policy set`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator

import msgspec

from central.console.saying import say
from central.services import audit, policy, policy_changes
from central.services.errors import Unusable
from central.services.upload_wishes import (
    UploadWishes,
    bits_text,
    bytes_text,
    rate_text,
    span_text,
)
from contract.policy import ExcludedWindow, Policy, Uploading

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
        least_version=asked.least_version,
        consent_version=asked.consent_version,
        consent_text=_text(asked.consent_text),
        uploads=UploadWishes(
            when=asked.upload_when,
            interval=asked.upload_interval,
            windows=asked.upload_window,
            spread=asked.upload_spread,
            during_calls=asked.upload_during_calls,
            early=asked.upload_early,
            rate=asked.upload_rate,
            rates=asked.upload_rate_within,
            call_rate=asked.upload_call_rate,
            metered=asked.upload_metered,
            least_battery=asked.upload_least_battery,
            flush=asked.upload_flush,
            secret_days=asked.secret_days,
            quota=asked.spool_quota,
            least_free_percent=asked.spool_least_free_percent,
            least_free=asked.spool_least_free,
        ),
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
    yield from _uploading(one)
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
    yield f"  least version       {one.least_version or _NONE}"


def _uploading(one: Policy) -> Iterator[str]:
    up, spool = one.uploading, one.spooling
    yield "When and how fast recordings are sent"
    yield f"  when                {_when(up)}"
    yield f"  windows             {_listed(span_text(window) for window in up.windows)}"
    yield f"  spread              {up.spread_minutes} minutes"
    yield f"  during calls        {_value(up.during_calls)}"
    yield f"  early segments      {_value(up.early_segments)}"
    yield f"  bits a second       {bits_text(up.bits_per_second)}"
    yield f"  by time             {_listed(rate_text(rate) for rate in up.rates)}"
    yield f"  in a call           {bits_text(up.call_bits_per_second)}"
    yield f"  metered networks    {_value(up.metered)}"
    yield f"  battery, at least   {up.least_battery_percent} %"
    yield f"  at sign-off         {up.flush_seconds:g} s"
    secrets = f"new after {up.secret_days} days" if up.secret_days else "kept"
    yield f"  desks' secrets      {secrets}"
    yield "What recordings may take of a desk's disk"
    yield f"  quota               {bytes_text(spool.quota_bytes)}"
    least_free = f"{spool.least_free_percent:g} % or {bytes_text(spool.least_free_bytes)}"
    yield f"  left free           {least_free}"


def _when(up: Uploading) -> str:
    return f"every {up.interval_minutes} minutes" if up.when == "interval" else up.when


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
