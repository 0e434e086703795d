"""A central for the uploader's tests: real sockets, real signatures, and faults on demand.

What it accepts is noted in `taken`, outside the uploader's reach: the oracle of every test.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import Message
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.canonical import b64
from contract.manifest import digest, from_json
from contract.policy import Policy, PublicKey, Selection, publish
from contract.protocol import DETAILS, EnrolmentToken, Receipt, issue, parse_digest, segment_name
from contract.signing import key_id
from tests.uploader.incoming import Upload

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN_SECRET = "token-secret"
Apply = Callable[[], None]
_DAMAGED = b'{"error":"damaged","detail":""}'


@dataclass
class Fault:
    """Happens to the next `times` requests that fit."""

    method: str
    path: str  # how it begins
    act: Callable[[Handler, Apply], None]
    times: int = 1
    after: int = 0  # let so many pass first


class FalseCentral:
    """One central. `with FalseCentral().serving() as url`."""

    def __init__(self) -> None:
        self.root = Ed25519PrivateKey.generate()
        self.receipt_key = Ed25519PrivateKey.generate()
        self.devices: dict[str, str] = {}
        self.coming: dict[str, str] = {}  # SHA-256 of a device's next secret
        self.uploads: dict[str, Upload] = {}
        self.taken: dict[str, tuple[bytes, dict[str, bytes]]] = {}
        self.takes: dict[str, int] = {}  # how often each was taken anew
        self.orders: list[dict[str, Any]] = []
        self.masks: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.notices: list[dict[str, Any]] = []
        self.states: list[tuple[float, dict[str, Any]]] = []  # with when each came, monotonic
        self.answers: list[dict[str, Any]] = []
        self.words: list[dict[str, Any]] = []  # for the page
        self.code: str | None = None  # that a page shows
        self.said: list[dict[str, Any]] | None = None  # by the page; None: there is none
        self.reports: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.faults: deque[Fault] = deque()
        self.largest_chunk = 1 << 40  # as a proxy would limit it
        self.offset_lie = 0
        self.ahead = timedelta(0)  # of the desk's clock
        self.policy = self.new_policy(1)
        self.sign_receipt: Callable[[Receipt], bytes] = lambda receipt: issue(
            receipt, self.receipt_key
        )
        self.closing = threading.Event()
        self.lock = threading.RLock()
        self.url = ""

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        central = self
        self.closing.clear()

        class Here(Handler):
            pass

        Here.central = central
        server = _Server(("127.0.0.1", port), Here)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self.url
        finally:
            self.closing.set()
            server.shutdown()
            thread.join()
            server.server_close()

    @property
    def token(self) -> EnrolmentToken:
        public = self.root.public_key().public_bytes_raw()
        return EnrolmentToken(sha256(public).hexdigest(), TOKEN_SECRET)

    @property
    def root_key(self) -> bytes:
        return self.root.public_key().public_bytes_raw()

    @property
    def receipt_keys(self) -> dict[str, bytes]:
        public = self.receipt_key.public_key().public_bytes_raw()
        return {key_id(public): public}

    def new_policy(self, version: int, expires: datetime | None = None, **more: Any) -> bytes:  # noqa: ANN401
        """`more`: as the policy's fields are called."""
        public = self.receipt_key.public_key().public_bytes_raw()
        policy = Policy(
            version=version,
            issued_at=NOON,
            expires_at=expires or datetime(2100, 1, 1, tzinfo=UTC),
            selection=Selection(percentage=Decimal(100), salt="salt"),
            seal_to=(_always("seal", bytes(32)),),
            receipt_keys=(_always(key_id(public), public),),
            **more,
        )
        return publish(policy, self.root)

    def fail(
        self,
        method: str,
        path: str,
        act: Callable[[Handler, Apply], None],
        *,
        times: int = 1,
        after: int = 0,
    ) -> None:
        """Plan a fault."""
        self.faults.append(Fault(method, path, act, times, after))

    def fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.method in {method, "*"} and path.startswith(fault.path) and fault.times:
                    if fault.after:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None

    def count(self, method: str, path: str) -> int:
        """How many requests came for this."""
        return sum(one[0] == method and one[1].startswith(path) for one in self.requests)


def _always(kid: str, public: bytes) -> PublicKey:
    return PublicKey(
        kid=kid,
        public=b64(public),
        not_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_after=datetime(2100, 1, 1, tzinfo=UTC),
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """The uploader is killed in these tests: a broken pipe is no news."""


class Handler(BaseHTTPRequestHandler):
    """Central's answers, as contract/protocol.py says."""

    central: FalseCentral
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for an acknowledgement
    muted = False
    headers: Message

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the standard library
        pass

    def reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        if self.muted:
            return
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status not in {204, 304}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(SHUT_RDWR)

    def do_any(self) -> None:
        central = self.central
        with central.lock:
            central.requests.append((self.command, self.path))
        length = int(self.headers.get("Content-Length", 0))
        body = self._partly(length) if self.command == "PATCH" else self.rfile.read(length)
        fault = central.fault(self.command, self.path)
        if fault is not None:
            fault.act(self, lambda: self._apply(body))
        else:
            self._apply(body)

    do_GET = do_POST = do_HEAD = do_PATCH = do_any  # noqa: N815  # their names in the standard library

    def _partly(self, length: int) -> bytes:
        body = b""
        while len(body) < length and (block := self.rfile.read1(min(65536, length - len(body)))):
            body += block
        return body

    def _apply(self, body: bytes) -> None:
        central, path = self.central, self.path.partition("?")[0]
        with central.lock:
            if path == "/desk/enrol":
                return self._enrol(json.loads(body))
            if not self._is_known():
                return self.reply(401, b'{"error":"not-allowed","detail":"unknown desk"}')
            if path.startswith("/uploads/"):
                return self._upload(path, body)
            match self.command, path:
                case "GET", "/desk/policy":
                    return self._policy()
                case "POST", "/desk/clock":
                    return self._clock()
                case "POST", "/desk/masks" | "/desk/decisions" | "/desk/notices" | "/desk/answers":
                    getattr(central, path.rpartition("/")[2]).append(json.loads(body))
                    return self.reply(204)
                case "POST", "/desk/state":
                    central.states.append((time.monotonic(), json.loads(body)))
                    return self.reply(204)
                case "POST", "/desk/bridge/state":
                    central.words.append(json.loads(body))
                    return self.reply(204)
                case "POST", "/desk/bridge/pair":
                    if json.loads(body)["code"] == central.code:
                        return self.reply(204)
                    return self.reply(404, b'{"error":"not-found","detail":"no such code"}')
                case "POST", "/desk/secret":
                    device, _, secret = self.headers["Authorization"][7:].partition(".")
                    asked = json.loads(body)["sha256"]
                    if asked != sha256(secret.encode()).hexdigest():
                        central.coming[device] = asked
                    return self.reply(204)
                case "POST", "/desk/health":
                    central.reports.append(json.loads(body))
                    return self.reply(204)
                case "POST", "/uploads":
                    return self._create()
        if path == "/desk/orders":
            return self._orders()
        if path == "/desk/bridge/said":
            return self._said()
        if self.command == "POST" and path.startswith("/recordings/"):
            with central.lock:
                return self._manifest(path.rpartition("/")[2], body)
        return self.reply(404, b'{"error":"not-found","detail":""}')

    def _is_known(self) -> bool:
        device, _, secret = self.headers.get("Authorization", "")[len("Bearer ") :].partition(".")
        if device and self.central.coming.get(device) == sha256(secret.encode()).hexdigest():
            self.central.devices[device] = secret
            del self.central.coming[device]
        return bool(device) and self.central.devices.get(device) == secret

    def _enrol(self, asked: dict[str, str]) -> None:
        central = self.central
        if asked["token"] != TOKEN_SECRET:
            return self.reply(403, b'{"error":"not-allowed","detail":"unknown token"}')
        device = f"desk-{len(central.devices) + 1}"
        central.devices[device] = f"secret-of-{device}"
        enrolled = {
            "device_id": device,
            "device_secret": central.devices[device],
            "root_key": b64(central.root_key),
        }
        return self.reply(201, json.dumps(enrolled).encode())

    def _policy(self) -> None:
        etag = f'"{sha256(self.central.policy).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            return self.reply(304, b"", {"ETag": etag})
        return self.reply(200, self.central.policy, {"ETag": etag})

    def _clock(self) -> None:
        now = time.time_ns() // 1000 + self.central.ahead // timedelta(microseconds=1)
        self.reply(200, json.dumps({"received_us": now, "sent_us": now}).encode())

    def _orders(self) -> None:
        after = int(self.path.partition("after=")[2])
        deadline = time.monotonic() + 25
        while time.monotonic() < deadline and not self.central.closing.wait(0.02):
            with self.central.lock:
                new = [one for one in self.central.orders if one["number"] > after]
            if new:
                told = {"orders": new, "last": new[-1]["number"]}
                return self.reply(200, json.dumps(told).encode())
        return self.reply(204)

    def _said(self) -> None:
        asked = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        after, known = int(asked["after"][0]), asked.get("page", ["page-1"])[0]
        deadline = time.monotonic() + 25
        while time.monotonic() < deadline and not self.central.closing.wait(0.02):
            with self.central.lock:
                if self.central.said is None:
                    return self.reply(404, b'{"error":"not-found","detail":"no page"}')
                new = self.central.said[after:]
                is_news = known != "page-1" and bool(self.central.said)
            if new or is_news:
                told = {"page": "page-1", "last": after + len(new), "said": new}
                return self.reply(200, json.dumps(told).encode())
        return self.reply(204)

    def _create(self) -> None:
        key = self.headers["Idempotency-Key"]
        length, promised = int(self.headers["Upload-Length"]), self.headers["Repr-Digest"]
        identifier = sha256(key.encode()).hexdigest()[:12]
        upload = self.central.uploads.setdefault(
            identifier, Upload(key, length, parse_digest(promised))
        )
        if (upload.length, upload.digest) != (length, parse_digest(promised)):
            return self.reply(409, b'{"error":"conflict","detail":"another file"}')
        return self.reply(
            201,
            b"",
            {
                "Location": f"http://elsewhere.example/uploads/{identifier}",
                "Upload-Offset": str(len(upload.content)),
            },
        )

    def _upload(self, path: str, body: bytes) -> None:
        upload = self.central.uploads.get(path.rpartition("/")[2])
        if upload is None:
            return self.reply(404)
        if self.command == "HEAD":
            return self.reply(200, b"", {"Upload-Offset": str(len(upload.content))})
        if len(body) > self.central.largest_chunk:
            return self.reply(413, b"<html>too large</html>")
        if int(self.headers["Upload-Offset"]) != len(upload.content):
            return self.reply(409, b'{"error":"conflict","detail":"offset"}')
        told = self.headers.get("Content-Digest")
        whole = len(body) == int(self.headers["Content-Length"])
        if told and whole and parse_digest(told) != sha256(body).hexdigest():
            return self.reply(460, _DAMAGED)
        upload.content += body
        if upload.is_damaged:
            upload.content.clear()
            return self.reply(460, _DAMAGED)
        offset = len(upload.content) + self.central.offset_lie
        return self.reply(204, b"", {"Upload-Offset": str(offset)})

    def _manifest(self, recording_id: str, body: bytes) -> None:
        central = self.central
        manifest = from_json(body)
        wanted = {segment_name(one.index): one.sha256 for one in manifest.segments}
        if manifest.details_sha256 is not None:
            wanted[DETAILS] = manifest.details_sha256
        if recording_id not in central.taken:
            here = {
                upload.key.rpartition("/")[2]: bytes(upload.content)
                for upload in central.uploads.values()
                if upload.key.startswith(recording_id) and len(upload.content) == upload.length
            }
            missing = [name for name in wanted if name not in here]
            if missing:
                return self.reply(409, json.dumps({"missing": missing}).encode())
            wrong = [name for name in wanted if sha256(here[name]).hexdigest() != wanted[name]]
            if wrong:
                return self.reply(422, b'{"error":"unusable","detail":"not the file named"}')
            central.taken[recording_id] = (body, {name: here[name] for name in wanted})
            central.takes[recording_id] = central.takes.get(recording_id, 0) + 1
        size = sum(len(content) for content in central.taken[recording_id][1].values())
        receipt = Receipt(recording_id, digest(body), size, "2026-11-22T12:00:00.000000Z")
        return self.reply(200, central.sign_receipt(receipt))


def basic(user: str, password: str) -> str:
    """The value of an Authorization header that must never be sent."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
