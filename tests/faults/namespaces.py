"""Two machines: network namespaces with a cable between them, on which much can go wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

DESK, CENTRAL = "10.99.0.1", "10.99.0.2"  # addresses
_BURST = "8kb"
_LONGEST_QUEUE = "400ms"


class Cable:
    """Between a namespace for the desk and one for central. Only root may use it."""

    def __init__(self) -> None:
        """OSError or CalledProcessError where this is not allowed."""
        self.desk, self.central = (f"tr-{os.getpid()}-{one}" for one in ("desk", "central"))
        self._ends = {self.desk: "tr-desk", self.central: "tr-central"}
        _done("ip", "netns", "add", self.desk)
        _done("ip", "netns", "add", self.central)
        _done(
            *("ip", "link", "add", "tr-desk", "netns", self.desk, "type", "veth"),
            *("peer", "name", "tr-central", "netns", self.central),
        )
        for name, address in ((self.desk, DESK), (self.central, CENTRAL)):
            end = self._ends[name]
            _done("ip", "-n", name, "address", "add", f"{address}/30", "dev", end)
            _done("ip", "-n", name, "link", "set", end, "up")
            _done("ip", "-n", name, "link", "set", "lo", "up")

    def at(self, place: str) -> list[str]:
        """How a command begins that is to run at `desk` or `central`."""
        return ["ip", "netns", "exec", place]

    def rate(self, kbit: float) -> None:
        """So many kbit/s, both ways."""
        for place, end in self._ends.items():
            _done(
                *("tc", "-n", place, "qdisc", "replace", "dev", end, "root", "tbf"),
                *("rate", f"{int(kbit * 1000)}bit", "burst", _BURST, "latency", _LONGEST_QUEUE),
            )

    def loss(self, percent: float) -> None:
        """So much of all that comes and goes is lost."""
        self._rules(f"numgen random mod 1000 < {int(percent * 10)} drop")

    def resets(self, percent: float) -> None:
        """So much of it breaks its connection: the sender is told so, the other end is not."""
        self._rules(
            f"meta l4proto tcp numgen random mod 1000 < {int(percent * 10)} reject with tcp reset"
        )

    def silence(self) -> None:
        """Nothing gets through, and nobody is told."""
        self._rules("drop")

    def link(self, state: str) -> None:
        """`up` or `down`: the desk's end of the cable."""
        _done("ip", "-n", self.desk, "link", "set", self._ends[self.desk], state)

    def mend(self) -> None:
        """As good as new."""
        _done(*self.at(self.desk), "nft", "flush", "ruleset")
        self.link("up")
        for place, end in self._ends.items():
            command = ["tc", "-n", place, "qdisc", "delete", "dev", end, "root"]
            subprocess.run(command, check=False, capture_output=True)

    def close(self) -> None:
        """Leave nothing behind."""
        for place in self._ends:
            subprocess.run(["ip", "netns", "delete", place], check=False, capture_output=True)

    def _rules(self, rule: str) -> None:
        lines = ["flush ruleset", "table ip broken {"]
        for hook, end in (("input", "iifname"), ("output", "oifname")):
            lines += [
                f"chain {hook} {{",
                f"type filter hook {hook} priority 0; policy accept;",
                f'{end} "{self._ends[self.desk]}" {rule}',
                "}",
            ]
        subprocess.run(
            [*self.at(self.desk), "nft", "-f", "-"],
            input="\n".join([*lines, "}", ""]),
            check=True,
            capture_output=True,
            text=True,
        )


@contextmanager
def cable() -> Iterator[Cable]:
    """A cable for as long as it is needed."""
    made = Cable()
    try:
        yield made
    finally:
        made.close()


@cache
def unavailable() -> str:
    """Why there can be no such cable here; "" if there can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root may make networks"
    if missing := [one for one in ("ip", "tc", "nft") if shutil.which(one) is None]:
        return f"not installed: {', '.join(missing)}"
    try:
        with cable() as tried:
            tried.rate(64)
            tried.loss(5)
            tried.resets(5)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"networks cannot be broken here: {error}"
    return ""


def _done(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
