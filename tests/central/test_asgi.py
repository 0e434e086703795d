from __future__ import annotations

import socket
from urllib.parse import urlsplit

import requests

from tests.central.serving import PATIENCE, Central


def test_a_page_takes_no_body_longer_than_a_form(central: Central) -> None:
    answer = requests.post(central.url + "/sign-in", data=b"x" * 100_000, timeout=PATIENCE)
    assert answer.status_code == 413


def test_nor_one_whose_length_is_not_announced(central: Central) -> None:
    parts = urlsplit(central.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
        head = (
            f"POST /sign-in HTTP/1.1\r\nHost: {parts.netloc}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        piece = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        connection.sendall(head.encode() + 40 * piece + b"0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
    assert requests.get(central.url + "/sign-in", timeout=PATIENCE).ok
