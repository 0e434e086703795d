"""The loop that holds the long poll: central's orders, passed on in their order."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from contract.protocol import Order
from uploader.app.standing import Board
from uploader.central import reports
from uploader.core import still_counts, wait
from uploader.desk import Ordered
from uploader.link import CentralError, Link
from uploader.spool import durable

logger = logging.getLogger(__name__)

_NAME = "orders.json"
_PATIENCE_SECONDS = 2.0  # until there is a credential
_chance = secrets.SystemRandom().random


class _Heard(msgspec.Struct, frozen=True):
    """The last order heard; each central numbers its own, so it counts for one device alone."""

    device_id: str = ""
    number: int = 0


class Listening:
    """Asks for orders for as long as central holds the question, and again."""

    def __init__(  # noqa: PLR0913  # each is a part that app puts together
        self,
        state: Path,
        link: Link,
        *,
        board: Board,
        stop: threading.Event,
        to_client: Callable[[Ordered], None],
        upload_now: Callable[[], None],
        policy_changed: Callable[[], None],
        bridge: Callable[[], None],
    ) -> None:
        """`link` is this loop's own. The callables carry out what central orders."""
        self._path = state / _NAME
        self._link = link
        self._board = board
        self._stop = stop
        self._to_client = to_client
        self._upload_now = upload_now
        self._policy_changed = policy_changed
        self._bridge = bridge
        self._heard = self._read()

    def run(self) -> None:
        """Until asked to stop; a poll that central holds just then is left behind."""
        failures = 0
        while not self._stop.is_set():
            if self._board.now.credential is None:
                self._stop.wait(_PATIENCE_SECONDS)
                continue
            try:
                self.step()
            except CentralError as error:
                failures += 1
                self._board.note(lambda now: replace(now, connected=False))
                logger.warning("no orders, attempt %s: %s", failures, error)
                asked = wait(failures, _chance(), asked=error.asked)
                self._stop.wait(asked.total_seconds())
            else:
                failures = 0
                self._board.note(lambda now: replace(now, connected=True))

    def step(self) -> None:
        """One poll. An order is noted after it was passed on: heard twice does no harm."""
        identity = self._board.now.identity
        if identity is not None and identity.device_id != self._heard.device_id:
            self._heard = _Heard(identity.device_id)
        orders, last = reports.orders(self._link, self._heard.number)
        for order in orders:
            self._pass_on(order)
        if last != self._heard.number:
            self._heard = _Heard(self._heard.device_id, last)
            durable.write_whole(self._path, msgspec.json.encode(self._heard))

    def _pass_on(self, order: Order) -> None:
        age = datetime.now(UTC) + self._board.now.offset - order.issued_at
        if not still_counts(order.order, age):
            logger.warning("order %s, %s, came too late", order.number, order.order)
            return
        logger.info("order %s: %s", order.number, order.order)
        match order.order:
            case "upload-now":
                self._upload_now()
            case "policy-changed":
                self._policy_changed()
            case "bridge":
                self._bridge()
            case "pause" | "resume" | "record-now":
                self._to_client(
                    Ordered(order=order.order, number=order.number, call_id=order.call_id)
                )

    def _read(self) -> _Heard:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Heard)
        except FileNotFoundError:
            return _Heard()
        except (msgspec.MsgspecError, UnicodeDecodeError):
            logger.warning("%s cannot be read: orders are heard again", _NAME)
            return _Heard()
