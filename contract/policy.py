"""The policy: what admins tune, as one document that central signs and desks cache."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from contract.canonical import unb64
from contract.signing import SignatureRefusedError, signed, verified

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from contract.envelope import Recipient

PURPOSE = "twinreel/policy/1"


class PolicyError(ValueError):
    """The document is no policy that we may follow; the message says why."""


_Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class PublicKey(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """A public key with its span of validity."""

    kid: str
    public: str  # base64url, 32 bytes
    not_before: datetime
    not_after: datetime
    escrow: bool = False  # central cannot open what is sealed to this one alone

    def recipient(self) -> Recipient:
        """As the envelope wants it."""
        from contract.envelope import Recipient  # noqa: PLC0415 -- slow; the uploader never seals

        return Recipient(self.kid, unb64(self.public))


class SelectionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A percentage for one organisation unit (path prefix), one agent group or one agent."""

    percentage: Decimal
    unit: str | None = None
    group: str | None = None
    agent: str | None = None


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which calls' screens are recorded; the most specific rule wins.

    That is the agent's, else the greatest of the agent's groups, else the longest unit's.
    """

    percentage: Decimal
    salt: str
    rules: tuple[SelectionRule, ...] = ()

    def for_agent(self, agent: str, unit: str, groups: Collection[str] = ()) -> Decimal:
        """The percentage that applies to this agent in this unit ("/sales/north")."""
        own = [rule.percentage for rule in self.rules if rule.agent == agent]
        grouped = [rule.percentage for rule in self.rules if rule.group in groups]
        if own or grouped:
            return own[0] if own else max(grouped)
        best = self.percentage
        depth = -1
        for rule in self.rules:
            if rule.unit is not None and _within(unit, rule.unit) and len(rule.unit) > depth:
                best, depth = rule.percentage, len(rule.unit)
        return best


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long things may last."""

    provisional_wrap_up_seconds: _Seconds = 3.0
    tail_seconds: _Seconds = 300.0  # after-call work is recorded this long at most
    recording_seconds: _Seconds = 14_400.0
    ping_seconds: _Seconds = 60.0  # loopback sign-in expires without a ping


class ExcludedWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Windows that are painted over: those to which every pattern given here applies.

    Patterns are globs (`*`, `?`, `[...]`), upper and lower case alike.
    """

    application: str | None = None  # program name, X11 class, bundle id: any of them
    title: str | None = None

    def __post_init__(self) -> None:
        if not self.application and not self.title:
            raise ValueError("an excluded window needs an application, a title, or both")


class Capture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the screen is captured."""

    frames_per_second: Annotated[float, msgspec.Meta(ge=1, le=15)] = 5.0  # at most
    quantiser: Annotated[int, msgspec.Meta(ge=18, le=40)] = 26
    segment_seconds: _Seconds = 300.0
    flush_seconds: Annotated[float, msgspec.Meta(gt=0, le=2)] = 1.0
    # a ceiling, over half a minute: beyond it fewer pictures come, then coarser ones
    bits_per_second: Annotated[int, msgspec.Meta(ge=64_000, le=50_000_000)] = 600_000
    cpu_share: Annotated[float, msgspec.Meta(ge=0.02, le=1)] = 0.25  # of one core, at most
    monitor: str = "all"  # or "primary", "workspace" (the one with its window), or a monitor's name
    workspace_title: str = "*Workspace*"  # a glob: how the Workspace window is known
    exclude: tuple[ExcludedWindow, ...] = ()
    click_marker: bool = False  # a ring where the agent clicked
    # "auto", "polling" (no damage events), "duplication" (Windows: DXGI in place of GDI)
    method: Literal["auto", "polling", "duplication"] = "auto"


class Pausing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may pause."""

    agent_may_pause: bool = True
    agent_may_record_now: bool = False
    supervisor_may_record_now: bool = True  # from central's page of calls that go on
    hotkey: str = ""  # pauses and resumes: modifiers and one key, "Ctrl+Alt+P"; none if empty
    hotkey_listener: bool = False  # where it cannot be registered, a listener for all keys may help
    remind_seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 300.0  # of a pause; 0: never


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What agents are shown."""

    pill: bool = False  # a small window with time and pause button while a screen is recorded
    consent_version: str = ""  # of the text that each agent is to read once; none if empty
    consent_text: str = ""


class Workspace(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which Genesys servers a sign-in may name, and which pages may call the loopback endpoint."""

    servers: tuple[str, ...] = ()  # origins, https://host:port
    origins: tuple[str, ...] = ()
    api_origins: tuple[str, ...] = ()  # pages that may call the local API, if they have its token


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the week by the desk's own clock, "22:00" to "06:00"; it may pass midnight."""

    opens: ClockTime
    closes: ClockTime  # the same as `opens`: a whole day
    days: tuple[Day, ...] = ()  # on which it opens; none: on each


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A limit that holds in a part of the week."""

    within: Span
    bits_per_second: Annotated[int, msgspec.Meta(ge=0)]  # 0: no limit


class Uploading(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When and how fast recordings leave the desk. A person's "upload now" goes before it all."""

    when: Literal["at-once", "interval", "windows", "after-shift"] = "at-once"
    interval_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 60
    windows: tuple[Span, ...] = ()
    # Windows and ends of shift: over this long the desks of a fleet begin, one by one. The turns of
    # an interval lie evenly in all of it.
    spread_minutes: Annotated[int, msgspec.Meta(ge=0, le=720)] = 30
    during_calls: bool = True
    early_segments: bool = True  # if at once: closed segments of a call that still goes on
    # The most bits a second, 0: no limit. `rates` replace the first in their part of the week.
    bits_per_second: Annotated[int, msgspec.Meta(ge=0)] = 0
    rates: tuple[Rate, ...] = ()
    call_bits_per_second: Annotated[int, msgspec.Meta(ge=0)] = 0  # in a call, if it is less
    metered: bool = False  # whether networks that cost by the byte may be used
    least_battery_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 20  # if not on mains
    # At sign-off from the computer what waits may still go for this long, whatever the schedule;
    # `metered` and `least_battery_percent` hold then, too.
    flush_seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 20.0
    secret_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 90  # a new device secret; 0: never

    def __post_init__(self) -> None:
        if self.when == "windows" and not self.windows:
            raise ValueError("uploads in windows need a window")


class Spooling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much of the desk's disk recordings may take. What is unsent is never removed for it."""

    quota_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0  # of all that waits; 0: no quota
    # No recording opens when less is free than both: a share of the disk, and bytes.
    least_free_percent: Annotated[float, msgspec.Meta(ge=0, le=50)] = 10.0
    least_free_bytes: Annotated[int, msgspec.Meta(ge=0)] = 2 * 1024**3


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything central tells a desk."""

    version: int
    issued_at: datetime
    expires_at: datetime
    agent_units: dict[str, str] = {}  # agent id -> unit; absent means "/"
    agent_groups: dict[str, tuple[str, ...]] = {}  # agent id -> groups
    selection: Selection
    limits: Limits = Limits()
    capture: Capture = Capture()
    pausing: Pausing = Pausing()
    desk: Desk = Desk()
    workspace: Workspace = Workspace()
    uploading: Uploading = Uploading()
    spooling: Spooling = Spooling()
    details_keys: tuple[str, ...] = ()  # attached-data keys kept, in the sealed details
    seal_to: tuple[PublicKey, ...]  # active and escrow keys of central
    receipt_keys: tuple[PublicKey, ...]  # Ed25519: who may sign receipts
    notice: str = ""
    least_version: str = ""  # older desks say that they are; nothing else comes of it

    def percentage_for(self, agent: str) -> Decimal:
        """What applies to this agent."""
        unit = self.agent_units.get(agent, "/")
        return self.selection.for_agent(agent, unit, self.agent_groups.get(agent, ()))


def _within(unit: str, of: str) -> bool:
    return unit == of or unit.startswith(of.rstrip("/") + "/")


def publish(policy: Policy, root: Ed25519PrivateKey) -> bytes:
    """The signed document that desks fetch.

    Sections that say nothing new are left out: a desk of before knows none of them, and would
    refuse the whole policy, keys and all.
    """
    said = msgspec.to_builtins(policy, str_keys=True)
    for name, usual in (("uploading", Uploading()), ("spooling", Spooling())):
        if getattr(policy, name) == usual:
            del said[name]
    if not policy.least_version:
        del said["least_version"]
    return signed(PURPOSE, said, root)


def accept(document: bytes, roots: Mapping[str, bytes], now: datetime | None) -> Policy:
    """The policy, if a root we pinned signed it and (unless `now` is None) it is in force.

    Desks keep following the last good policy when it has expired (`now` None) and say so; they
    never take a new one that has. PolicyError says what is wrong.
    """
    try:
        policy = msgspec.convert(verified(PURPOSE, document, roots), Policy)
    except SignatureRefusedError as error:
        raise PolicyError(str(error)) from error
    except msgspec.ValidationError as error:
        raise PolicyError(f"the policy cannot be read: {error}") from error
    if now is not None and now >= policy.expires_at:
        raise PolicyError(f"the policy expired at {policy.expires_at.isoformat()}")
    if not policy.seal_to:
        raise PolicyError("the policy names no key to seal to")
    return policy
