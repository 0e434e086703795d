"""One simulated desk of a fleet: asyncio, but central's real protocol, seals and signatures."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import aiohttp
import msgspec

from bench.stage.sealed import frames, manifest
from contract.canonical import unb64
from contract.envelope import Recipient
from contract.manifest import digest
from contract.policy import accept
from contract.protocol import (
    CLOCK,
    ENROL,
    HEALTH,
    ORDERS,
    POLICY,
    RECORDINGS,
    TUS_VERSION,
    UPLOADS,
    Enrolled,
    Enrolment,
    EnrolmentToken,
    Health,
    read_receipt,
    repr_digest,
)
from contract.signing import SignatureRefusedError, key_id
from uploader.core import FileToSend

_CLOCK_ASKED = 5
_REST_SECONDS = 1.0  # after something failed
_OK = range(200, 300)


@dataclass
class Tally:
    """What the fleet saw: seconds of each kind of request, recordings with receipts, errors."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    accepted: list[float] = field(default_factory=list)  # when, monotonic
    errors: Counter[str] = field(default_factory=Counter)

    def took(self, what: str, seconds: float) -> None:
        """One request that was answered well."""
        self.seconds.setdefault(what, []).append(seconds)


@dataclass(frozen=True)
class Cargo:
    """What every desk sends: one sealed segment. Only central could tell that they are the same."""

    content: bytes
    file: FileToSend

    @classmethod
    def sealed(cls, size: int, seal_to: tuple[Recipient, ...]) -> Cargo:
        """Of about so many bytes."""
        content = b"".join(frames(size, seal_to))
        return cls(content, FileToSend("000.seg", "", len(content), sha256(content).hexdigest()))


class RefusedError(Exception):
    """Central's answer is none of those that were hoped for."""


class Desk:
    """One desk: signs in, fetches its policy, holds the long poll, and sends."""

    def __init__(self, url: str, session: aiohttp.ClientSession, tally: Tally) -> None:
        """`session` is shared by all; each desk's connections are its own nonetheless."""
        self._url = url
        self._session = session
        self._tally = tally
        self._device_id = ""
        self._credential = ""
        self._keys: Mapping[str, bytes] = {}
        self.seal_to: tuple[Recipient, ...] = ()

    async def begin(self, token: str) -> None:
        """Enrol, fetch the policy and prove it, measure the clock, say how it is."""
        parsed = EnrolmentToken.parse(token)
        asked = Enrolment(token=parsed.secret, device_name="fleet", client_version="1")
        body = msgspec.json.encode(asked)
        answer = await self._ask("enrol", "POST", ENROL, body)
        enrolled = msgspec.json.decode(answer.body, type=Enrolled)
        root = unb64(enrolled.root_key)
        if not parsed.fits(root):
            raise RefusedError("a foreign root key")
        self._device_id = enrolled.device_id
        self._credential = f"{enrolled.device_id}.{enrolled.device_secret}"
        document = (await self._ask("policy", "GET", POLICY)).body
        policy = accept(document, {key_id(root): root}, None)
        self._keys = {key.kid: unb64(key.public) for key in policy.receipt_keys}
        self.seal_to = tuple(key.recipient() for key in policy.seal_to)
        for _ in range(_CLOCK_ASKED):
            await self._ask("clock", "POST", CLOCK, b"{}")
        health = Health(
            client_version="1",
            agent_id="bench",
            spooled=1,
            spooled_bytes=0,
            quarantined=0,
            problem="",
            clock_offset_us=0,
        )
        await self._ask("health", "POST", HEALTH, msgspec.json.encode(health))

    async def listen(self) -> None:
        """Hold the long poll, for ever."""
        after = 0
        while True:
            try:
                answer = await self._ask("orders", "GET", f"{ORDERS}?after={after}")
            except RefusedError:
                await asyncio.sleep(_REST_SECONDS)
                continue
            if answer.body:
                after = max(after, msgspec.json.decode(answer.body)["last"])

    async def send(self, cargo: Cargo, pause: float) -> None:
        """One recording after the other, for ever, with so many seconds between; 0: at once."""
        await asyncio.sleep(pause * random.random())  # noqa: S311 - no secret
        while True:
            try:
                await self._one(cargo)
            except RefusedError:
                await asyncio.sleep(_REST_SECONDS)
            else:
                self._tally.accepted.append(time.monotonic())
            if pause:
                await asyncio.sleep(pause)

    async def _one(self, cargo: Cargo) -> None:
        recording_id, text = manifest(self._device_id, (cargo.file,))
        offered = f"{RECORDINGS}/{recording_id}"
        await self._ask("offer", "POST", offered, text, hoped=409)
        created = await self._ask(
            "create",
            "POST",
            UPLOADS,
            headers={
                "Tus-Resumable": TUS_VERSION,
                "Idempotency-Key": f"{recording_id}/{cargo.file.name}",
                "Upload-Length": str(cargo.file.size),
                "Repr-Digest": repr_digest(cargo.file.sha256),
            },
        )
        await self._ask(
            "patch",
            "PATCH",
            created.headers["location"].removeprefix(self._url),
            cargo.content,
            headers={
                "Tus-Resumable": TUS_VERSION,
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": "0",
                "Content-Digest": repr_digest(cargo.file.sha256),
            },
        )
        answer = await self._ask("manifest", "POST", offered, text)
        try:
            receipt = read_receipt(answer.body, dict(self._keys))
        except SignatureRefusedError as error:
            self._tally.errors["receipt"] += 1
            raise RefusedError(str(error)) from error
        if (receipt.sha256, receipt.size) != (digest(text), cargo.file.size):
            self._tally.errors["receipt"] += 1
            raise RefusedError("a receipt for something else")

    async def _ask(  # noqa: PLR0913 - as aiohttp asks, and what it is called
        self,
        what: str,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        hoped: int = 0,
    ) -> _Answer:
        fields: dict[str, Any] = {**(headers or {})}
        if self._credential:
            fields["Authorization"] = f"Bearer {self._credential}"
        began = time.monotonic()
        try:
            async with self._session.request(
                method, self._url + path, data=body or None, headers=fields
            ) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._tally.errors[f"{what}: {type(error).__name__}"] += 1
            raise RefusedError(what) from error
        good = response.status == hoped if hoped else response.status in _OK
        if not good:
            self._tally.errors[f"{what}: {response.status}"] += 1
            raise RefusedError(f"{what}: {response.status}")
        self._tally.took(what, time.monotonic() - began)
        told = {name.lower(): value for name, value in response.headers.items()}
        return _Answer(told, content)


@dataclass(frozen=True, slots=True)
class _Answer:
    headers: Mapping[str, str]
    body: bytes
