"""Linux: NetworkManager over D-Bus tells of the network, the kernel of power."""

from __future__ import annotations

import logging

from jeepney import DBusAddress, MessageType, Properties
from jeepney.io.blocking import open_dbus_connection

from uploader.host import power_supply
from uploader.host.surroundings import Surrounding

logger = logging.getLogger(__name__)

_MANAGER = DBusAddress(
    "/org/freedesktop/NetworkManager",
    bus_name="org.freedesktop.NetworkManager",
    interface="org.freedesktop.NetworkManager",
)
_METERED = frozenset({1, 3})  # NMMetered: yes, and a guess that says yes (a phone's hotspot)
_TIMEOUT = 2.0  # seconds; it answers at once or not at all


class LinuxHost:
    """A desk with or without NetworkManager; without it no network is metered."""

    def surrounding(self) -> Surrounding:
        """Network and power now."""
        return Surrounding(_metered(), power_supply.battery_percent())


def _metered() -> bool:
    """By the connection that carries the default route."""
    try:
        connection = open_dbus_connection("SYSTEM", auth_timeout=_TIMEOUT)
    except (OSError, RuntimeError, ValueError) as error:
        logger.debug("no system bus: %s", type(error).__name__)
        return False
    try:
        reply = connection.send_and_get_reply(Properties(_MANAGER).get("Metered"), timeout=_TIMEOUT)
    except (OSError, RuntimeError) as error:
        logger.debug("NetworkManager does not answer: %s", type(error).__name__)
        return False
    finally:
        connection.close()
    if reply.header.message_type is MessageType.error:
        return False
    _, said = reply.body[0]
    return said in _METERED
