"""A program whose windows must not be seen: it shows them, and drives them about at full speed.

Run it with a display, a seed, and how long it rests after each act (seconds). All that is secret is
in one colour, which nothing else has. Beside it stands another program, which leaves it to X what
is seen of it until it has drawn itself, and is slow to do that. At a line of input it shows nothing
secret any more, and prints how much it has done; it stays until its input ends.
"""

from __future__ import annotations

import random
import select
import sys
import time
from collections.abc import Callable
from typing import Any

from Xlib import X, Xutil
from Xlib.protocol import event as events

from agent_client.capture.x11_connection import connected

SECRET = 0xFD07FB
HALF_SECRET = 0x80800480  # with its opacity, and multiplied by that
ARGB_DEPTH = 32
SECRET_BYTES = bytes([0xFB, 0x07, 0xFD])
OTHERS = 0x2E8B57
APPLICATION = "vault"
TITLE = "Payroll"
_SLOW_SECONDS = 0.12
_SIDE = 120


class Program:
    """One client of the display."""

    def __init__(self, name: str, chance: random.Random) -> None:
        self.display: Any = connected(name)
        self.root: Any = self.display.screen().root
        self.chance = chance
        self.size = self.root.get_geometry()

    def window(
        self,
        place: tuple[int, int, int, int],
        *,
        menu: bool = False,
        see_through: bool = False,
        **looks: int,
    ) -> Any:  # noqa: ANN401 made at run time
        if "background_pixmap" not in looks:
            looks.setdefault("background_pixel", HALF_SECRET if see_through else SECRET)
        depth, visual = X.CopyFromParent, X.CopyFromParent
        if see_through:
            depth, visual = ARGB_DEPTH, self._argb()
            looks["colormap"] = self.root.create_colormap(visual, X.AllocNone).id
            looks["border_pixel"] = 0
        return self.root.create_window(
            *place,
            0,
            depth,
            X.InputOutput,
            visual,
            override_redirect=int(menu),
            event_mask=X.ExposureMask,
            **looks,
        )

    def _argb(self) -> int:
        depths = self.display.screen().allowed_depths
        return int(
            next(
                visual.visual_id
                for each in depths
                if each.depth == ARGB_DEPTH
                for visual in each.visuals
            )
        )

    def place(self) -> tuple[int, int, int, int]:
        left = self.chance.randint(-40, self.size.width - 40)
        top = self.chance.randint(-40, self.size.height - 40)
        return left, top, self.chance.randint(30, _SIDE), self.chance.randint(30, _SIDE)

    def drain(self) -> None:
        while self.display.pending_events():
            self.display.next_event()


class Vault(Program):
    """What it shows is secret by what it is, not by what it says."""

    def __init__(self, name: str, chance: random.Random) -> None:
        super().__init__(name, chance)
        self.open()

    def open(self) -> None:
        self.main = self.window(self.place())
        self.main.set_wm_class(APPLICATION, "Vault")
        self.main.set_wm_name("a vault")
        self.main.map()
        self.beside: list[Any] = []

    def move(self) -> None:
        for _ in range(self.chance.randint(1, 8)):
            left, top, _width, _height = self.place()
            self.main.configure(x=left, y=top)

    def resize(self) -> None:
        _left, _top, width, height = self.place()
        self.main.configure(width=width, height=height)

    def raise_(self) -> None:
        self.main.configure(stack_mode=X.Above)

    def lower(self) -> None:
        self.main.configure(stack_mode=X.Below)

    def blink(self) -> None:
        self.main.unmap()
        self.main.map()

    def iconify(self) -> None:
        atom = self.display.intern_atom("WM_CHANGE_STATE")
        told = events.ClientMessage(
            window=self.main, client_type=atom, data=(32, [Xutil.IconicState, 0, 0, 0, 0])
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self.root.send_event(told, event_mask=mask)
        self.display.sync()
        self.main.map()

    def ask(self) -> None:
        """A dialog, which says whose it is, and nothing else."""
        dialog = self.window(self.place())
        dialog.set_wm_transient_for(self.main)
        dialog.map()
        self.beside.append(dialog)

    def drop_down(self) -> None:
        """A menu, which says nothing at all."""
        menu = self.window(self.place(), menu=True)
        menu.map()
        self.beside.append(menu)

    def veil(self) -> None:
        """A dialog that can be seen through, where a compositing manager draws it."""
        veil = self.window(self.place(), see_through=True)
        veil.set_wm_transient_for(self.main)
        veil.map()
        self.beside.append(veil)

    def dismiss(self) -> None:
        for window in self.beside:
            window.destroy()
        self.beside = []

    def reopen(self) -> None:
        self.dismiss()
        self.main.destroy()
        self.open()

    def acts(self) -> list[Callable[[], None]]:
        return [
            *[self.move] * 6,
            self.resize,
            self.raise_,
            self.lower,
            self.blink,
            self.iconify,
            self.ask,
            self.drop_down,
            self.veil,
            self.dismiss,
            self.reopen,
        ]


class Browser(Program):
    """What it shows is secret while its title says so."""

    def __init__(self, name: str, chance: random.Random) -> None:
        super().__init__(name, chance)
        self.main = self.window(self.place(), background_pixel=OTHERS)
        self.main.set_wm_class("browser", "Browser")
        self.entitle(self.main, "a page")
        self.main.map()

    def entitle(self, window: Any, title: str) -> None:  # noqa: ANN401 as above
        atom, text = (self.display.intern_atom(name) for name in ("_NET_WM_NAME", "UTF8_STRING"))
        window.change_property(atom, text, 8, title.encode())
        self.display.sync()

    def show(self, pixel: int) -> None:
        self.main.change_attributes(background_pixel=pixel)
        self.main.clear_area()
        self.display.sync()

    def turn(self) -> None:
        """To a secret page and back, and its title is always there first and gone last."""
        self.entitle(self.main, f"{TITLE} {self.chance.randint(1, 99)}")
        self.show(SECRET)
        left, top, width, height = self.place()
        self.main.configure(x=left, y=top, width=width, height=height)
        self.display.sync()
        self.show(OTHERS)
        self.entitle(self.main, "a page")

    def pop_up(self) -> None:
        """A secret window that is shown first, and named then."""
        window = self.window(self.place())
        window.map()
        self.display.sync()
        time.sleep(self.chance.random() * 0.05)
        self.entitle(window, f"{TITLE} of all")
        time.sleep(self.chance.random() * 0.05)
        window.destroy()

    def acts(self) -> list[Callable[[], None]]:
        return [self.turn, self.turn, self.pop_up]


class Bystander(Program):
    """Where it is uncovered X paints nothing, and it takes its time to do so."""

    def __init__(self, name: str, chance: random.Random) -> None:
        super().__init__(name, chance)
        place = (60, 40, self.size.width // 2, self.size.height // 2)
        self.main = self.window(place, background_pixmap=X.NONE)
        self.ink = self.main.create_gc(foreground=OTHERS)
        self.main.set_wm_class("bystander", "Bystander")
        self.main.set_wm_name("a bystander")
        self.main.map()
        self.owed: list[tuple[float, tuple[int, int, int, int]]] = []

    def drain(self) -> None:
        now = time.monotonic()
        while self.display.pending_events():
            told = self.display.next_event()
            if told.type == X.Expose:
                place = (told.x, told.y, told.width, told.height)
                self.owed.append((now + _SLOW_SECONDS, place))
        due = [place for at, place in self.owed if at <= now]
        self.owed = [(at, place) for at, place in self.owed if at > now]
        for place in due:
            self.main.fill_rectangle(self.ink, *place)
        self.display.flush()

    def move(self) -> None:
        left, top, _width, _height = self.place()
        self.main.configure(x=left, y=top)

    def raise_(self) -> None:
        self.main.configure(stack_mode=X.Above)

    def lower(self) -> None:
        self.main.configure(stack_mode=X.Below)

    def acts(self) -> list[Callable[[], None]]:
        return [self.move, self.raise_, self.lower]


def main(name: str, seed: int, rest: float) -> None:
    """All of them at once, until that is enough."""
    chance = random.Random(seed)  # noqa: S311 chance, not a secret
    programs = (Bystander(name, chance), Vault(name, chance), Browser(name, chance))
    acts = [act for program in programs for act in program.acts()]
    done = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        chance.choice(acts)()
        for program in programs:
            program.display.flush()
            program.drain()
        done += 1
        time.sleep(rest)
        if chance.random() < 0.2:
            time.sleep(chance.random() * 0.03)
    programs[1].dismiss()
    programs[1].main.destroy()
    programs[1].display.sync()
    sys.stdin.readline()
    sys.stdout.write(f"{done} done\n")
    sys.stdout.flush()
    while not select.select([sys.stdin], [], [], 0.02)[0]:  # until it is told to go
        programs[0].drain()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
