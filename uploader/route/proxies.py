"""The ways to an address: by the configuration, the system's settings, or a file of rules (PAC)."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from contract.desk_network import NetworkConfig
from uploader.core import DIRECT, all_bad, best_first
from uploader.credentials import PROXY, Secrets
from uploader.route.rules import RulesBrokenError, ask, system_rules

logger = logging.getLogger(__name__)

_FRESH = timedelta(hours=1)  # then the rules are fetched and asked again
_AGAIN = timedelta(minutes=5)  # when they are broken
_NEVER = timedelta(-1)
Ask = Callable[[str, Sequence[str], str | None], Mapping[str, tuple[str, ...]]]


class Proxies:
    """Which proxy, if any, leads to an address. Any thread may call it."""

    def __init__(
        self,
        network: NetworkConfig,
        urls: Sequence[str],
        *,
        site_ca: str | None = None,
        secrets: Secrets | None = None,
        ask_rules: Ask = ask,
    ) -> None:
        """`urls` are all that will be asked for; `secrets` has the proxy's password."""
        self._network = network
        self._urls = tuple(url for url in urls if url.startswith("https:"))
        self._site_ca = site_ca
        self._secrets = secrets
        self._ask = ask_rules
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._said: Mapping[str, tuple[str, ...]] | None = None
        self._due = _NEVER
        self._broken = False
        self._networks = 0  # seen so far
        self._failed: dict[str, timedelta] = {}
        self._sign_in: str | None = None

    @property
    def rules_are_broken(self) -> bool:
        """Whether there are rules that could not be had when last tried."""
        return self._broken

    def ways(self, url: str) -> tuple[str, ...]:
        """The ways to this address, the best first; never none.

        Waits for the rules where they were not asked yet on this network.
        """
        if not url.startswith("https:"):
            return (DIRECT,)  # what is in the clear goes to this machine itself and no further
        proxy = self._network.proxy
        if proxy == "none":
            return (DIRECT,)
        if proxy != "system":
            return (proxy,)
        if self._due == _NEVER:
            self.refresh()
        with self._lock:
            if self._said is not None:
                return best_first(self._said[url], self._failed, _monotonic())
        found = select_proxy(url, get_environ_proxies(url, no_proxy=None)) or DIRECT
        return (found if not found or "://" in found else f"http://{found}",)

    def failed(self, url: str, way: str) -> bool:
        """The way led nowhere; whether there is no other that may lead there."""
        ways = self.ways(url)
        with self._lock:
            self._failed[way] = now = _monotonic()
            return all_bad(ways, self._failed, now)

    def answered(self, way: str) -> None:
        """The way led there."""
        with self._lock:
            self._failed.pop(way, None)

    def sign_in(self, way: str) -> str | None:
        """What the proxy is told as Proxy-Authorization; None if nothing is known.

        KeyringUnavailableError when the password cannot be had now.
        """
        user = self._network.proxy_user
        if way == DIRECT or user is None or self._secrets is None:
            return None
        if urlsplit(way).username is not None:
            return None  # the system's settings bring a password of their own
        with self._lock:
            if self._sign_in is None:
                password = self._secrets.read(PROXY)
                if password is not None:
                    word = base64.b64encode(f"{user}:{password}".encode()).decode()
                    self._sign_in = f"Basic {word}"
            return self._sign_in

    def sign_in_refused(self) -> None:
        """The proxy did not take it: the keyring may have another by now."""
        with self._lock:
            self._sign_in = None

    def network_changed(self) -> None:
        """Another network: its rules may be others, and those of the last one lead nowhere."""
        with self._lock:
            self._said, self._due, self._broken = None, _NEVER, False
            self._networks += 1
            self._failed.clear()

    def refresh(self) -> None:
        """Fetch the rules and ask them, if it is time. Takes seconds at worst."""
        if self._network.proxy != "system" or not self._urls:
            return
        with self._asking:
            if _monotonic() < self._due:
                return
            network, said, broken = self._networks, None, False
            at = self._network.pac_url or system_rules()
            if at:
                try:
                    said = self._ask(at, self._urls, self._site_ca)
                except RulesBrokenError as error:
                    logger.warning("%s", error)
                    broken = True
            with self._lock:
                if network != self._networks:
                    return
                if said is not None or not broken:  # broken: the last good ones stand
                    self._said = said
                self._broken = broken
                self._due = _monotonic() + (_AGAIN if broken else _FRESH)


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())
