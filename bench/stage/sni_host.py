"""A panel without pictures: a StatusNotifier watcher and host that reads and clicks tray icons.

For displays with a session bus and no panel of their own. Example:

    async with tray_host(address) as host:
        item = await host.item(seconds=10)
        await item.click("Pause recording")
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from dbus_fast import Message, MessageType, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

_ITEM = "org.kde.StatusNotifierItem"
_MENU = "com.canonical.dbusmenu"
_Nothing = Annotated[None, DBusSignature("")]
_Texts = Annotated[list[str], DBusSignature("as")]


class ItemError(RuntimeError):
    """A tray icon that does not answer, or has no such row."""


class _Watcher(ServiceInterface):
    """What icons register with. The names are those of the specification."""

    def __init__(self) -> None:
        super().__init__("org.kde.StatusNotifierWatcher")
        self.items: list[str] = []
        self.changed = asyncio.Event()

    @dbus_method()
    def RegisterStatusNotifierItem(self, service: DBusStr) -> _Nothing:  # noqa: N802
        self.items.append(service)
        self.changed.set()
        self.StatusNotifierItemRegistered(service)

    @dbus_method()
    def RegisterStatusNotifierHost(self, service: DBusStr) -> _Nothing:  # noqa: N802
        del service  # there is one host: this
        self.StatusNotifierHostRegistered()

    @dbus_signal()
    def StatusNotifierItemRegistered(self, service: str) -> DBusStr:  # noqa: N802
        return service

    @dbus_signal()
    def StatusNotifierHostRegistered(self) -> _Nothing:  # noqa: N802
        return

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> _Texts:  # noqa: N802
        return self.items

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> DBusBool:  # noqa: N802
        return True

    @dbus_property(access=PropertyAccess.READ)
    def ProtocolVersion(self) -> DBusInt32:  # noqa: N802
        return 0


@dataclass(frozen=True, slots=True)
class MenuRow:
    """One row, as the icon's menu describes it."""

    number: int
    label: str  # mnemonics resolved
    enabled: bool
    separator: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One tray icon."""

    bus: MessageBus
    service: str
    path: str

    async def property(self, name: str) -> Any:  # noqa: ANN401 whatever D-Bus holds there
        """One of the icon's properties: ToolTip, IconPixmap, Status, Menu, ..."""
        body = await self._call(
            self.path, "org.freedesktop.DBus.Properties", "Get", "ss", [_ITEM, name]
        )
        return body[0].value

    async def tooltip(self) -> str:
        """Title and text of the tooltip."""
        _icon, _pictures, title, text = await self.property("ToolTip")
        return "\n".join(part for part in (title, text) if part)

    async def rows(self) -> list[MenuRow]:
        """The menu, as a panel would show it now."""
        menu = await self.property("Menu")
        await self._call(menu, _MENU, "AboutToShow", "i", [0])
        body = await self._call(
            menu, _MENU, "GetLayout", "iias", [0, -1, ["label", "enabled", "type"]]
        )
        _number, _properties, children = body[1]
        return [_row(child.value) for child in children]

    async def click(self, label: str) -> None:
        """Choose the row with this label; ItemError if there is none or it is greyed out."""
        for row in await self.rows():
            if row.label == label and row.enabled:
                menu = await self.property("Menu")
                event = [row.number, "clicked", Variant("i", 0), 0]
                await self._call(menu, _MENU, "Event", "isvu", event)
                return
        raise ItemError(f"no row to click: {label}")

    async def activate(self) -> None:
        """Click the icon itself."""
        await self._call(self.path, _ITEM, "Activate", "ii", [0, 0])

    async def _call(
        self, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> list[Any]:
        reply = await self.bus.call(
            Message(
                destination=self.service,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )
        if reply is None or reply.message_type is MessageType.ERROR:
            raise ItemError(f"{member}: {reply.body if reply else 'no answer'}")
        return list(reply.body)


class TrayHost:
    """The panel: it knows the icons that registered."""

    def __init__(self, bus: MessageBus, watcher: _Watcher) -> None:
        self._bus = bus
        self._watcher = watcher

    @property
    def icons(self) -> int:
        """How many icons have registered."""
        return len(self._watcher.items)

    async def item(self, seconds: float) -> Item:
        """The icon that registered last; TimeoutError if none does in time."""
        async with asyncio.timeout(seconds):
            while not self._watcher.items:
                self._watcher.changed.clear()
                await self._watcher.changed.wait()
        service, _, path = self._watcher.items[-1].partition("/")
        return Item(self._bus, service, f"/{path}" if path else "/StatusNotifierItem")


@asynccontextmanager
async def tray_host(address: str) -> AsyncIterator[TrayHost]:
    """Be the panel of the session bus at this address for the block's length."""
    bus = await MessageBus(bus_address=address).connect()
    watcher = _Watcher()
    bus.export("/StatusNotifierWatcher", watcher)
    await bus.request_name("org.kde.StatusNotifierWatcher")
    try:
        yield TrayHost(bus, watcher)
    finally:
        bus.disconnect()


def _row(child: list[Any]) -> MenuRow:
    number, properties, _children = child
    plain = {name: value.value for name, value in properties.items()}
    label = str(plain.get("label", "")).replace("__", "\0").replace("_", "").replace("\0", "_")
    return MenuRow(
        number, label, plain.get("enabled", True), plain.get("type", "standard") == "separator"
    )
