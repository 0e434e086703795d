"""Whose program calls, by the kernel's real table and by made-up ones."""

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from agent_client.host import peers_linux
from agent_client.host.peers import who_calls
from agent_client.ports import Caller, CallersUnknownError, Connection

if sys.platform == "win32":
    pytest.skip("users have no numbers there", allow_module_level=True)

_NOBODY = 65534
_HEAD = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
_HERE = Connection(("127.0.0.1", 0xABCD), ("127.0.0.1", 8080))


def _end(address: tuple[str, int]) -> str:
    """As the kernel writes it: in this machine's own order of bytes."""
    (word,) = struct.unpack("=I", socket.inet_aton(address[0]))
    return f"{word:08X}:{address[1]:04X}"


def _line(local: tuple[str, int], remote: tuple[str, int], *, user: int, inode: int) -> bytes:
    rest = f"01 00000000:00000000 00:00000000 00000000 {user:5d}        0 {inode} 1 ffff 20 4 30"
    return f"   7: {_end(local)} {_end(remote)} {rest}\n".encode()


@contextmanager
def _accepted(
    family: socket.AddressFamily, host: str, reach: str
) -> Iterator[tuple[socket.socket, Connection]]:
    """A connection of this very process to itself; the caller's end, and what was accepted."""
    listening = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(listening)) as listener, closing(socket.socket(family)) as caller:
        listener.bind((host, 0))
        listener.listen()
        caller.connect((reach, listener.getsockname()[1]))
        taken, _ = listener.accept()
        with closing(taken):
            yield caller, Connection(taken.getpeername()[:2], taken.getsockname()[:2])


def _reachable() -> list[tuple[socket.AddressFamily, str, str]]:
    ways = [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET6, "127.0.0.1", "::ffff:127.0.0.1"),  # as .NET and Java do
        (socket.AF_INET6, "::1", "::1"),
    ]
    return ways if Path("/proc/net/if_inet6").exists() else ways[:1]


@pytest.mark.parametrize("way", _reachable())
def test_our_own_program_is_ours(way: tuple[socket.AddressFamily, str, str]) -> None:
    with _accepted(*way) as (_, connection):
        assert who_calls()([connection]) == [Caller.OURS]


@pytest.mark.parametrize("way", _reachable())
def test_a_program_that_hung_up_is_nobodys(way: tuple[socket.AddressFamily, str, str]) -> None:
    with _accepted(*way) as (caller, connection):
        caller.close()
        assert who_calls()([connection]) == [Caller.GONE]


def test_a_program_that_only_stopped_sending_is_still_ours() -> None:
    with _accepted(*_reachable()[0]) as (caller, connection):
        caller.shutdown(socket.SHUT_WR)
        assert who_calls()([connection]) == [Caller.OURS]


def test_another_users_program_is_not_ours() -> None:
    """As root: a real program of another user. Else: we are the other user."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        dial = ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}; read -r line <&3"]
        root = os.geteuid() == 0
        with subprocess.Popen(dial, user=_NOBODY if root else None, cwd="/") as program:
            taken, _ = listener.accept()
            with closing(taken):
                connection = Connection(taken.getpeername()[:2], taken.getsockname()[:2])
                if root:
                    found = who_calls()([connection])
                else:
                    table = Path("/proc/self/net/tcp").read_bytes()
                    found = peers_linux.callers([connection], table, os.geteuid() + 1)
            program.wait(20)
    assert found == [Caller.OTHERS]


def test_each_of_many_connections_gets_its_own_answer() -> None:
    with _accepted(*_reachable()[0]) as (caller, first), _accepted(*_reachable()[0]) as (_, second):
        caller.close()
        assert who_calls()([first, second, first]) == [Caller.GONE, Caller.OURS, Caller.GONE]


@pytest.mark.parametrize(
    ("user", "inode", "wanted"),
    [(1000, 5, Caller.OURS), (1001, 5, Caller.OTHERS), (0, 5, Caller.OTHERS), (0, 0, Caller.GONE)],
)
def test_the_line_of_the_callers_end_decides(user: int, inode: int, wanted: Caller) -> None:
    """Our own end stands in the table too, with our own user."""
    ours = _line(_HERE.ours, _HERE.theirs, user=1000, inode=4)
    table = _HEAD + ours + _line(_HERE.theirs, _HERE.ours, user=user, inode=inode)
    assert peers_linux.callers([_HERE], table, 1000) == [wanted]


def test_the_same_port_at_another_address_is_another_connection() -> None:
    near = _line(("127.0.0.2", 0xABCD), _HERE.ours, user=1000, inode=4)
    assert peers_linux.callers([_HERE], _HEAD + near, 1000) == [Caller.GONE]


def test_a_table_that_makes_no_sense_is_said_so() -> None:
    cut = _line(_HERE.theirs, _HERE.ours, user=1000, inode=4)[:60]
    with pytest.raises(CallersUnknownError):
        peers_linux.callers([_HERE], _HEAD + cut, 1000)


def test_tables_that_cannot_be_read_are_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(peers_linux, "_TABLES", (tmp_path / "tcp", tmp_path / "tcp6"))
    with pytest.raises(CallersUnknownError):
        who_calls()([_HERE])
    (tmp_path / "tcp").mkdir()
    with pytest.raises(CallersUnknownError):
        who_calls()([_HERE])
