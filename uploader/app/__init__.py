"""Put the uploader together and run it until it is asked to stop."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import assert_never

from contract.desk_config import SPOOL
from contract.protocol import EnrolmentToken, NoticeRead
from uploader import heap
from uploader.app.bridging import Bridging
from uploader.app.decided import decision_of
from uploader.app.flushing import Flush
from uploader.app.handover import let_go, own_lock
from uploader.app.keeping import ClientKeeper
from uploader.app.listening import Listening
from uploader.app.making_way import MakingWay
from uploader.app.ordering import Ordering
from uploader.app.pacing import paced, seen
from uploader.app.reporting import Reporting
from uploader.app.sending import Sending
from uploader.app.standing import Board, Source, Standing
from uploader.app.standing_file import By, StandingFile
from uploader.app.tending import Desk, Tending
from uploader.app.watching import Watching
from uploader.central.masks import MaskQueue
from uploader.central.tellings import Tellings
from uploader.config import Settings
from uploader.core import APART, FAIL_OVER, wait
from uploader.credentials import Secrets, Vault
from uploader.desk import (
    Answered,
    Decided,
    DeskServer,
    FromClient,
    FromUploader,
    Goodbye,
    Hello,
    Kept,
    Look,
    Masked,
    MaskVoice,
    PagePaired,
    PairPage,
    PolicyChanged,
    SessionEnds,
    Spooled,
    State,
    ToBridge,
    UploadNow,
    Uploads,
)
from uploader.desk import NoticeRead as NoticeMessage
from uploader.host import Surroundings, this_host
from uploader.link import CentralError, Link
from uploader.product import version
from uploader.route import Ask, Route, ask
from uploader.spool import Spool, durable
from uploader.spool.ownership import own_folder

logger = logging.getLogger(__name__)

_MASKS = "masks.json"
_TELLINGS = "tellings.json"
_REST_SECONDS = 1.0 if sys.platform == "win32" else 3.0  # there no signal ends a wait
_FAREWELL_AFTER_FLUSH_SECONDS = 0.3  # there was time enough
_FLUSH_LOOK_SECONDS = 0.1
_FAREWELL_SECONDS = 5.0  # for a chunk to end; what is left then, central keeps the offset of


class Uploader:
    """All parts of one uploader. Holds the spool's lock from construction on."""

    def __init__(
        self,
        settings: Settings,
        vault: Secrets | None = None,
        *,
        told: Callable[[Uploads], None] | None = None,
        by: By = "session",
        ask_rules: Ask = ask,
    ) -> None:
        """AlreadyRunningError if another uploader has this spool; OSError if the disk refuses.

        `told` hears of uploads as the client does. `by`: the machine's service asks nobody for
        the spool. `ask_rules`: who is asked what a proxy file says.
        """
        own_folder(settings.state)
        self._spool = Spool(settings.state / SPOOL)
        if by == "session":
            self._lock = own_lock(self._spool, settings.state)
        else:
            self._lock = self._spool.lock("uploader")
        self._spool.tidy()
        self.stop = threading.Event()
        self._signing_off = threading.Event()
        self._woken = threading.Event()  # the main thread
        self._board = Board(self._tell)
        self._told = told
        self._masks = MaskQueue(settings.state / _MASKS, durable.write_whole)
        self._tellings = Tellings(settings.state / _TELLINGS, durable.write_whole)
        self._server = DeskServer(
            str(settings.state),
            heard=self._heard,
            gone=self._gone,
            greeting=self._greeting,
            shown=lambda: (self._board.now.uploads(),),
        )
        self._ordering = Ordering(lambda: self._server.connected > 0, self._server.send)
        self._keeper = ClientKeeper(lambda: self._server.connected > 0)
        self.making_way = MakingWay(lambda: self._server.connected > 0)
        url = settings.desk.central.url
        vault = vault or Vault(f"Twinreel {url}")
        route = Route.by(settings.desk, settings.trust, vault, ask_rules)
        self._tries = FAIL_OVER + 1 if len(route.urls) > 1 else 1

        def link() -> Link:
            return Link(url, settings.trust, lambda: self._board.now.credential, route=route)

        token = settings.desk.enrolment.token
        self._sending = Sending(
            self._spool,
            link(),
            self._board,
            self.stop,
            pace=paced(self._board, self.stop),
            seen=partial(seen, Surroundings(this_host().surrounding)),
            receipt_doubted=lambda: self._tending.poke(now=True),
        )
        self._tending = Tending(
            Desk(url, EnrolmentToken.parse(token) if token else None, version(), settings.state),
            link=link(),
            vault=vault,
            board=self._board,
            masks=self._masks,
            tellings=self._tellings,
            spool=self._spool,
            stop=self.stop,
            policy_changed=self._policy_is_new,
        )
        self._reporting = Reporting(link(), board=self._board, stop=self.stop, paired=self._paired)
        self._bridging = Bridging(
            link(),
            board=self._board,
            stop=self.stop,
            client_there=lambda: self._server.connected > 0,
            to_client=self._server.send,
            page_came=self._reporting.word_again,
        )
        self._listening = Listening(
            settings.state,
            link(),
            board=self._board,
            stop=self.stop,
            to_client=self._ordering.give,
            upload_now=self._sending.hurry,
            policy_changed=lambda: self._tending.poke(now=True),
            bridge=self._bridging.begin,
        )
        self._watching = Watching(
            link(),
            board=self._board,
            stop=self.stop,
            look_again=lambda: self._tending.poke(now=True),
        )
        self._standing_file = StandingFile(settings.state, by, version(), self._sending.attempts)
        self._standing_file.write(self.uploads)
        self._link = link

    @property
    def uploads(self) -> Uploads:
        """How uploading is."""
        return self._board.now.uploads()

    def end(self) -> None:
        """Have `run` come to its end; from any thread, but not from a signal's handler."""
        self.stop.set()
        self._woken.set()

    def sign_off(self) -> None:
        """Have `run` send what waits, whatever the schedule, for the policy's limit; then `end`."""
        self._signing_off.set()
        self._woken.set()

    def run(self) -> None:
        """Until `end`. OSError if the desk socket cannot be made."""
        heap.keep_small()
        self._tending.remember()
        self._sending.look()
        self._server.start()
        threads = [
            threading.Thread(target=self._keep_up, args=(name, body, source), name=name)
            for name, body, source in (
                ("sending", self._sending.run, Source.SPOOL),
                ("tending", self._tending.run, Source.CENTRAL),
                ("listening", self._listening.run, Source.CENTRAL),
                ("reporting", self._reporting.run, Source.CENTRAL),
                ("bridging", self._bridging.run, Source.CENTRAL),
                ("watching", self._watching.run, Source.NETWORK),
            )
        ]
        for thread in threads:
            thread.daemon = True  # central may hold a question for longer than we want to stay
            thread.start()
        logger.info("uploader %s is ready", version())
        farewell = _FAREWELL_SECONDS
        while not self.stop.is_set():
            due = self._keeper.due_in(_monotonic())
            rest = _REST_SECONDS if due is None else min(due.total_seconds(), _REST_SECONDS)
            self._woken.wait(rest)
            self._woken.clear()
            if self._signing_off.is_set():
                self._flush()
                self.end()
                farewell = _FAREWELL_AFTER_FLUSH_SECONDS
            elif self.making_way.look(_monotonic()):
                self.end()
            elif self.making_way.marker is None:
                self._keeper.tick(_monotonic())
        self._sending.poke()
        self._tending.poke()
        self._reporting.poke()
        self._bridging.poke()
        for thread in threads[:2]:
            thread.join(farewell)
        self._server.stop()
        self._lock.close()
        logger.info("uploader ends")

    def carry(self, standing: Standing, wanted: Callable[[], bool]) -> None:
        """For the machine's service: send what waits and is permitted, as the desk of `standing`.

        Until nothing more may leave, or the spool is `wanted` by its user's uploader; the lock is
        let go at once then, and central keeps what it has of a chunk.
        """
        self._board.note(lambda _: standing)
        self._sending.look()
        telling = threading.Thread(target=self._tell_central, daemon=True)
        sending = threading.Thread(
            target=self._keep_up, args=("sending", self._sending.run, Source.SPOOL), daemon=True
        )
        telling.start()  # pauses, above all: voice comes to central by another way
        sending.start()
        still = Flush.begun(_monotonic())
        while not self.stop.wait(_FLUSH_LOOK_SECONDS) and not wanted():
            now = self._board.now
            rests = still.rests(now, now.waiting, _monotonic()) and not telling.is_alive()
            if now.credential is None or rests:
                break
        self.end()
        self._sending.poke()
        let_go(self._lock, _FAREWELL_AFTER_FLUSH_SECONDS, telling, sending)

    def _tell_central(self) -> None:
        offset = self._board.now.offset
        with suppress(CentralError):
            self._masks.tell(teller := self._link(), offset, self.stop.is_set)
            self._tellings.tell(teller, offset, self.stop.is_set)

    def once(self) -> bool:
        """Talk to central and try each recording once; whether nothing waits any more."""
        self._tending.remember()
        self._sending.look()
        for _ in range(self._tries):  # so that the peer is found
            if self._tending.step():
                break
            self.stop.wait(APART.total_seconds() if self._tries > 1 else 0)
            self._tending.poke(now=True)
        standing = self._board.now
        if standing.credential is not None and standing.policy is not None:
            self._sending.try_each()
        left = self._board.now
        self._lock.close()
        logger.info(
            "%s recordings wait, %s in quarantine, problem: %s",
            left.waiting,
            left.quarantined,
            left.problem or "none",
        )
        return left.waiting == 0 and left.quarantined == 0

    def _flush(self) -> None:
        """The session ends: send what waits, whatever the schedule says."""
        logger.info("the session ends, %s recordings wait", self._board.now.waiting)
        flush = Flush.begun(_monotonic())
        self._sending.flush()
        while not self.stop.wait(_FLUSH_LOOK_SECONDS):
            standing = self._board.now
            closing = self._server.connected > 0 and standing.client.recording_id is not None
            waiting = standing.waiting or len(self._spool.waiting())
            if waiting and not standing.waiting:
                self._sending.poke()  # whether or not the client could still say so
            if flush.is_over(standing, waiting, _monotonic(), closing=closing):
                return

    def _keep_up(self, name: str, body: Callable[[], None], source: Source) -> None:
        failures = 0
        while not self.stop.is_set():
            try:
                body()
            except Exception:
                failures += 1
                logger.exception("%s failed and goes on", name)
                self._board.problem(source, "spool-fails" if source is Source.SPOOL else "fault")
                self.stop.wait(wait(failures, 1.0).total_seconds())

    def _heard(self, message: FromClient) -> None:
        match message:
            case Hello():
                self.making_way.met(message)
            case State():
                self._board.note(lambda standing: replace(standing, client=message))
                self._reporting.state(message)
                self._sending.poke()  # a call or a shift that ends may be what uploads wait for
            case MaskVoice():
                self._masks.heard(
                    message.call_id, message.agent_id, message.at, silent=message.silent
                )
                self._server.send(
                    Masked(call_id=message.call_id, silent=message.silent, at=message.at)
                )
                self._tending.poke()
            case Decided():
                self._tellings.decided(decision_of(message))
                self._kept(message.key)
            case NoticeMessage():
                self._tellings.notice_read(
                    NoticeRead(version=message.version, agent_id=message.agent_id, at=message.at)
                )
                self._kept(message.key)
            case Answered():
                self._reporting.answered(message)
            case PairPage():
                self._reporting.pair(message.code)
            case ToBridge():
                self._reporting.word(message)
            case Spooled():
                self._sending.poke()
            case UploadNow():
                self._sending.hurry()
                self._tending.poke(now=True)
            case SessionEnds():
                self.sign_off()
            case Look():
                logger.info("somebody looks on")
            case Goodbye():
                self.making_way.said(message)
            case _:
                assert_never(message)

    def _paired(self, outcome: PagePaired) -> None:
        if outcome.paired:
            self._bridging.begin()
        self._server.send(outcome)

    def _kept(self, key: str) -> None:
        self._server.send(Kept(key=key))
        self._tending.poke()

    def _gone(self, hello: Hello | None, goodbye: bool) -> None:  # noqa: FBT001  # as DeskServer calls it
        if not self._server.connected:
            nobody = State()  # a call that it told of must not hold uploads back for ever
            self._board.note(lambda standing: replace(standing, client=nobody))
            self._reporting.state(nobody)
        self._keeper.gone(hello, _monotonic(), goodbye=goodbye)
        self._woken.set()

    def _greeting(self) -> Iterator[FromUploader]:
        yield self._board.now.uploads()
        if (pending := self._ordering.take()) is not None:
            yield pending
        yield from self._bridging.greeting()

    def _tell(self, uploads: Uploads) -> None:
        self._server.send(uploads)
        self._standing_file.write(uploads)
        if self._told is not None:
            self._told(uploads)

    def _policy_is_new(self) -> None:
        self._server.send(PolicyChanged())
        self._sending.poke()


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())
