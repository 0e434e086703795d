"""The way to central: which address, which proxy, whom to trust. Shared by all links.

    Route.leg() -> Leg      where the next request goes
    Route.answered(leg)     it led there
    Route.failed(leg, ...)  it did not

What one request learns, all others know. `core.route` decides; here are the lock and the clock.
"""

from __future__ import annotations

import logging
import secrets as chances
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from contract.desk_config import DeskConfig
from contract.desk_network import NetworkConfig
from uploader.core import Course, Server
from uploader.credentials import Secrets
from uploader.route.proxies import Ask, Proxies
from uploader.route.rules import RulesBrokenError, ask
from uploader.route.trust import ClientKeyError, Trust, TrustAdapter, trust, trust_of

__all__ = [
    "Ask",
    "ClientKeyError",
    "Leg",
    "Proxies",
    "Route",
    "RulesBrokenError",
    "Trust",
    "TrustAdapter",
    "ask",
    "trust",
]

logger = logging.getLogger(__name__)
_chance = chances.SystemRandom().random


@dataclass(frozen=True, slots=True)
class Leg:
    """Where one request goes, and how."""

    server: Server
    url: str  # of central, without a slash at the end
    way: str = field(repr=False)  # a proxy's address, perhaps with a password; or DIRECT
    context: ssl.SSLContext
    to_proxy: ssl.SSLContext  # shows no certificate of the desk
    sign_in: str | None = field(repr=False)  # Proxy-Authorization
    network: int  # counts the networks seen: connections of an earlier one are dead


class Route:
    """Any thread may call it."""

    def __init__(self, urls: Sequence[str], proxies: Proxies, trusting: Trust) -> None:
        """`urls`: central's own, then its peer's if there is one. The list is all it ever uses."""
        self.urls = tuple(urls)
        self._proxies = proxies
        self._trust = trusting
        self._lock = threading.Lock()
        self._trusting = threading.Lock()  # apart: a keyring may be asked
        self._course = Course(has_peer=len(self.urls) > 1)
        self._network = 0
        self.moved: Callable[[], None] = lambda: None  # called when another server is used

    @classmethod
    def by(
        cls,
        desk: DeskConfig,
        plain: ssl.SSLContext,
        secrets: Secrets | None,
        ask_rules: Ask = ask,
    ) -> Route:
        """As the configuration says. `plain` trusts; `secrets` has the passwords, if any."""
        urls = [url for url in (desk.central.url, desk.central.peer_url) if url]
        proxies = Proxies(
            desk.network,
            urls,
            site_ca=desk.central.site_ca,
            secrets=secrets,
            ask_rules=ask_rules,
        )
        return cls(urls, proxies, trust_of(desk, plain, secrets))

    @classmethod
    def alone(cls, url: str, context: ssl.SSLContext) -> Route:
        """To one address, by the system's proxies."""
        url = url.rstrip("/")
        return cls([url], Proxies(NetworkConfig(), [url]), Trust(context))

    @property
    def server(self) -> Server:
        """The one that is used now."""
        return self._course.at

    @property
    def rules_are_broken(self) -> bool:
        """Whether there are proxy rules that could not be had when last tried."""
        return self._proxies.rules_are_broken

    def leg(self, server: Server | None = None) -> Leg:
        """Where the next request goes; `server`: to this one, whatever the course.

        KeyringUnavailableError, ClientKeyError: not now.
        """
        chosen = self._course.at if server is None else server
        network = self._network
        url = self.urls[chosen]
        way = self._proxies.ways(url)[0]
        with self._trusting:
            context = self._trust.context()
            sign_in = self._proxies.sign_in(way)
        return Leg(chosen, url, way, context, self._trust.plain, sign_in, network)

    def answered(self, leg: Leg) -> None:
        """The server answered, and well."""
        self._proxies.answered(leg.way)
        with self._lock:
            if leg.network == self._network:
                self._course = self._course.answered(leg.server)

    def failed(self, leg: Leg, began: timedelta, *, by_the_way: bool) -> None:
        """The server, or the way there (`by_the_way`), failed a request that began then."""
        if by_the_way and not self._proxies.failed(leg.url, leg.way):
            return  # another way is left
        with self._lock:
            if leg.network != self._network:
                return
            before = self._course
            self._course = before.failed(leg.server, began, _monotonic(), _chance())
            after = self._course
        self._said(before, after)

    def sign_in_refused(self) -> None:
        """A proxy wants another password."""
        self._proxies.sign_in_refused()

    def a_portal_is_likely(self) -> bool:
        """Whether a stranger in central's place is probably this network's own door."""
        return self._course.a_portal_is_likely(_monotonic())

    def probe_is_due(self) -> bool:
        """Whether the primary is to be asked how it is."""
        return self._course.probe_is_due(_monotonic())

    def probed(self, *, well: bool) -> None:
        """It was asked."""
        with self._lock:
            before = self._course
            self._course = before.probed(_monotonic(), _chance(), well=well)
            after = self._course
        self._said(before, after)

    def network_changed(self) -> None:
        """Another network, or the desk slept: connections, rules and failures are of the past."""
        with self._lock:
            self._network += 1
            self._course = self._course.network_changed(_monotonic(), _chance())
        self._proxies.network_changed()

    def refresh(self) -> None:
        """Ask the proxy rules again, if it is time. Takes seconds at worst."""
        self._proxies.refresh()

    def _said(self, before: Course, after: Course) -> None:
        if before.at is not after.at:
            logger.warning("central is now reached at its %s address", after.at.name.lower())
            self.moved()


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())
