"""Windows: whose program calls, from the table of TCP connections, which names each one's process.

The process must be in our session, and belong to our user: on a terminal server several sessions
share one loopback.

Run under Wine, never on Windows itself; Wine names no process in the tables, which are
tested with made-up ones.
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from ctypes import wintypes

from agent_client.ports import Caller, CallersUnknownError, Connection

_COUNT = struct.Struct("=I")
_ROW = struct.Struct("=I4s2s2x4s2s2xI")  # MIB_TCPROW_OWNER_PID: state, here, there, process
_ROW6 = struct.Struct("=16sI2s2x16sI2s2xII")  # MIB_TCP6ROW_OWNER_PID: the state stands late

_End = tuple[bytes, int]


def processes(connections: Sequence[Connection], table: bytes, table6: bytes) -> list[int]:
    """The process at the other end of each connection; 0 if there is none any more."""
    owners = dict(_owners(table)) | dict(_owners6(table6))
    return [owners.get((_end(one.theirs), _end(one.ours)), 0) for one in connections]


def _owners(table: bytes) -> Iterator[tuple[tuple[_End, _End], int]]:
    for row in _ROW.iter_unpack(_rows(_ROW, table)):
        _, here, port, there, other_port, process = row
        yield ((here, _port(port)), (there, _port(other_port))), process


def _owners6(table: bytes) -> Iterator[tuple[tuple[_End, _End], int]]:
    for row in _ROW6.iter_unpack(_rows(_ROW6, table)):
        here, _, port, there, _, other_port, _, process = row
        yield ((_plain(here), _port(port)), (_plain(there), _port(other_port))), process


def _rows(row: struct.Struct, table: bytes) -> bytes:
    if len(table) < _COUNT.size:
        return b""
    (count,) = _COUNT.unpack_from(table)
    whole = (len(table) - _COUNT.size) // row.size
    return table[_COUNT.size : _COUNT.size + min(count, whole) * row.size]


def _port(field: bytes) -> int:
    return int.from_bytes(field, "big")


def _plain(address: bytes) -> bytes:
    """An IPv4 address that an IPv6 socket reached, as IPv4."""
    mapped = ipaddress.IPv6Address(address).ipv4_mapped
    return mapped.packed if mapped is not None else address


def _end(address: tuple[str, int]) -> _End:
    return ipaddress.ip_address(address[0]).packed, address[1]


if sys.platform == "win32":
    _IPV4 = 2  # AF_INET
    _IPV6 = 23  # AF_INET6
    _CONNECTIONS = 4  # TCP_TABLE_OWNER_PID_CONNECTIONS
    _BUFFER_TOO_SMALL = 122
    _NO_SUCH_PROCESS = 87  # ERROR_INVALID_PARAMETER, of a number that is no process
    _ASK_LITTLE = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
    _TOKEN_QUERY = 0x0008
    _TOKEN_USER = 1
    _TRIES = 5

    def who_calls(connections: Sequence[Connection]) -> list[Caller]:
        """By the tables as they are now. Raises CallersUnknownError."""
        found = processes(connections, _table(_IPV4), _table(_IPV6))
        kernel32, advapi32 = _libraries()
        own = _user(kernel32, advapi32, os.getpid())
        session = _session(kernel32, os.getpid())
        if not isinstance(own, bytes) or session is None:
            raise CallersUnknownError("Windows does not tell who we are")
        known: dict[int, Caller] = {0: Caller.GONE}
        for process in set(found) - {0}:
            if _session(kernel32, process) not in {None, session}:
                known[process] = Caller.OTHERS
                continue
            user = _user(kernel32, advapi32, process)
            if isinstance(user, Caller):
                known[process] = user
            else:
                known[process] = Caller.OURS if user == own else Caller.OTHERS
        return [known[process] for process in found]

    def _table(family: int) -> bytes:
        ask = ctypes.WinDLL("iphlpapi").GetExtendedTcpTable
        ask.restype = wintypes.DWORD
        ask.argtypes = (
            ctypes.c_void_p,
            ctypes.POINTER(wintypes.DWORD),
            wintypes.BOOL,
            wintypes.ULONG,
            ctypes.c_int,
            wintypes.ULONG,
        )
        size = wintypes.DWORD(32 * 1024)
        for _ in range(_TRIES):  # it may grow between two calls
            buffer = ctypes.create_string_buffer(size.value)
            error = ask(buffer, ctypes.byref(size), False, family, _CONNECTIONS, 0)  # noqa: FBT003
            if error == 0:
                return buffer.raw
            if error != _BUFFER_TOO_SMALL:
                break
        raise CallersUnknownError(f"the table of connections: Windows error {error}")

    def _libraries() -> tuple[ctypes.WinDLL, ctypes.WinDLL]:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
        kernel32.OpenProcess.restype = wintypes.HANDLE
        kernel32.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
        kernel32.ProcessIdToSessionId.argtypes = (wintypes.DWORD, ctypes.POINTER(wintypes.DWORD))
        advapi32.OpenProcessToken.argtypes = (
            wintypes.HANDLE,
            wintypes.DWORD,
            ctypes.POINTER(wintypes.HANDLE),
        )
        advapi32.GetTokenInformation.argtypes = (
            wintypes.HANDLE,
            ctypes.c_int,
            ctypes.c_void_p,
            wintypes.DWORD,
            ctypes.POINTER(wintypes.DWORD),
        )
        advapi32.GetLengthSid.restype = wintypes.DWORD
        advapi32.GetLengthSid.argtypes = (ctypes.c_void_p,)
        return kernel32, advapi32

    def _session(kernel32: ctypes.WinDLL, process: int) -> int | None:
        """None if there is no such process any more."""
        session = wintypes.DWORD()
        if not kernel32.ProcessIdToSessionId(process, ctypes.byref(session)):
            return None
        return session.value

    def _user(kernel32: ctypes.WinDLL, advapi32: ctypes.WinDLL, process: int) -> bytes | Caller:
        """The user's SID; OTHERS if we may not ask, for of our own processes we may."""
        opened = kernel32.OpenProcess(_ASK_LITTLE, False, process)  # noqa: FBT003 Windows' own
        if not opened:
            gone = ctypes.get_last_error() == _NO_SUCH_PROCESS
            return Caller.GONE if gone else Caller.OTHERS
        token = wintypes.HANDLE()
        try:
            if not advapi32.OpenProcessToken(opened, _TOKEN_QUERY, ctypes.byref(token)):
                return Caller.OTHERS
            return _sid(advapi32, token)
        finally:
            if token:
                kernel32.CloseHandle(token)
            kernel32.CloseHandle(opened)

    def _sid(advapi32: ctypes.WinDLL, token: wintypes.HANDLE) -> bytes | Caller:
        size = wintypes.DWORD(256)  # a SID has at most 68 bytes, and a pointer goes before it
        buffer = ctypes.create_string_buffer(size.value)
        if not advapi32.GetTokenInformation(token, _TOKEN_USER, buffer, size, ctypes.byref(size)):
            return Caller.OTHERS
        sid = ctypes.c_void_p.from_buffer(buffer).value  # TOKEN_USER begins with a pointer to it
        if sid is None:
            return Caller.OTHERS
        return ctypes.string_at(sid, advapi32.GetLengthSid(sid))
