"""A NetworkManager of our own."""

from dbus_fast import PropertyAccess
from dbus_fast.annotations import DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_property


class NetworkManager(ServiceInterface):
    """Its real interface's name, path and property."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.NetworkManager")
        self.says = 0

    @dbus_property(access=PropertyAccess.READ)
    def Metered(self) -> DBusUInt32:  # noqa: N802
        return self.says
