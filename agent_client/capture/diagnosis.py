"""How the screen of this desk would be recorded, in words for IT: `twinreel-agent --screen`.

It is looked at three times, for the clock alone: nothing that is seen leaves this module.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from agent_client.capture.adapter import open_screen
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Layout, OpenScreen
from agent_client.capture.settings import ScreenSettings, film_clock

_LOOKS = 3


def diagnosed(
    settings: ScreenSettings,
    *,
    open_screen: OpenScreen = open_screen,
    clock: Callable[[], float] = film_clock,
) -> tuple[bool, str]:
    """Whether it can be recorded, and the lines that say how, or why not."""
    wanted = (
        f"Policy: monitor {settings.monitor!r}, method {settings.method!r}, "
        f"at most {settings.frames_per_second:g} pictures a second, "
        f"{len(settings.exclude)} patterns of windows to paint over, "
        f"clicks {'marked' if settings.click_marker else 'not marked'}"
    )
    try:
        with closing(open_screen(settings)) as screen:
            looks = []
            for _ in range(_LOOKS):
                began = clock()
                screen.look(began, whole=True)
                looks.append(clock() - began)
            layout, adapter = screen.layout(), screen.diagnostics()
    except CaptureFailedError as failure:
        return False, f"{wanted}\nThe screen cannot be recorded: {failure}"
    fastest = f"All of it, read once: {min(looks) * 1000:.1f} ms"
    return True, "\n".join([wanted, f"Screen: {adapter}", _described(layout), fastest])


def _described(layout: Layout) -> str:
    places = "; ".join(
        f"{width}x{height} at {left},{top}" for left, top, width, height in layout.monitors
    )
    return f"Size: {layout.width}x{layout.height} pixels; monitors: {places}"
