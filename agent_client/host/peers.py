"""Who calls at a port of ours: found in the system's table of TCP connections, one file each."""

from __future__ import annotations

import sys

from agent_client.ports import WhoCalls


def who_calls() -> WhoCalls:
    """The look-up of the system we run on."""
    if sys.platform == "win32":
        from agent_client.host import peers_windows  # noqa: PLC0415 exists only there

        return peers_windows.who_calls
    if sys.platform == "darwin":
        from agent_client.host import peers_darwin  # noqa: PLC0415 exists only there

        return peers_darwin.who_calls
    from agent_client.host import peers_linux  # noqa: PLC0415 exists only there

    return peers_linux.who_calls
