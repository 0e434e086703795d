"""The list of sockets of macOS, made up as the kernel writes it."""

import socket
import struct

import pytest

from agent_client.host.peers_darwin import callers
from agent_client.ports import Caller, Connection

_HERE = Connection(("127.0.0.1", 50000), ("127.0.0.1", 8080))
_HERE6 = Connection(("::1", 50000), ("::1", 8080))


def _record(kind: int, size: int, **at: bytes) -> bytes:
    record = bytearray(struct.pack("=II", size, kind) + bytes(size - 8))
    for place, content in at.items():
        offset = int(place[1:])
        record[offset : offset + len(content)] = content
    return bytes(record) + bytes(-size % 8)


def _socket(own: tuple[str, int], other: tuple[str, int], user: int, flag: int = 1) -> bytes:
    """An xinpcb_n, an xsocket_n and one of the records that follow."""
    family = socket.AF_INET6 if ":" in own[0] else socket.AF_INET
    pad = b"" if family == socket.AF_INET6 else bytes(12)
    ends = _record(
        0x010,
        104,
        _16=struct.pack(">HH", other[1], own[1]),
        _44=bytes([flag]),
        _48=pad + socket.inet_pton(family, other[0]),
        _64=pad + socket.inet_pton(family, own[0]),
    )
    return ends + _record(0x001, 76, _64=struct.pack("=I", user)) + _record(0x020, 204)


def _list(*sockets: bytes) -> bytes:
    generation = _record(0, 24)
    return generation + b"".join(sockets) + generation


@pytest.mark.parametrize(("user", "wanted"), [(501, Caller.OURS), (502, Caller.OTHERS)])
def test_the_user_of_the_callers_socket_decides(user: int, wanted: Caller) -> None:
    table = _list(
        _socket(_HERE.ours, _HERE.theirs, 501),
        _socket(_HERE.theirs, _HERE.ours, user),
        _socket(("127.0.0.1", 9), _HERE.ours, 503),
    )
    assert callers([_HERE], table, 501) == [wanted]


def test_ipv6_and_what_it_reaches_of_ipv4() -> None:
    mapped = Connection(("127.0.0.1", 50001), ("127.0.0.1", 8080))
    table = _list(
        _socket(_HERE6.theirs, _HERE6.ours, 501, flag=2), _socket(*_ends(mapped), 502, flag=1 | 2)
    )
    assert callers([_HERE6, mapped, _HERE], table, 501) == [
        Caller.OURS,
        Caller.OTHERS,
        Caller.GONE,
    ]


def _ends(connection: Connection) -> tuple[tuple[str, int], tuple[str, int]]:
    return connection.theirs, connection.ours


@pytest.mark.parametrize("cut", [0, 3, 24, 30, 110, 200])
def test_a_list_that_is_cut_short_names_nobody(cut: int) -> None:
    table = _list(_socket(_HERE.theirs, _HERE.ours, 501))
    assert callers([_HERE], table[:cut], 501) == [Caller.GONE]
