"""What an administrator typed, as a change of the policy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from central.services import people, policy
from central.services.errors import Unusable
from central.services.upload_wishes import UploadWishes, spooling, uploading
from contract.hotkey import HotkeyError, combination
from contract.policy import Capture, Policy
from contract.versions import is_version

_SCALARS = tuple(name for name in Capture.__struct_fields__ if name != "exclude")
_NONE = "none"
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_CONSENT_CHARACTERS = 20_000
_VERSION_CHARACTERS = 64
_NOTHING = "nothing"  # what is typed to exclude no window, to let in no page any more
_PATTERNS = ("application", "title")
_TRUE_AND_FALSE = {"on": True, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to be different; None, or nothing, stays as it is."""

    percentage: str | None = None
    unit_percentages: Sequence[str] | None = None  # PATH=PERCENT; "none" in place of the number
    group_percentages: Sequence[str] | None = None  # NAME=PERCENT
    agent_percentages: Sequence[str] | None = None  # ID=PERCENT
    salt: str | None = None
    tail_seconds: float | None = None
    servers: Sequence[str] | None = None
    origins: Sequence[str] | None = None
    api_origins: Sequence[str] | None = None
    details_keys: Sequence[str] | None = None
    capture: Sequence[str] = ()  # NAME=VALUE
    exclude: Sequence[str] | None = None  # application=GLOB,title=GLOB
    agent_may_pause: str | None = None  # "on", "off"
    agent_may_record_now: str | None = None
    supervisor_may_record_now: str | None = None
    hotkey: str | None = None  # "none": there is none
    hotkey_listener: str | None = None
    remind_seconds: float | None = None
    pill: str | None = None
    notice: str | None = None
    least_version: str | None = None  # "none": there is none
    consent_version: str | None = None
    consent_text: str | None = None  # "": none
    uploads: UploadWishes = field(default_factory=UploadWishes)


def changed(old: Policy, wishes: Wishes) -> Policy:
    """The policy with what was asked; Unusable, with words for the asker, if it cannot be."""
    given: Mapping[str, Mapping[str, object]] = {
        "selection": {
            "percentage": None if wishes.percentage is None else _percent(wishes.percentage),
            "salt": wishes.salt,
            "rules": _ruled(old, wishes),
        },
        "limits": {"tail_seconds": wishes.tail_seconds},
        "workspace": {
            "servers": _origins("server", wishes.servers),
            "origins": _origins("origin", wishes.origins),
            "api_origins": _origins("api-origin", wishes.api_origins),
        },
        "capture": _captured(wishes),
        "pausing": {
            "agent_may_pause": _switched(wishes.agent_may_pause),
            "agent_may_record_now": _switched(wishes.agent_may_record_now),
            "supervisor_may_record_now": _switched(wishes.supervisor_may_record_now),
            "hotkey": _hotkey(wishes.hotkey),
            "hotkey_listener": _switched(wishes.hotkey_listener),
            "remind_seconds": wishes.remind_seconds,
        },
        "desk": {"pill": _switched(wishes.pill), **_consent(old, wishes)},
        "uploading": uploading(wishes.uploads),
        "spooling": spooling(wishes.uploads),
    }
    document: dict[str, Any] = msgspec.to_builtins(old, str_keys=True)
    for part, changes in given.items():
        document[part].update({key: value for key, value in changes.items() if value is not None})
    if document["uploading"]["when"] == "windows" and not document["uploading"]["windows"]:
        raise Unusable(
            "--upload-when windows needs a window: give --upload-window mon-fri/22:00-06:00 too"
        )
    if wishes.details_keys is not None:
        document["details_keys"] = wishes.details_keys
    if wishes.notice is not None:
        document["notice"] = "" if wishes.notice == _NONE else wishes.notice
    if wishes.least_version is not None:
        document["least_version"] = _version(wishes.least_version)
    try:
        return msgspec.convert(document, Policy)
    except msgspec.ValidationError as error:
        raise Unusable(str(error)) from error


def _version(text: str) -> str:
    if text == _NONE:
        return ""
    if len(text) > _VERSION_CHARACTERS or not is_version(text):
        raise Unusable(f"not a version: {text}; give numbers, as 1.2.0")
    return text


def _percent(text: str) -> str:
    try:
        policy.check_percentage(Decimal(text))
    except InvalidOperation as error:
        raise Unusable(f"not a percentage: {text}") from error
    return str(Decimal(text))


def _ruled(old: Policy, wishes: Wishes) -> list[dict[str, str]] | None:
    """The rules with those that were named in place of their older selves."""
    asked = {
        "unit": wishes.unit_percentages,
        "group": wishes.group_percentages,
        "agent": wishes.agent_percentages,
    }
    if all(one is None for one in asked.values()):
        return None
    held: dict[tuple[str, str], str] = {
        (kind, of): str(rule.percentage)
        for rule in old.selection.rules
        for kind in asked
        if (of := getattr(rule, kind)) is not None
    }
    for kind, wanted in asked.items():
        for wish in wanted or ():
            of, _, text = wish.rpartition("=")
            _check_subject(kind, of, wish)
            if text == _NONE:
                held.pop((kind, of), None)
            else:
                held[kind, of] = _percent(text)
    return [{kind: of, "percentage": text} for (kind, of), text in sorted(held.items())]


def _check_subject(kind: str, of: str, wish: str) -> None:
    if not of or not of.isprintable() or of != of.strip():
        raise Unusable(f"not a {kind} with its percentage, as NAME=12.5: {wish}")
    if kind == "unit" and not people.is_unit(of):
        raise Unusable(f"not a unit's path, as /sales/north: {of}")


def _switched(word: str | None) -> bool | None:
    return None if word is None else _TRUE_AND_FALSE[word]


def _hotkey(text: str | None) -> str | None:
    if text is None or text == _NONE:
        return None if text is None else ""
    try:
        return str(combination(text))
    except HotkeyError as error:
        raise Unusable(str(error)) from error


def _consent(old: Policy, wishes: Wishes) -> dict[str, str]:
    """Version and text of what agents confirm: both, or neither."""
    version, text = wishes.consent_version, wishes.consent_text
    if version is None and text is None:
        return {}
    if text == "" or version == _NONE:
        return {"consent_version": "", "consent_text": ""}
    version = old.desk.consent_version if version is None else version.strip()
    text = old.desk.consent_text if text is None else text
    if not text:
        raise Unusable("there is no text to confirm: give --consent-text FILE as well")
    if len(text) > _CONSENT_CHARACTERS:
        raise Unusable(f"the text to confirm has more than {_CONSENT_CHARACTERS} characters")
    if not 0 < len(version) <= _VERSION_CHARACTERS or not version.isprintable():
        raise Unusable(
            f"--consent-version names the text, in 1 to {_VERSION_CHARACTERS} characters"
        )
    if version == old.desk.consent_version and text != old.desk.consent_text:
        raise Unusable(
            "another text needs another --consent-version: who confirmed the old one did not see it"
        )
    return {"consent_version": version, "consent_text": text}


def _origins(option: str, given: Sequence[str] | None) -> list[str] | None:
    """Addresses without path, lower case, no slash at the end; `none` or `nothing`: none."""
    if given is None:
        return None
    found = []
    for text in given:
        if text in {_NONE, _NOTHING} and len(given) == 1:
            return []
        origin = text.rstrip("/").lower()
        if not _ORIGIN.fullmatch(origin):
            raise Unusable(f"not an origin, as https://host:port: --{option} {text}")
        found.append(origin)
    return found


def _captured(wishes: Wishes) -> dict[str, object]:
    found: dict[str, object] = {}
    for wish in wishes.capture:
        name, _, text = wish.partition("=")
        if name not in _SCALARS or not text:
            raise Unusable(f"not NAME=VALUE: {wish}; names are {', '.join(_SCALARS)}")
        found[name] = _value(text)
    if wishes.exclude is not None:
        found["exclude"] = [_pattern(text) for text in wishes.exclude if text != _NOTHING]
    return found


def _value(text: str) -> object:
    """A number, on or off, or a word."""
    if text in _TRUE_AND_FALSE:
        return _TRUE_AND_FALSE[text]
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _pattern(text: str) -> dict[str, str]:
    pattern = {}
    for part in text.split(","):
        name, _, glob = part.partition("=")
        if name.strip() not in _PATTERNS or not glob:
            raise Unusable(
                f"not a pattern: {text}; write application=GLOB, title=GLOB, or both with a comma"
            )
        pattern[name.strip()] = glob
    return pattern
