"""D-Bus, as far as the Linux host needs it. jeepney's types and errors stop here."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import Any, Literal, Self

from jeepney import (
    DBusAddress,
    MatchRule,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import open_dbus_connection

_TIMEOUT = 2.0  # seconds; these services answer at once or not at all


class BusError(Exception):
    """The bus, or a service on it, is not there or gave no usable answer."""


class BusRefusal(BusError):
    """A service answered that it does not know what it was asked."""


class Bus:
    """One connection, for one thread. Signals are counted, not read: they say "look again"."""

    def __init__(self, bus: Literal["SESSION", "SYSTEM"]) -> None:
        """BusError if there is no such bus."""
        try:
            self._connection = open_dbus_connection(bus)
        except (OSError, KeyError, RuntimeError, ValueError) as error:
            raise BusError(f"no {bus.lower()} bus") from error
        self._signals: deque[object] = deque()
        self._filters = contextlib.ExitStack()
        rule = MatchRule(type="signal")
        self._filters.enter_context(self._connection.filter(rule, queue=self._signals))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._filters.close()
        self._connection.close()

    def fileno(self) -> int:
        """For a selector: readable when something came."""
        return int(self._connection.sock.fileno())

    def hear(self, sender: str) -> None:
        """Receive every signal of this service, now or later."""
        self._ask(message_bus.AddMatch(MatchRule(type="signal", sender=sender)))

    def signalled(self) -> bool:
        """Whether signals came since this was last asked; takes in what waits, waits for nothing.

        BusError if the bus went away.
        """
        try:
            while True:
                self._connection.recv_messages(timeout=0)
        except TimeoutError:
            pass
        except (OSError, RuntimeError) as error:
            raise BusError("the bus went away") from error
        came = bool(self._signals)
        self._signals.clear()
        return came

    def is_owned(self, name: str) -> bool:
        """Whether a service of this name runs."""
        return bool(self._ask(message_bus.NameHasOwner(name))[0])

    def property(self, service: str, path: str, interface: str, name: str) -> object:
        """A property's value. BusRefusal if it has none."""
        address = DBusAddress(path, service, interface)
        return self._ask(Properties(address).get(name))[0][1]

    def call(self, service: str, path: str, interface: str, method: str) -> object:
        """A method without arguments; its first result. BusRefusal if there is no such method."""
        return self._ask(new_method_call(DBusAddress(path, service, interface), method))[0]

    def _ask(self, message: Message) -> tuple[Any, ...]:
        try:
            reply = self._connection.send_and_get_reply(message, timeout=_TIMEOUT)
        except (OSError, RuntimeError) as error:
            raise BusError("no answer on the bus") from error
        if reply.header.message_type is MessageType.error:
            raise BusRefusal(str(reply.header.fields))
        return tuple(reply.body)
