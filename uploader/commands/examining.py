"""The steps of `doctor`: from the configuration to a trial upload, each a line.

A step never raises: what it finds is its line. It says nothing secret: no token, no password, no
secret of the desk, and of a proxy its host alone.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlsplit

import msgspec

from contract.desk_config import IDENTITY, SPOOL, Identity
from contract.protocol import CLOCK, DETAILS, TUS_VERSION, UPLOADS, repr_digest
from uploader.central import reports
from uploader.commands.amounts import length, size
from uploader.commands.remedies import remedy
from uploader.config import Settings
from uploader.core import Verdict
from uploader.credentials import KeyringUnavailableError, Secrets
from uploader.link import CentralError, Link
from uploader.probe import issued
from uploader.route import ClientKeyError, Route
from uploader.spool import Spool
from uploader.transport.slices import FileSlice

TRIAL_BYTES = 1_000_000
_CLOCK_WRONG = timedelta(minutes=1)
_CLOCK_ODD = timedelta(seconds=2)
_LITTLE_ROOM = 2 * 10**9  # bytes
_TUS = {"Tus-Resumable": TUS_VERSION}
_CODES_OF_SIGN_IN = frozenset({"central-refuses-desk", "not-enrolled"})


class Found(StrEnum):
    """How a step went."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"
    LEFT_OUT = "-"  # a failure before makes it impossible


@dataclass(frozen=True, slots=True)
class Line:
    """What one step found, and what to do about it."""

    step: str
    found: Found
    told: str
    to_do: str = ""


@dataclass
class Examination:
    """One desk, step by step; each step stands on what the ones before found."""

    settings: Settings
    vault: Secrets
    second_name: Callable[[str], str]
    _identity: Identity | None = None
    _secrets: list[str] = field(default_factory=list, repr=False)
    _signed_in: Link | None = None
    _route: Route | None = None
    _reached: bool = False

    def lines(self) -> Iterator[Line]:
        """Every step."""
        yield self._state_folder()
        yield self._spool()
        yield self._enrolment()
        yield self._keyring()
        yield self._way()
        yield self._names()
        yield from self._central()
        yield self._clock()
        yield self._trial()

    def _state_folder(self) -> Line:
        step, folder = "state folder", self.settings.state
        if not folder.exists():
            return Line(step, Found.WARN, f"{folder} is not there yet", "start Twinreel once")
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return Line(step, Found.FAIL, f"{folder} cannot be used by you", "mend its owner")
        free = shutil.disk_usage(folder).free
        if free < _LITTLE_ROOM:
            told = f"{folder}: {size(free)} free"
            return Line(step, Found.WARN, told, "make room: recordings need it")
        return Line(step, Found.OK, f"{folder}, {size(free)} free")

    def _spool(self) -> Line:
        step, folder = "spool", self.settings.state / SPOOL
        if not folder.is_dir():
            return Line(step, Found.OK, "there is none yet")
        try:
            spool = Spool(folder)
            waiting, aside = len(spool.waiting()), len(spool.quarantined())
        except OSError as error:
            told = f"it cannot be read: {error.strerror}"
            return Line(step, Found.FAIL, told, "mend its owner and rights; see the log")
        if aside:
            return Line(
                step,
                Found.WARN,
                f"{waiting} waiting, {aside} in quarantine",
                "`list` says why; after mending the cause, `retry all`",
            )
        return Line(step, Found.OK, f"{waiting} waiting, none in quarantine")

    def _enrolment(self) -> Line:
        step = "enrolment"
        try:
            content = (self.settings.state / IDENTITY).read_bytes()
            self._identity = msgspec.json.decode(content, type=Identity)
        except FileNotFoundError:
            if self.settings.desk.enrolment.token is None:
                told, to_do = "this desk is not enrolled, and has no token", remedy("not-enrolled")
                return Line(step, Found.FAIL, told, to_do)
            told = "not yet; the token is in the configuration"
            return Line(step, Found.WARN, told, "start the uploader, and look again")
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            told = f"{IDENTITY} cannot be read: {type(error).__name__}"
            return Line(step, Found.FAIL, told, "mend its rights, or remove it and enrol anew")
        told = f"device {self._identity.device_id}"
        before = self._identity.central_url
        if before and before != self.settings.desk.central.url:
            to_do = "right if central moved; then the uploader enrols anew, by a token"
            return Line(step, Found.WARN, f"{told}, but at {before}", to_do)
        return Line(step, Found.OK, told)

    def _keyring(self) -> Line:
        step = "keyring"
        names = ["probe"]
        if self._identity is not None:
            device = self._identity.device_id
            names = [device, self.second_name(device)]
        try:
            found = [self.vault.read(name) for name in names]
        except KeyringUnavailableError as error:
            return Line(step, Found.FAIL, f"{error.code}: {error}", remedy(error.code))
        self._secrets = [one for one in found if one]
        if self._identity is not None and not self._secrets:
            told = "it answers, but has no secret of this desk"
            to_do = "with a token in the configuration the uploader enrols anew"
            return Line(step, Found.FAIL, told, to_do)
        return Line(step, Found.OK, "it answers" + (", and has the secret" if found[0] else ""))

    def _way(self) -> Line:
        step = "proxy"
        try:
            self._route = Route.by(self.settings.desk, self.settings.trust, self.vault)
            self._route.refresh()
            way = self._route.leg().way
        except KeyringUnavailableError as error:
            return Line(step, Found.FAIL, f"{error.code}: {error}", remedy(error.code))
        except ClientKeyError as error:
            to_do = "mend network.client_key, or `twinreel-uploader secret client-key`"
            return Line(step, Found.FAIL, f"the client's key cannot be used: {error}", to_do)
        if self._route.rules_are_broken:
            told = "pac-broken: the rules for proxies cannot be read"
            return Line(step, Found.WARN, told, remedy("pac-broken"))
        return Line(step, Found.OK, f"by way of {_host(way)}" if _host(way) else "none")

    def _names(self) -> Line:
        step = "names"
        url, way = self.settings.desk.central.url, ""
        try:
            if self._route is not None:
                way = self._route.leg().way
        except (KeyringUnavailableError, ClientKeyError):
            way = ""
        asked = way if _host(way) else url
        host = _host(asked)
        try:
            port = urlsplit(asked).port or 443
            found = {
                str(one[4][0]) for one in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
            }
        except (OSError, ValueError, UnicodeError):
            to_do = "check central.url, the proxy and the network's name servers"
            return Line(step, Found.FAIL, f"{host} has no address", to_do)
        return Line(step, Found.OK, f"{host} is {', '.join(sorted(found))}")

    def _central(self) -> Iterator[Line]:
        if self._route is None:
            yield Line("connection", Found.LEFT_OUT, "left out: there is no way to central")
            return
        error = self._asked()
        code = "" if error is None else error.code
        if code == "central-untrusted":
            yield Line("connection", Found.OK, "a server answers")
            shown = issued(self._route.leg())
            told = f"{code}: {error}; {shown}" if shown else f"{code}: {error}"
            yield Line("certificate", Found.FAIL, told, remedy(code))
        elif error is not None and code not in _CODES_OF_SIGN_IN:
            yield Line("connection", Found.FAIL, f"{code}: {error}", remedy(code))
            yield Line("certificate", Found.LEFT_OUT, "left out: nothing to look at")
        else:
            self._reached = True
            yield Line("connection", Found.OK, "central answers")
            secure = self.settings.desk.central.url.startswith("https:")
            shown = issued(self._route.leg()) if secure else ""
            trusted = f"trusted; {shown}" if shown else "trusted"
            told = trusted if secure else "none: central is this machine itself"
            yield Line("certificate", Found.OK, told)
        if not self._reached:
            yield Line("sign-in", Found.LEFT_OUT, "left out: central was not reached")
        elif not self._secrets:
            told = "left out: this desk has no secret"
            yield Line("sign-in", Found.LEFT_OUT, told)
        elif error is not None:
            yield Line("sign-in", Found.FAIL, f"{code}: {error}", remedy(code))
        else:
            yield Line("sign-in", Found.OK, "central knows this desk")

    def _asked(self) -> CentralError | None:
        """Ask central the time, signed in by each secret that there is; what went wrong last."""
        last: CentralError | None = None
        identity = self._identity
        credentials: list[str | None] = [None]  # then it refuses, and shows that it is there
        if identity is not None and self._secrets:
            credentials = [f"{identity.device_id}.{one}" for one in self._secrets]
        for credential in credentials:
            link = self._link(credential)
            try:
                link.ask("POST", CLOCK, headers={"Content-Type": "application/json"}, body=b"{}")
            except CentralError as error:
                last = error
                if error.verdict is not Verdict.SIGN_IN:
                    return error
            else:
                self._signed_in = link
                return None
        return last

    def _link(self, credential: str | None) -> Link:
        url = self.settings.desk.central.url
        return Link(url, self.settings.trust, lambda: credential, route=self._route)

    def _clock(self) -> Line:
        step = "clock"
        if self._signed_in is None:
            return Line(step, Found.LEFT_OUT, "left out: this desk is not signed in")
        try:
            offset = timedelta(microseconds=reports.clock(self._signed_in).offset_us)
        except CentralError as error:
            return Line(step, Found.FAIL, f"{error.code}: {error}", remedy(error.code))
        off = abs(offset)
        way = "behind" if offset > timedelta(0) else "ahead of"
        told = f"{length(off.total_seconds())} {way} central"
        if off >= _CLOCK_WRONG:
            return Line(step, Found.FAIL, told, "set it, or mend the desk's time server")
        if off >= _CLOCK_ODD:
            return Line(
                step, Found.WARN, told, "films allow for it; mend the time server all the same"
            )
        return Line(step, Found.OK, f"{off.total_seconds():.3f} s off central's")

    def _trial(self) -> Line:
        step = "trial upload"
        link = self._signed_in
        if link is None:
            return Line(step, Found.LEFT_OUT, "left out: this desk is not signed in")
        try:
            location, seconds = _sent(link, secrets.token_bytes(TRIAL_BYTES))
        except CentralError as error:
            return Line(step, Found.FAIL, f"{error.code}: {error}", remedy(error.code))
        rate = f"{size(TRIAL_BYTES)} in {seconds:.1f} s, {_rate(TRIAL_BYTES / max(seconds, 1e-3))}"
        left = _taken_back(link, location)
        if left:
            to_do = "central removes it by itself within 30 days"
            return Line(step, Found.WARN, f"{rate}, but it could not be taken back: {left}", to_do)
        return Line(step, Found.OK, f"{rate}; nothing of it is left at central")


def _sent(link: Link, content: bytes) -> tuple[str, float]:
    """Create an upload and send all; its Location, and the seconds that the bytes took."""
    digest = repr_digest(sha256(content).hexdigest())
    created = link.ask(
        "POST",
        UPLOADS,
        headers={
            **_TUS,
            # One byte more than is sent: it is never whole, so that nobody takes it for a file.
            "Idempotency-Key": f"{uuid.uuid4()}/{DETAILS}",
            "Upload-Length": str(len(content) + 1),
            "Repr-Digest": digest,
        },
    )
    location = created.headers.get("location", "")
    began = time.monotonic()
    try:
        link.ask_at(
            "PATCH",
            location,
            headers={
                **_TUS,
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": "0",
                "Content-Digest": digest,
            },
            body=FileSlice(BytesIO(content), 0, len(content)),
        )
    except CentralError:
        _taken_back(link, location)
        raise
    return location, time.monotonic() - began


def _taken_back(link: Link, location: str) -> str:
    """Have central forget the upload; "" or why it could not be."""
    try:
        link.ask_at("DELETE", location, headers=_TUS)
    except CentralError as error:
        return error.code
    return ""


def _rate(bytes_a_second: float) -> str:
    return f"{bytes_a_second * 8 / 1_000_000:.1f} Mbit/s"


def _host(address: str) -> str:
    """The host of an address, without the user and password that may stand before it."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
