"""Is anybody to be recorded at this screen? logind and the screen savers know (Linux).

Signals only wake this thread; what counts is what the services answer when asked then. So a lost
signal does no lasting harm, and a lock that stands already when the client starts is seen. A
service that does not answer has said nothing: what it said before holds until it is asked again.
"""

from __future__ import annotations

import contextlib
import logging
import select
import selectors
import socket
from collections.abc import Callable, Iterator
from enum import StrEnum
from threading import Thread

from agent_client.host.bus import Bus, BusError, BusRefusal

logger = logging.getLogger(__name__)

_LOGIND = "org.freedesktop.login1"
_MANAGER = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager")
_OWN_SESSION = ("/org/freedesktop/login1/session/auto", "org.freedesktop.login1.Session")
_SAVERS = (  # service, path; the interface is the service's name
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
)
_LOOK_AGAIN_SECONDS = 60.0  # a backstop; also when a missing bus is tried again
_REOPEN_SECONDS = 1.0  # after a bus went away


class Reason(StrEnum):
    """Why nobody is there, for the log."""

    LOCKED = "locked"
    SWITCHED = "switched to another user"
    ASLEEP = "about to sleep"
    SAVER = "screen saver"


class AbsenceWatch(Thread):
    """Calls `changed` at each change, from its own thread."""

    def __init__(self, changed: Callable[[bool], None]) -> None:
        super().__init__(name="absence", daemon=True)
        self._changed = changed
        self._absent = False
        self._missing: set[str] = set()
        self._waker, self._wakened = socket.socketpair()

    def stop(self) -> None:
        """End it; waits for the thread."""
        self._waker.close()  # the other end becomes readable
        self.join()
        self._wakened.close()

    def run(self) -> None:
        """Look, tell, sleep until something happens."""
        stopping = False
        while not stopping:
            try:
                with contextlib.ExitStack() as stack:
                    system = self._open(stack, "SYSTEM", (_LOGIND,))
                    session = self._open(stack, "SESSION", tuple(name for name, _ in _SAVERS))
                    stopping = self._watch(system, session)
            except Exception:  # a watch that died would let a locked screen be recorded
                logger.exception("absence: a fault; the watch begins anew")
                stopping = self._stopped_within(_REOPEN_SECONDS)

    def _watch(self, system: Bus | None, session: Bus | None) -> bool:
        """Until the watch is to end (True) or a bus went away (False)."""
        buses = [bus for bus in (system, session) if bus is not None]
        with selectors.DefaultSelector() as selector:
            waker = selector.register(self._wakened, selectors.EVENT_READ)
            for bus in buses:
                selector.register(bus, selectors.EVENT_READ)
            try:
                while True:
                    self._look(system, session)
                    came = [bus.signalled() for bus in buses]  # each is asked
                    if any(came):
                        continue  # while we asked, something changed
                    ready = selector.select(_LOOK_AGAIN_SECONDS)
                    if any(key == waker for key, _ in ready):
                        return True
                    if len(buses) < 2 and not ready:  # noqa: PLR2004 both of them
                        return False  # perhaps the missing one is there by now
                    for bus in buses:
                        bus.signalled()
            except BusError as error:
                logger.warning("absence: %s", error)
                return self._stopped_within(_REOPEN_SECONDS)

    def _stopped_within(self, seconds: float) -> bool:
        return bool(select.select([self._wakened], [], [], seconds)[0])

    def _look(self, system: Bus | None, session: Bus | None) -> None:
        reasons = {*self._of_system(system), *self._of_session(session)}
        absent = bool(reasons)
        if absent != self._absent:
            logger.info("absence: %s", ", ".join(sorted(reasons)) or "over")
            self._changed(absent)
            self._absent = absent

    def _of_system(self, bus: Bus | None) -> Iterator[Reason]:
        if bus is None or not bus.is_owned(_LOGIND):
            return
        if _true(bus, *_OWN_SESSION, "LockedHint", wanted=True):
            yield Reason.LOCKED
        if _true(bus, *_OWN_SESSION, "Active", wanted=False):
            yield Reason.SWITCHED
        if _true(bus, *_MANAGER, "PreparingForSleep", wanted=True):
            yield Reason.ASLEEP

    def _of_session(self, bus: Bus | None) -> Iterator[Reason]:
        if bus is None:
            return
        for name, path in _SAVERS:
            if bus.is_owned(name):
                with contextlib.suppress(BusRefusal):  # a service of that name without that method
                    if bus.call(name, path, name, "GetActive") is True:
                        yield Reason.SAVER

    def _open(self, stack: contextlib.ExitStack, name: str, senders: tuple[str, ...]) -> Bus | None:
        try:
            bus = stack.enter_context(Bus("SYSTEM" if name == "SYSTEM" else "SESSION"))
            for sender in senders:
                bus.hear(sender)
        except BusError as error:
            if name not in self._missing:
                logger.warning("absence: %s; locks told there will not be seen", error)
            self._missing.add(name)
            return None
        self._missing.discard(name)
        return bus


def _true(bus: Bus, path: str, interface: str, name: str, *, wanted: bool) -> bool:
    """Whether logind says so; a session that it does not know is there and unlocked."""
    try:
        return bus.property(_LOGIND, path, interface, name) is wanted
    except BusRefusal:
        return False
