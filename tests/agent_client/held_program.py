"""The client, whose parts are imported no sooner than a file is there; "broken" in it: not at all.

python held_program.py FILE [arguments of the client]
"""

from __future__ import annotations

import sys
import time
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path

from agent_client.__main__ import main

_LOOK_SECONDS = 0.02


class Held(MetaPathFinder):
    """Stands in front of all that finds modules, and finds none."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname == "agent_client.app":
            while not self._file.exists():
                time.sleep(_LOOK_SECONDS)
            if self._file.read_text(encoding="utf-8") == "broken":
                raise ImportError("it is broken")
        return None


if __name__ == "__main__":
    sys.meta_path.insert(0, Held(Path(sys.argv.pop(1))))
    sys.exit(main())
