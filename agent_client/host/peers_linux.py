"""Linux: whose program calls, from /proc/net/tcp and tcp6, which name each socket's user.

The kernel lists both ends of a connection within the computer; the caller's line is the one whose
local address is theirs. Format: https://docs.kernel.org/networking/proc_net_tcp.html
"""

from __future__ import annotations

import ipaddress
import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from agent_client.ports import Caller, CallersUnknownError, Connection

_TABLES = (Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6"))
_AFTER = slice(4, 7)  # of the fields after the addresses: uid, timeout, inode


def callers(connections: Sequence[Connection], table: bytes, own: int) -> list[Caller]:
    """What the table says of each connection; `own` is our user's number."""
    return [_caller(connection, table, own) for connection in connections]


def _caller(connection: Connection, table: bytes, own: int) -> Caller:
    for needle in _needles(connection):
        at = table.find(needle)
        if at < 0:
            continue
        end = table.find(b"\n", at)
        fields = table[at + len(needle) : end if end >= 0 else None].split()
        try:
            user, _, inode = map(int, fields[_AFTER])
        except ValueError:
            raise CallersUnknownError("a line of the table of connections is cut short") from None
        if inode == 0:  # closed by its program: the kernel alone holds it, as user 0
            return Caller.GONE
        return Caller.OURS if user == own else Caller.OTHERS
    return Caller.GONE


def _needles(connection: Connection) -> list[bytes]:
    """How the table writes the caller's end and then ours.

    A program may reach an IPv4 address by an IPv6 socket; it is listed as ::ffff:a.b.c.d.
    """
    (theirs, their_port), (ours, our_port) = connection.theirs, connection.ours
    forms = [(ipaddress.ip_address(theirs), ipaddress.ip_address(ours))]
    if forms[0][0].version == 4:  # noqa: PLR2004 -- of the protocol
        forms.append((_mapped(theirs), _mapped(ours)))
    return [
        f" {_hex(there)}:{their_port:04X} {_hex(here)}:{our_port:04X} ".encode()
        for there, here in forms
    ]


def _mapped(address: str) -> ipaddress.IPv6Address:
    return ipaddress.IPv6Address(f"::ffff:{address}")


def _hex(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Words of 32 bits, as numbers of this machine's byte order."""
    packed = address.packed
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words)


def _table() -> bytes:
    lines = []
    for path in _TABLES:
        try:
            lines.append(path.read_bytes())
        except FileNotFoundError:  # a system without IPv6
            continue
        except OSError as error:
            raise CallersUnknownError(f"{path.name} cannot be read: {error.strerror}") from error
    if not lines:
        raise CallersUnknownError("there is no table of connections")
    return b"".join(lines)


if sys.platform != "win32":  # which knows no numbers of users

    def who_calls(connections: Sequence[Connection]) -> list[Caller]:
        """By the table as it is now. Raises CallersUnknownError.

        The table is read piece by piece while it changes, so that a line may be passed over: who is
        not found is looked for once more.
        """
        found = callers(connections, _table(), os.geteuid())
        if Caller.GONE in found:
            found = callers(connections, _table(), os.geteuid())
        return found
