"""What a proxy file (PAC) says of central's addresses: asked in a process that is ended in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from uploader.core import ways_said

LIMIT_SECONDS = 15.0  # to fetch the rules and to ask them
RULES_CHILD = "--proxy-rules"  # how a frozen program is told to be the child
_NEEDED = ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR", "TEMP")


class RulesBrokenError(Exception):
    """The rules cannot be had, or say nothing that can be used."""


def system_rules() -> str | None:
    """Where the system says that a proxy file is: an address or a path; None if nowhere.

    Windows' registry and macOS' settings say it; on Linux nothing does that all desktops share.
    Never run on those two: checked by types and review.
    """
    if sys.platform == "win32":
        from pypac.os_settings import autoconfig_url_from_registry  # noqa: PLC0415  # only there

        return _text(autoconfig_url_from_registry())
    if sys.platform == "darwin":
        from pypac.os_settings import autoconfig_url_from_preferences  # noqa: PLC0415  # as above

        return _text(autoconfig_url_from_preferences())
    return None


def ask(
    at: str, urls: Sequence[str], site_ca: str | None, *, limit_seconds: float = LIMIT_SECONDS
) -> Mapping[str, tuple[str, ...]]:
    """Fetch the rules at this address and ask them: the ways to each url. RulesBrokenError.

    Of a url the rules are told its scheme and host alone, as browsers do.
    """
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    bare = {url: f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/" for url in urls}
    asked = json.dumps({"at": at, "urls": sorted({*bare.values()}), "site_ca": site_ca})
    try:
        done = subprocess.run(  # noqa: S603  # our own program
            _command(),
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=limit_seconds,
            check=False,
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            creationflags=flags,
        )
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise RulesBrokenError("the proxy file takes too long") from None
    except (OSError, ValueError) as error:
        raise RulesBrokenError("the proxy file cannot be asked") from error
    if "failed" in told:
        raise RulesBrokenError(f"the proxy file fails: {told['failed']}")
    ways = {url: ways_said(told["said"][bare[url]]) for url in urls}
    if not all(ways.values()):
        raise RulesBrokenError("the proxy file names no way that can be used")
    return ways


def _text(found: object) -> str | None:
    return str(found) if found else None


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, RULES_CHILD]
    return [sys.executable, "-m", "uploader.route.rules_child"]
