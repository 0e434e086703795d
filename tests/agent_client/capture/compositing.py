"""Compositing managers: they draw windows into each other, a frame later than X knows of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from Xlib import X

from tests.agent_client.capture.desktops import painter
from tests.agent_client.capture.staging import until

PICOM = ("picom", "--config", os.devnull, "--backend", "xrender")
"""By what changed; windows do not fade, and nothing shines through but what has asked for it."""

FADES = ("--fading", "--fade-in-step", "0.1", "--fade-out-step", "0.1", "--fade-delta", "20")
"""In and out in a fifth of a second."""

SHINES = ("--shadow", "--inactive-opacity", "0.6")
"""Every window but the one in use is seen through, though none has asked for it."""


@contextmanager
def compositor(name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """It draws the screen of that display by then."""
    environment = {**os.environ, "DISPLAY": name}
    manager = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with painter(name) as one:
            selection = one.display.intern_atom("_NET_WM_CM_S0")
            until(lambda: one.display.get_selection_owner(selection) != X.NONE, command[0])
            one.shown()
        yield manager
    finally:
        manager.kill()
        manager.wait()
