"""A desktop's notification service that keeps what it is shown, and can be clicked.

async with notification_service(address) as shown:     # of the session bus
    notification = await shown.next(seconds=20)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

_NAME = "org.freedesktop.Notifications"
_Texts = Annotated[list[str], DBusSignature("as")]
_Nothing = Annotated[None, DBusSignature("")]


@dataclass(frozen=True, slots=True)
class Shown:
    """One notification, as the desktop would show it."""

    number: int
    program: str
    title: str
    text: str
    urgency: int | None  # 0 low, 1 normal, 2 critical; None: not said
    milliseconds: int


class NotificationService(ServiceInterface):
    """The names are those of the specification."""

    def __init__(self) -> None:
        super().__init__(_NAME)
        self.all: list[Shown] = []
        self._new: asyncio.Queue[Shown] = asyncio.Queue()

    async def next(self, seconds: float) -> Shown:
        """The next one that is shown; TimeoutError if none is."""
        return await asyncio.wait_for(self._new.get(), seconds)

    def click(self, shown: Shown) -> None:
        """As a person who clicks it."""
        self.ActionInvoked(shown.number, "default")

    @dbus_method()
    def Notify(  # noqa: N802, PLR0913, PLR0917 as specified
        self,
        app_name: DBusStr,
        replaces_id: DBusUInt32,
        app_icon: DBusStr,
        summary: DBusStr,
        body: DBusStr,
        actions: _Texts,
        hints: DBusDict,
        expire_timeout: DBusInt32,
    ) -> DBusUInt32:
        del replaces_id, app_icon, actions
        urgency = hints.get("urgency")
        level = None if urgency is None else int(urgency.value)
        shown = Shown(len(self.all) + 1, app_name, summary, body, level, expire_timeout)
        self.all.append(shown)
        self._new.put_nowait(shown)
        return shown.number

    @dbus_method()
    def GetCapabilities(self) -> _Texts:  # noqa: N802
        return ["body", "actions"]

    @dbus_method()
    def GetServerInformation(  # noqa: N802
        self,
    ) -> Annotated[tuple[str, str, str, str], DBusSignature("ssss")]:
        return ("stage", "twinreel", "1", "1.2")

    @dbus_method()
    def CloseNotification(self, number: DBusUInt32) -> _Nothing:  # noqa: N802
        del number

    @dbus_signal()
    def ActionInvoked(  # noqa: N802
        self, number: int, action: str
    ) -> Annotated[tuple[int, str], DBusSignature("us")]:
        return (number, action)

    @dbus_signal()
    def NotificationClosed(  # noqa: N802
        self, number: int, reason: int
    ) -> Annotated[tuple[int, int], DBusSignature("uu")]:
        return (number, reason)


@asynccontextmanager
async def notification_service(address: str) -> AsyncIterator[NotificationService]:
    """Be the notification service of the session bus at this address for the block's length."""
    bus = await MessageBus(bus_address=address).connect()
    service = NotificationService()
    bus.export("/org/freedesktop/Notifications", service)
    await bus.request_name(_NAME)
    try:
        yield service
    finally:
        bus.disconnect()
