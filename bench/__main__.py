"""`make bench`: every bench, one after the other, each figure as JSON in out/bench/.

    make bench                               the short forms, some twenty minutes
    make bench ARGS=--long                   the lengths that the goals are about, some hours
    make bench ARGS="--only crash,soak"      some of them

The exit status is 0 if each of them says so itself.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.stage.office import ROOT

_OUT = ROOT / "out" / "bench"
_SHORT = {
    "fuzz": ("bench.fuzz", "--cases", "20000"),
    "capture": ("bench.capture", "--quick"),
    "crash": ("bench.crash", "--runs", "20"),
    "pause": ("bench.pause", "--pauses", "60"),
    "placement": ("bench.placement", "--rounds", "1"),
    "still": ("bench.soak", "--workload", "static", "--minutes", "2"),
    "memory": ("bench.memory",),
    "encoder": ("bench.encoder", "--rounds", "1"),
    "soak": ("bench.soak", "--minutes", "3"),
    "upload": ("bench.upload", "--quick"),
    "fleet": ("bench.fleet", "--quick"),
}
_LONG = {
    "fuzz": ("bench.fuzz", "--cases", "100000"),
    "capture": ("bench.capture",),
    "crash": ("bench.crash",),
    "pause": ("bench.pause",),
    "placement": ("bench.placement",),
    "still": ("bench.soak", "--workload", "static", "--minutes", "10"),
    "memory": ("bench.memory",),
    "encoder": ("bench.encoder",),
    "motion": ("bench.soak", "--workload", "motion", "--minutes", "10"),
    "soak": ("bench.soak",),
    "upload": ("bench.upload",),
    "fleet": ("bench.fleet", "--seconds", "60"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; 0 if all are content."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--long", action="store_true", help="the full lengths")
    parser.add_argument("--only", metavar="A,B", help=f"of {', '.join(_LONG)}")
    parser.add_argument("--out", metavar="DIR", type=Path, default=_OUT, help="for the JSON")
    asked = parser.parse_args(arguments)
    plan = _LONG if asked.long else _SHORT
    names = asked.only.split(",") if asked.only else list(plan)
    if unknown := [name for name in names if name not in plan]:
        parser.error(f"not known: {', '.join(unknown)}")
    asked.out.mkdir(parents=True, exist_ok=True)
    lines = []
    for name in names:
        module, *words = plan[name]
        target = asked.out / f"{name}.json"
        print(f"== {name}: python -m {module} {' '.join(words)}", flush=True)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", module, *words, "--json", str(target)], cwd=ROOT, check=False
        )
        word = "PASSED" if done.returncode == 0 else f"FAILED ({done.returncode})"
        lines.append((word, f"{word:10} {name:10} {time.monotonic() - began:6.0f} s  {target}"))
    print("\n".join(line for _, line in lines))
    return 0 if all(word == "PASSED" for word, _ in lines) else 1


if __name__ == "__main__":
    raise SystemExit(main())
