"""Under a compositing manager all is seen that changes, and no named window shines through.

Real windows, drawn by picom: it fades them, shades them, and lets what is below shine through.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from Xlib import X

from agent_client.capture import residue
from agent_client.capture.screen import Patch
from agent_client.capture.settings import film_clock
from tests.agent_client.capture.compositing import FADES, PICOM, SHINES, compositor
from tests.agent_client.capture.desktops import painter, x_server
from tests.agent_client.capture.secretive import APPLICATION, Program
from tests.agent_client.capture.staging import HEIGHT, WIDTH, until
from tests.agent_client.capture.test_x11_windows import Viewer, opened, running
from tests.agent_client.capture.x11_staging import film, truth

_STOP, _GO_ON = signal.Signals["SIGSTOP"], signal.Signals["SIGCONT"]  # Windows has neither
_WHITE = 0xFFFFFF
_COVER = bytes([0x60, 0x60, 0x60])
_TINGE = 8  # of 255: less may be rounding
_LONGEST = 1.7  # seconds: whatever is only waited for by the clock has ended by then


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with x_server(f"{WIDTH}x{HEIGHT}") as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield name


class _Watch(Viewer):
    """Finds the secret also where it is mixed with black, grey or white: green is missing there."""

    def look(self, *, whole: bool = False) -> int:
        now = film_clock()
        self.screen.due(now)
        patches = self.screen.look(now, whole=whole)
        for patch in patches:
            self._keep(patch)
        return sum(_tinged(patch) for patch in patches)

    def watched(self, seconds: float) -> None:
        """All of the screen, for so long; nothing secret may come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.look(whole=True) == 0
            time.sleep(0.02)


def _tinged(patch: Patch) -> int:
    """How many of its colours have a tinge of the secret."""
    colours = (
        (pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255)
        for pixel in set(memoryview(bytes(patch.pixels)).cast("I"))
    )
    return sum(min(red, blue) - green > _TINGE for blue, green, red in colours)


def _vault(program: Program, place: tuple[int, int, int, int], **looks: bool) -> Any:  # noqa: ANN401 made at run time
    window = program.window(place, **looks)
    window.set_wm_class(APPLICATION, "Vault")
    window.set_wm_name("a vault")
    window.map()
    program.display.sync()
    return window


def _page(program: Program) -> Any:  # noqa: ANN401 as above
    window = program.window((60, 40, 300, 240), background_pixel=_WHITE)
    window.set_wm_class("browser", "Browser")
    window.set_wm_name("a page")
    window.map()
    program.display.sync()
    return window


def test_what_shines_through_a_window_that_has_not_asked_for_it_is_hidden(server: str) -> None:
    with (
        compositor(server, *PICOM, *SHINES),
        opened() as screen,
        running(server) as program,
        running(server) as other,
    ):
        viewer = _Watch(screen)
        _vault(program, (100, 60, 200, 160))
        _page(other)
        viewer.watched(_LONGEST)
        assert viewer.pixel(200, 140) == _COVER


@pytest.mark.parametrize("act", ["move", "close"])
def test_a_manager_that_is_slow_is_waited_for(server: str, act: str) -> None:
    with (
        compositor(server, *PICOM) as manager,
        opened() as screen,
        running(server) as program,
        running(server) as other,
    ):
        viewer = _Watch(screen)
        _page(other)
        window = _vault(program, (100, 60, 200, 160))
        until(lambda: viewer.look(whole=True) == 0 and _shown(server), "the vault is drawn")
        manager.send_signal(_STOP)
        if act == "move":
            window.configure(x=400)
        else:
            window.destroy()
        program.display.sync()
        viewer.watched(_LONGEST)
        manager.send_signal(_GO_ON)
        viewer.settled(lambda: viewer.pixel(200, 140) == b"\xff\xff\xff", "what is below is seen")


def _shown(server: str) -> bool:
    """Whether picom has drawn the vault by now."""
    with painter(server) as one:
        image = one.root.get_image(200, 140, 1, 1, X.ZPixmap, 0xFFFFFFFF)
        return bytes(image.data[:3]) == bytes([0xFB, 0x07, 0xFD])


@pytest.mark.parametrize("see_through", [False, True])
def test_a_named_window_never_shows_while_it_fades(
    server: str, monkeypatch: pytest.MonkeyPatch, *, see_through: bool
) -> None:
    monkeypatch.setattr(residue, "_FADING_SECONDS", 5.0)  # picom may be held up in the middle
    with (
        compositor(server, *PICOM, *FADES, *SHINES),
        opened() as screen,
        running(server) as program,
        running(server) as other,
    ):
        viewer = _Watch(screen)
        above = _page(other)
        window = _vault(program, (100, 60, 200, 160), see_through=see_through)
        viewer.watched(0.4)
        assert viewer.pixel(200, 140) == _COVER
        for act in (
            lambda: window.configure(x=150, y=100),
            lambda: above.configure(stack_mode=X.Above),
            lambda: window.configure(stack_mode=X.Above, width=120),
            window.unmap,
            window.map,
            window.destroy,
        ):
            act()
            program.display.sync()
            other.display.sync()
            viewer.watched(0.3)
        viewer.settled(lambda: viewer.pixel(200, 140) != _COVER, "nothing is covered any more")


def _happen(chance: Random, program: Program, windows: list[Any]) -> None:
    left, top, width, height = program.place()
    window = chance.choice(windows) if windows else None
    match chance.randrange(6):
        case 0 | 1:
            one = program.window(
                (left, top, width, height),
                menu=True,
                see_through=chance.random() < 0.5,
                background_pixel=chance.randrange(1 << 24) | 0x60000000,
            )
            one.map()
            windows.append(one)
        case 2 if window is not None:
            window.configure(x=left, y=top, stack_mode=X.Above)
        case 3 if window is not None:
            window.copy_area(window.create_gc(), window, 0, 5, 200, 200, 0, 0)  # scrolled
        case 4 if window is not None:
            ink = window.create_gc(foreground=chance.randrange(1 << 24))
            window.fill_rectangle(ink, 3, 3, chance.randrange(1, 60), 20)
        case 5 if window is not None:
            windows.remove(window)
            window.destroy()
        case _:
            pass
    program.display.sync()


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_composited_the_film_ends_in_what_is_shown(
    server: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)  # noqa: S311 the same again each time
    with (
        painter(server) as hand,
        compositor(server, *PICOM, *FADES, *SHINES),
        film(server, monkeypatch) as one,
        running(server) as program,
    ):
        hand.hide_pointer()
        program.chance = chance
        windows: list[Any] = []
        for _ in range(80):
            _happen(chance, program, windows)
            if chance.random() < 0.5:
                one.now += 0.2
                if one.due():
                    one.see()
            time.sleep(chance.random() * 0.03)  # picom draws meanwhile

        def calm() -> bool:
            shown = truth(server, one.screen.layout())
            time.sleep(0.3)  # longer than anything fades
            return shown == truth(server, one.screen.layout())

        def filmed() -> bool:
            until(calm, "nothing fades any more")
            one.settle()
            shown = truth(server, one.screen.layout())
            assert len(set(memoryview(bytes(shown)).cast("I"))) > len(windows)
            return all(one.picture[colour::4] == shown[colour::4] for colour in range(3))

        until(filmed, "what is shown")  # of what is calm once, more may come: picom was held up
