"""The lists that wheels bring of what is within them (CycloneDX, in .dist-info/sboms).

They name what cannot be seen from outside: crates within a Rust library, the OpenSSL that is linked
into it, the builder's packages that libraries were taken from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KNOWN_BY = "the wheel's own list"


@dataclass(frozen=True, slots=True)
class Listed:
    """One part that a wheel names."""

    name: str
    version: str
    purl: str
    licence: str


def read(text: bytes) -> Iterator[Listed]:
    """What a list names, but for the package itself; a list of another kind names nothing."""
    try:
        told = json.loads(text)
    except ValueError:
        return
    if not isinstance(told, dict) or told.get("bomFormat") != "CycloneDX":
        return
    for one in told.get("components", []):
        purl = str(one.get("purl", ""))
        if one.get("version") and not purl.startswith("pkg:pypi/"):
            yield Listed(
                str(one["name"]), str(one["version"]), purl.partition("?")[0], _licence(one)
            )


def _licence(component: Mapping[str, Any]) -> str:
    said = []
    for one in component.get("licenses", []):
        licence = one.get("license", {})
        said.append(str(one.get("expression") or licence.get("id") or licence.get("name") or ""))
    return " AND ".join(filter(None, said))
