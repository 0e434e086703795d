"""The sockets on which the loopback endpoint listens, and that nobody else may take over."""

from __future__ import annotations

import errno
import logging
import socket
import sys
from collections.abc import Sequence

logger = logging.getLogger(__name__)

_NO_SUCH_ADDRESS = frozenset(  # this computer has no IPv6, or none on loopback
    {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EINVAL}
)


class PortsTakenError(OSError):
    """Each of the ports is used by another program."""


def listening(hosts: Sequence[str], ports: Sequence[int]) -> list[socket.socket]:
    """Sockets on the first port that is free on every host; raises PortsTakenError.

    The first host is a must; the others are left out where this computer lacks them. But one that
    another program holds makes the port unfit: half of the sign-ins would go there.
    """
    for port in ports:
        try:
            return _all(hosts, port)
        except OSError as error:
            logger.warning("port %d cannot be used: %s", port, error.strerror)
    raise PortsTakenError(f"none of the ports {', '.join(map(str, ports))} is free")


def _all(hosts: Sequence[str], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            try:
                sockets.append(_one(host, port))
            except OSError as error:
                if not sockets or error.errno not in _NO_SUCH_ADDRESS:
                    raise
                continue
            port = port or sockets[0].getsockname()[1]
    except OSError:
        for taken in sockets:
            taken.close()
        raise
    return sockets


def _one(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # Without it, another program could bind the same port and take the passwords.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Here it only means that connections of a former run do not block the port.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.setblocking(False)  # noqa: FBT003 -- the socket's own signature
        opened.bind((host, port))
        opened.listen(128)
    except OSError:
        opened.close()
        raise
    return opened
