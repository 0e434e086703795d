"""macOS: whose program calls, from the kernel's list of TCP sockets, which names each one's user.

The list, net.inet.tcp.pcblist_n, is what `netstat` shows; its records are XNU's xinpcb_n
(bsd/netinet/in_pcb.h) and xsocket_n (bsd/sys/socketvar.h), packed to four bytes.

Never run: checked by types and review; the records by tests with made-up ones.
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
import struct
import sys
from collections.abc import Iterator, Sequence

from agent_client.ports import Caller, CallersUnknownError, Connection

_LIST = b"net.inet.tcp.pcblist_n"
_HEADER = struct.Struct("=II")  # length, kind
_SOCKET = 0x001  # XSO_SOCKET
_ENDS = 0x010  # XSO_INPCB
_IPV4 = 0x1  # INP_IPV4, also of an IPv6 socket that reaches an IPv4 address
_PORTS = struct.Struct(">16xHH")  # theirs, its own
_ENDS_BYTES = 80  # as much of xinpcb_n as is read
_USER = struct.Struct("=64xI")
_SPARE = 4  # times an eighth: room for sockets that are opened between asking for size and list


def callers(connections: Sequence[Connection], table: bytes, own: int) -> list[Caller]:
    """What the list says of each connection; `own` is our user's number."""
    users = dict(_users(table))
    found = []
    for connection in connections:
        user = users.get((_end(connection.theirs), _end(connection.ours)))
        if user is None:
            found.append(Caller.GONE)
        else:
            found.append(Caller.OURS if user == own else Caller.OTHERS)
    return found


_End = tuple[bytes, int]


def _users(table: bytes) -> Iterator[tuple[tuple[_End, _End], int]]:
    """Of each socket its own end, the other end, and its user."""
    at = 0
    ends: tuple[_End, _End] | None = None
    while at + _HEADER.size <= len(table):
        length, kind = _HEADER.unpack_from(table, at)
        record = table[at : at + length]
        if length < _HEADER.size or len(record) < length:
            break
        if at > 0 and kind == _ENDS and length >= _ENDS_BYTES:
            ends = _both_ends(record)
        elif at > 0 and kind == _SOCKET and length >= _USER.size and ends is not None:
            yield ends, _USER.unpack_from(record)[0]
            ends = None
        at += (length + 7) & ~7


def _both_ends(record: bytes) -> tuple[_End, _End]:
    """inp_vflag at 44, inp_dependfaddr at 48, inp_dependladdr at 64; IPv4 in their last bytes."""
    other_port, own_port = _PORTS.unpack_from(record)
    if record[44] & _IPV4:
        return (record[76:80], own_port), (record[60:64], other_port)
    return (record[64:80], own_port), (record[48:64], other_port)


def _end(address: tuple[str, int]) -> _End:
    return ipaddress.ip_address(address[0]).packed, address[1]


if sys.platform == "darwin":

    def who_calls(connections: Sequence[Connection]) -> list[Caller]:
        """By the list as it is now. Raises CallersUnknownError."""
        return callers(connections, _table(), os.geteuid())

    def _table() -> bytes:
        system = ctypes.CDLL(None, use_errno=True)
        size = ctypes.c_size_t(0)
        if system.sysctlbyname(_LIST, None, ctypes.byref(size), None, ctypes.c_size_t(0)) != 0:
            raise _unknown()
        size.value += size.value // 8 * _SPARE
        buffer = ctypes.create_string_buffer(size.value)
        if system.sysctlbyname(_LIST, buffer, ctypes.byref(size), None, ctypes.c_size_t(0)) != 0:
            raise _unknown()
        return buffer.raw[: size.value]

    def _unknown() -> CallersUnknownError:
        return CallersUnknownError(f"the list of sockets: {os.strerror(ctypes.get_errno())}")
