"""The client's entry point: `twinreel-agent`, or `python -m agent_client`.

Nothing may leave it uncaught: on Windows, where it has no console, PyInstaller's starter would show
that in a message box. Where an installer runs it nobody sees one, nobody can close it, and the
installation would wait for ever.
"""

from __future__ import annotations

import sys
from contextlib import suppress

BROKEN = 1
INTERRUPTED = 130  # as shells say it


def main() -> int:
    """Do what was asked, or be the client until somebody quits; the exit status."""
    try:
        from agent_client.entry import main as enter  # noqa: PLC0415 -- a part may be missing

        return enter()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- above
        with suppress(Exception):
            from uploader.start_failure import tell_broken  # noqa: PLC0415 -- as above

            tell_broken(error)
        return BROKEN


if __name__ == "__main__":
    sys.exit(main())
