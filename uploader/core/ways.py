"""The ways to a server, direct or by a proxy, and whether the desk has slept: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

DIRECT = ""  # among addresses of proxies
_BAD_FOR = timedelta(minutes=5)  # a way that failed comes last for so long
_SCHEMES = {"PROXY": "http", "HTTP": "http", "HTTPS": "https"}
_ADDRESS = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


def ways_said(rules_say: str) -> tuple[str, ...]:
    """What FindProxyForURL returned, as addresses of proxies and DIRECT, in its order.

    What is not understood, and SOCKS, is passed over; so the answer may be empty.
    """
    found: list[str] = []
    for element in rules_say.split(";"):
        words = element.split()
        if [word.upper() for word in words] == ["DIRECT"]:
            found.append(DIRECT)
        elif len(words) == 2 and _ADDRESS.fullmatch(words[1]):  # noqa: PLR2004  # keyword and address
            scheme = _SCHEMES.get(words[0].upper())
            if scheme is not None:
                found.append(f"{scheme}://{words[1]}")
    return tuple(dict.fromkeys(found))


def best_first(
    ways: Iterable[str], failed: Mapping[str, timedelta], now: timedelta
) -> tuple[str, ...]:
    """The ways with those last that failed lately; `failed`: when each last did, monotonic."""

    def is_bad(way: str) -> bool:
        return way in failed and now - failed[way] < _BAD_FOR

    return tuple(sorted(ways, key=is_bad))


def all_bad(ways: Iterable[str], failed: Mapping[str, timedelta], now: timedelta) -> bool:
    """Whether every one of them failed lately."""
    return all(way in failed and now - failed[way] < _BAD_FOR for way in ways)


def shown(way: str) -> str:
    """A way for a person to read, without user name and password."""
    if way == DIRECT:
        return "direct"
    parts = urlsplit(way)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment by both clocks."""

    monotonic: timedelta
    wall: timedelta  # since any fixed day


def slept(before: Moment, after: Moment, tick: timedelta) -> bool:
    """Whether the desk slept between two looks that should be one `tick` apart.

    Where the monotonic clock stands still in sleep, the wall clock runs ahead of it; where it does
    not, both do. A wall clock that was set ahead looks the same, and the mistake costs little.
    """
    monotonic, wall = after.monotonic - before.monotonic, after.wall - before.wall
    return wall - monotonic > 2 * tick or monotonic > 3 * tick
