"""Ports that are free, taken, or half taken."""

import socket

import pytest

from agent_client.workspace.loopback_sockets import PortsTakenError, listening


def _close(sockets: list[socket.socket]) -> None:
    for opened in sockets:
        opened.close()


def test_the_next_port_is_taken_when_the_first_is_not_free() -> None:
    taken = listening(["127.0.0.1"], [0])
    port = taken[0].getsockname()[1]
    others = listening(["127.0.0.1"], [port, 0])
    assert others[0].getsockname()[1] != port
    _close(taken + others)


def test_no_free_port_is_said_so() -> None:
    taken = listening(["127.0.0.1"], [0])
    with pytest.raises(PortsTakenError):
        listening(["127.0.0.1"], [taken[0].getsockname()[1]])
    _close(taken)


def test_a_computer_without_the_second_address_uses_the_first() -> None:
    opened = listening(["127.0.0.1", "2001:db8::1"], [0])
    assert [one.getsockname()[0] for one in opened] == ["127.0.0.1"]
    _close(opened)


def test_all_hosts_share_one_port() -> None:
    opened = listening(["127.0.0.1", "127.0.0.2"], [0])
    assert len({one.getsockname()[1] for one in opened}) == 1
    _close(opened)


def test_a_port_that_is_half_taken_is_not_used() -> None:
    taken = listening(["127.0.0.2"], [0])
    port = taken[0].getsockname()[1]
    with pytest.raises(PortsTakenError):
        listening(["127.0.0.1", "127.0.0.2"], [port])
    free = listening(["127.0.0.1"], [port])  # what was opened of it was closed again
    _close(taken + free)
