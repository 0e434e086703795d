"""Workspace's own side of the loopback endpoint: the agent's application signs in and pings."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from types import TracebackType
from typing import Self

import aiohttp

from bench.stage.workspace_shapes import Json, Person, basic


class StageDesktop:
    """Workspace Web Edition in a browser, as far as the recorder sees it."""

    def __init__(
        self,
        loopback: str,
        person: Person,
        *,
        server: str,
        origin: str = "https://workspace.example.com",
        ping_seconds: float = 5.0,
    ) -> None:
        """`loopback`: e.g. http://127.0.0.1:8080; `server`: where the agent's web services are."""
        self.person = person
        self.answers: list[int] = []  # statuses of sign-ins and pings
        self._loopback = loopback.rstrip("/")
        self.server = server
        self._ping_seconds = ping_seconds
        self._auth = basic(person.user_name, person.password)
        self._origin = origin
        self.csrf = ""
        self._pinging: asyncio.Task[None] | None = None
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=30),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.vanish()

    async def sign_in(self) -> int:
        """The status of the answer; after 200 it pings until it signs out."""
        body: list[Json] = [
            {"name": "server", "value": self.server},
            {"name": "place", "value": self.person.place},
            {"name": "devices", "value": [{"dn": self.person.dn, "switch": "SIP_Switch"}]},
        ]
        url = f"{self._loopback}/api/v2/me"
        headers = self._headers() | {"X-Support-CSRFP": "True"}
        async with self._http.post(url, json=body, headers=headers) as answer:
            self.answers.append(answer.status)
            self.csrf = answer.headers.get("X-CSRF-TOKEN", "")
        if answer.status == HTTPStatus.OK and self._pinging is None:
            self._pinging = asyncio.create_task(self._keep_pinging(), name="desktop pings")
        return answer.status

    async def ping(self) -> int:
        async with self._http.get(f"{self._loopback}/ping", headers=self._headers()) as answer:
            self.answers.append(answer.status)
        return answer.status

    async def sign_out(self) -> int:
        await self._stop_pinging()
        headers = self._headers() | {"X-CSRF-Token": self.csrf}
        url = f"{self._loopback}/api/v2/me"
        async with self._http.delete(url, headers=headers) as answer:
            return answer.status

    async def vanish(self) -> None:
        """As when the browser is closed: no more pings, and no word of it."""
        await self._stop_pinging()
        await self._http.close()

    async def _stop_pinging(self) -> None:
        if self._pinging is not None:
            self._pinging.cancel()
            await asyncio.gather(self._pinging, return_exceptions=True)
            self._pinging = None

    async def _keep_pinging(self) -> None:
        while True:
            await asyncio.sleep(self._ping_seconds)
            try:
                if await self.ping() == HTTPStatus.UNAUTHORIZED:
                    await self.sign_in()
            except (aiohttp.ClientError, TimeoutError):
                self.answers.append(0)  # the client is not there; Workspace tries again

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self._auth, "Origin": self._origin}
