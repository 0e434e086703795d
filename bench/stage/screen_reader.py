"""What a screen reader finds: the windows of programs, read over AT-SPI as Orca reads them.

    async with screen_reader(address) as reader:     # of the session bus; at-spi2-core is needed
        async for thing in reader.things("twinreel-agent"):
            print(thing.role, thing.name, thing.description)

Programs must be started with `LISTENING` in their environment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

LISTENING = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
_ACCESSIBLE = "org.a11y.atspi.Accessible"
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_DEEPEST = 12


class ReaderError(RuntimeError):
    """What was to be read is gone, or was never there."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing on the screen, as it would be read out."""

    role: str
    name: str
    description: str


class Reader:
    """Asks the programs on the accessibility bus."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus

    async def things(self, program: str) -> list[Thing]:
        """Everything in the windows of the program of this name, in its order."""
        found: list[Thing] = []
        for service, path in await self._children(_REGISTRY):
            thing = await self._thing((service, path))
            if thing.name == program:
                await self._gather((service, path), found, 0)
        return found

    async def _gather(self, place: tuple[str, str], found: list[Thing], depth: int) -> None:
        found.append(await self._thing(place))
        if depth < _DEEPEST:
            for child in await self._children(place):
                await self._gather(child, found, depth + 1)

    async def _thing(self, place: tuple[str, str]) -> Thing:
        (role,) = await _call(self._bus, place, (_ACCESSIBLE, "GetRoleName"))
        return Thing(role, await self._said(place, "Name"), await self._said(place, "Description"))

    async def _said(self, place: tuple[str, str], name: str) -> str:
        get = ("org.freedesktop.DBus.Properties", "Get")
        (value,) = await _call(self._bus, place, get, _ACCESSIBLE, name)
        return str(value.value)

    async def _children(self, place: tuple[str, str]) -> list[tuple[str, str]]:
        (children,) = await _call(self._bus, place, (_ACCESSIBLE, "GetChildren"))
        return [(service, path) for service, path in children]


@asynccontextmanager
async def screen_reader(address: str) -> AsyncIterator[Reader]:
    """Listen on the accessibility bus that belongs to the session bus at this address."""
    session = await MessageBus(bus_address=address).connect()
    try:
        place = ("org.a11y.Bus", "/org/a11y/bus")
        (found,) = await _call(session, place, ("org.a11y.Bus", "GetAddress"))
        bus = await MessageBus(bus_address=found).connect()
        try:
            yield Reader(bus)
        finally:
            bus.disconnect()
    finally:
        session.disconnect()


async def _call(
    bus: MessageBus,
    place: tuple[str, str],
    method: tuple[str, str],
    *arguments: str,
) -> list[Any]:
    """`place`: service and path; `method`: interface and name; arguments are texts."""
    reply = await bus.call(
        Message(
            destination=place[0],
            path=place[1],
            interface=method[0],
            member=method[1],
            signature="s" * len(arguments),
            body=list(arguments),
        )
    )
    if reply is None or reply.message_type is MessageType.ERROR:
        raise ReaderError(f"{method[1]}: {reply.body if reply else 'no answer'}")
    return list(reply.body)
