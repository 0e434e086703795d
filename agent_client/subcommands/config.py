"""`twinreel-agent config`: what it is, where each word of it comes from, and what is wrong.

For IT's scripts: exit status 0 when all is right, 2 when something is mistaken.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from agent_client.command_table import program
from agent_client.config import Finder
from contract.desk_checks import as_text
from contract.desk_config import Mistake
from contract.desk_keys import KEYS, Key
from contract.desk_layers import Merged
from uploader.desk_settings import Reading
from uploader.desk_settings.kept_files import unusable

RIGHT = 0
MISTAKEN = 2

_HIDDEN = "(secret)"
_NOT_GIVEN = "-"
_SIGN_IN = re.compile(r"//.*@")  # within an address: all before the host


def main(arguments: Sequence[str], find: Finder) -> int:
    """Show it or check it."""
    asked = _parser().parse_args(arguments)
    reading = find.reading(for_machine=asked.machine)
    mistakes = reading.merged.mistakes
    of_user = reading.merged.of_user
    if not mistakes and asked.order == "check":
        mistakes = unusable(reading.merged)
    status = MISTAKEN if mistakes or of_user else RIGHT
    if asked.json:
        print(json.dumps(_facts(reading, mistakes), indent=2, ensure_ascii=False))
        return status
    if asked.order == "show":
        _print_settings(reading, origin=asked.origin)
    for one in (*reading.merged.told, *of_user):
        print(f"Passed over: {one}", file=sys.stderr)
    for one in mistakes:
        print(one, file=sys.stderr)
    if status == RIGHT and asked.order == "check":
        print(f"The configuration is right. Central is {reading.merged.config.central.url}")
    return status


def _print_settings(reading: Reading, *, origin: bool) -> None:
    merged = reading.merged
    width = max(len(key.name) for key in KEYS)
    shown = {key: _shown(key, merged.value(key.name)) for key in KEYS}
    room = max(map(len, shown.values()))
    for key, value in shown.items():
        if origin:
            print(f"{key.name:<{width}}  {value:<{room}}  {_origin(merged, key)}".rstrip())
        else:
            print(f"{key.name:<{width}}  {value}")
    if origin:
        print(f"\nThe state folder is {reading.state_dir}. Looked for, highest first:")
        for source in reading.sources:
            there = "" if source.found else "  (nothing there)"
            print(f"  {source.layer:<9}  {source.place}{there}")


def _origin(merged: Merged, key: Key) -> str:
    """Who decides, and whose word does not count."""
    first, *others = merged.origins.get(key.name, (merged.origin(key.name),))
    over = "; over ".join(["", *(f"{one.layer} {one.place}" for one in others)])
    wrong = any(one.key == key.name and one.place == first.place for one in merged.mistakes)
    note = "  WRONG, see below" if wrong else ""
    if any(one.key == key.name for one in merged.of_user):
        note += "  the user's PASSED OVER, see below"
    return f"{first.layer:<9}  {first.place}{over}{note}"


def _shown(key: Key, value: Any) -> str:  # noqa: ANN401 -- of the key's kind
    if value is None or value == "":
        return _NOT_GIVEN
    return _HIDDEN if key.secret else as_text(_without_password(value))


def _without_password(value: Any) -> Any:  # noqa: ANN401 -- as above
    """An address without the name and password that may stand in it, right or not."""
    return _SIGN_IN.sub(f"//{_HIDDEN}@", value) if isinstance(value, str) else value


def _facts(reading: Reading, mistakes: Sequence[Mistake]) -> dict[str, Any]:
    return {
        "right": not mistakes and not reading.merged.of_user,
        "settings": list(_settings(reading.merged)),
        "mistakes": [_told(one) for one in mistakes],
        "passed_over": [_told(one) for one in reading.merged.of_user],
        "not_known": [_told(one) for one in reading.merged.told],
        "state_dir": str(reading.state_dir),
        "places": [
            {"layer": source.layer, "place": source.place, "found": source.found}
            for source in reading.sources
        ],
    }


def _settings(merged: Merged) -> Iterator[dict[str, Any]]:
    for key in KEYS:
        value = merged.value(key.name)
        given = value is not None and value != ""
        origin, *over = merged.origins.get(key.name, (merged.origin(key.name),))
        yield {
            "key": key.name,
            "value": None if key.secret or not given else _without_password(value),
            "given": given,
            "layer": origin.layer,
            "place": origin.place,
            "over": [{"layer": one.layer, "place": one.place} for one in over],
        }


def _told(one: Mistake) -> dict[str, str]:
    return {
        "layer": one.layer,
        "place": one.place,
        "key": one.key,
        "reason": one.reason,
        "remedy": one.remedy,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program("config"),
        description="Shows what this desk's configuration is, or checks it.",
        epilog="exit status: 0 all is right; 2 something is mistaken, and standard error says what",
    )
    parser.add_argument(
        "order",
        choices=("show", "check"),
        help="show: every key and what holds, right or not; check: whether all is right, the files "
        "that are named included",
    )
    parser.add_argument(
        "--origin", action="store_true", help="show, too, where each value comes from"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument(
        "--machine",
        action="store_true",
        help="leave out the user's own file, as the machine's uploader does",
    )
    return parser
