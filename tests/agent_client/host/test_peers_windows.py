"""The tables of connections of Windows, made up as GetExtendedTcpTable fills them."""

import socket
import struct

import pytest

from agent_client.host.peers_windows import processes
from agent_client.ports import Connection

_HERE = Connection(("127.0.0.1", 50000), ("127.0.0.1", 8080))
_HERE6 = Connection(("::1", 50000), ("::1", 8080))


def _row(own: tuple[str, int], other: tuple[str, int], process: int) -> bytes:
    ends = [
        socket.inet_aton(host) + struct.pack(">H", port) + b"\xaa\xbb"
        for host, port in (own, other)
    ]
    return struct.pack("=I", 5) + b"".join(ends) + struct.pack("=I", process)


def _row6(own: tuple[str, int], other: tuple[str, int], process: int) -> bytes:
    ends = [
        socket.inet_pton(socket.AF_INET6, host) + bytes(4) + struct.pack(">H", port) + b"\xaa\xbb"
        for host, port in (own, other)
    ]
    return b"".join(ends) + struct.pack("=II", 5, process)


def _table(*rows: bytes) -> bytes:
    return struct.pack("=I", len(rows)) + b"".join(rows) + bytes(100)  # the buffer is longer


def test_the_process_at_the_callers_end_is_found() -> None:
    table = _table(_row(_HERE.ours, _HERE.theirs, 4), _row(_HERE.theirs, _HERE.ours, 77))
    table6 = _table(_row6(_HERE6.theirs, _HERE6.ours, 78))
    assert processes([_HERE, _HERE6], table, table6) == [77, 78]


def test_ipv4_reached_by_an_ipv6_socket_is_found() -> None:
    mapped = _row6(("::ffff:127.0.0.1", 50000), ("::ffff:127.0.0.1", 8080), 79)
    assert processes([_HERE], _table(), _table(mapped)) == [79]


def test_a_connection_that_is_gone_has_no_process() -> None:
    waiting = _row(_HERE.theirs, _HERE.ours, 0)  # the system's, until it is forgotten
    assert processes([_HERE, _HERE6], _table(waiting), _table()) == [0, 0]


@pytest.mark.parametrize("cut", [0, 3, 4, 27])
def test_a_table_that_is_cut_short_names_nobody(cut: int) -> None:
    table = _table(_row(_HERE.theirs, _HERE.ours, 77))
    assert processes([_HERE], table[:cut], b"") == [0]
