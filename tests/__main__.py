"""Every check there is, in one run, or some: `python -m tests`, `python -m tests lint types`."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_PLATFORMS = ("linux", "win32", "darwin")
_PROGRAMS = ("tests/central", "tests/faults", "tests/uploader")


@dataclass(frozen=True, slots=True)
class Stage:
    """One check. Its output is shown when it fails; when live, always and as it comes."""

    group: str
    name: str
    command: tuple[str, ...]
    live: bool = False


def stages() -> list[Stage]:
    python = (sys.executable, "-m")
    return [
        Stage("format", "format", (*python, "ruff", "format", "--check", ".")),
        Stage("lint", "lint", (*python, "ruff", "check", ".")),
        *(
            Stage(
                "types",
                f"types {platform}",
                # a cache for each: they would throw out each other's
                (*python, "mypy", "--platform", platform, "--cache-dir", f".mypy_cache/{platform}"),
            )
            for platform in _PLATFORMS
        ),
        Stage("imports", "imports", (str(Path(sys.executable).with_name("lint-imports")),)),
        # Many tests wait for programs to start, so three at a time keep two cores busy, and two of
        # those that start desk and central programs. Whole calls have the machine to themselves.
        Stage(
            "unit",
            "unit",
            (*python, "pytest", "-m", "not e2e", "-n", "3", "--dist", "loadfile"),
            live=True,
        ),
        Stage(
            "e2e",
            "e2e programs",
            (*python, "pytest", "-m", "e2e", "-n", "2", "--dist", "loadfile", *_PROGRAMS),
            live=True,
        ),
        Stage(
            "e2e",
            "e2e calls",
            (*python, "pytest", "-m", "e2e", *(f"--ignore={one}" for one in _PROGRAMS)),
            live=True,
        ),
    ]


def passes(stage: Stage) -> bool:
    """Run it, and print one line about it."""
    started = time.monotonic()
    done = subprocess.run(
        stage.command,
        cwd=_ROOT,
        check=False,
        stdout=None if stage.live else subprocess.PIPE,
        stderr=None if stage.live else subprocess.STDOUT,
        text=True,
    )
    passed = done.returncode == 0
    if not passed and done.stdout:
        print(done.stdout, end="")
    word = "ok" if passed else "FAILED"
    print(f"{word:<7} {stage.name:<13} {time.monotonic() - started:6.1f} s", flush=True)
    return passed


def main(groups: list[str]) -> int:
    unknown = set(groups) - {stage.group for stage in stages()}
    if unknown:
        print(f"no such check: {', '.join(sorted(unknown))}")
        return 2
    chosen = [stage for stage in stages() if not groups or stage.group in groups]
    failed = [stage.name for stage in chosen if not passes(stage)]
    if failed:
        print(f"FAILED: {', '.join(failed)} ({len(chosen) - len(failed)} of {len(chosen)} passed)")
        return 1
    print(f"PASSED: {', '.join(stage.name for stage in chosen)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
