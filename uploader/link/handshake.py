"""TLS to central and not a byte more: what it shows, and whether it turns the desk away."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
import urllib3

from uploader.route import Leg, TrustAdapter


@contextmanager
def shaken(leg: Leg, context: ssl.SSLContext, *, verify: bool, seconds: float) -> Iterator[Any]:
    """A socket after the handshake, by the way that requests go; `seconds` is its time-out.

    OSError, requests.RequestException or urllib3's HTTPError if there is none.
    """
    adapter = TrustAdapter(context, leg.to_proxy, leg.sign_in)
    try:
        request = requests.Request("GET", leg.url).prepare()
        # The types of what is passed through are requests' own affair.
        pool: Any = adapter.get_connection_with_tls_context(
            request, verify=verify, proxies={"https": leg.way} if leg.way else {}
        )
        connection = pool._new_conn()  # noqa: SLF001  # urllib3 stops there in no other way
        try:
            connection.timeout = seconds
            if leg.way:
                pool._prepare_proxy(connection)  # noqa: SLF001  # as above
            else:
                connection.connect()
            yield connection.sock
        finally:
            connection.close()
    finally:
        adapter.close()


def parting_word(leg: Leg, seconds: float) -> Exception | None:
    """Why central ends a connection on which nothing was asked; None if it does not, within this.

    With TLS 1.3 a server says after the handshake that it does not take the client's certificate.
    If it closes while a request is on its way, that word is lost with the connection (RFC 8446,
    appendix E.5; RFC 1122, 4.2.2.13). Who sends nothing hears it.
    """
    try:
        with shaken(leg, leg.context, verify=True, seconds=seconds) as connection:
            connection.recv(1)
    except TimeoutError:
        return None
    except (OSError, requests.RequestException, urllib3.exceptions.HTTPError) as error:
        return error
    return None
