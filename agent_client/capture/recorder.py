"""The capture thread: orders in by a mailbox, events out by `post`, films into the spool.

It sleeps until an order comes, the screen tells of a change, or something is due; while paused it
looks at nothing. After each look, before encoding and before keeping the picture, it looks into the
mailbox and drops what it saw if an order has come meanwhile. Who orders must also be heard of: when
the engine is silent, nobody could pause, so nothing is captured.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, assert_never

from agent_client.capture import heap
from agent_client.capture.adapter import open_screen
from agent_client.capture.failure import CaptureFailedError, code_of
from agent_client.capture.mailbox import Mailbox
from agent_client.capture.priority import give_way
from agent_client.capture.screen import OpenScreen
from agent_client.capture.settings import CaptureSettings, Clocks
from agent_client.capture.sight import Sight
from agent_client.capture.syncing import Syncing
from agent_client.core.call import Call
from agent_client.core.commands import (
    CloseRecording,
    OpenRecording,
    PauseCapture,
    ResumeCapture,
)
from agent_client.core.events import CaptureFailed, RecordingEnded
from agent_client.ports import CaptureOrder, Post
from contract.manifest import EndReason, PauseReason
from uploader.spool import Opening, Spool

if TYPE_CHECKING:
    from agent_client.capture.film import Film
    from agent_client.capture.lookout import Lookout

logger = logging.getLogger(__name__)

_FAILED = frozenset({PauseReason.CAPTURE_FAILED})
_SILENCE_SECONDS = 10.0  # of the engine, which says every four at least that it is alive
_ICON_FIRST_SECONDS = 1.0  # both want the interpreter, and a person waits for the icon
_TIDY_SECONDS = 2.0  # between giving back what big grabs took


class _Stop:
    pass


class _ACallMayCome:
    pass


@dataclass(frozen=True, slots=True)
class _Letter:
    order: CaptureOrder
    at: float  # when it was given, film clock


class CaptureThread:
    """The recorder of `agent_client.ports`. Start it once; `stop` ends an open recording."""

    def __init__(  # noqa: PLR0913 each is a way to the world outside
        self,
        spool: Spool,
        settings: CaptureSettings,
        post: Post,
        *,
        clocks: Clocks | None = None,
        open_screen: OpenScreen = open_screen,
        spooled: Callable[[str], None] = lambda _recording_id: None,
    ) -> None:
        """`spooled` is called in the capture thread when a recording is ready to be sent."""
        self._spool = spool
        self._settings = settings
        self._post = post
        self._clocks = clocks or Clocks()
        self._spooled = spooled
        self._mailbox: Mailbox[_Letter | _ACallMayCome | _Stop] = Mailbox()
        self._heard: float | None = None  # when the engine was; None: nobody promised to be alive
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        # What follows belongs to the thread alone.
        self._film: Film | None = None
        self._lookout: Lookout | None = None  # as long as there is a film
        self._sight = Sight(open_screen, settings.screen)
        self._syncing = Syncing(self._clocks.awake)
        self._left_behind = False  # a recording that could not be ended
        self._told = False  # the screen's file could be read after the last sleep
        self._tidy_at = 0.0  # when memory is given back next

    def start(self) -> None:
        """Begin to take orders."""
        self._syncing.start()
        self._thread.start()

    def stop(self) -> None:
        """Carry out the orders that were given, end what is open then, and wait for that."""
        self._mailbox.put(_Stop())
        if self._thread.ident is not None:  # it may never have been started
            self._thread.join()
        self._syncing.stop()
        self._mailbox.close()

    def order(self, order: CaptureOrder) -> None:
        """Take an order; never waits. Failures come back as CaptureFailed or RecordingEnded.

        The film begins, pauses or ends at this moment, whenever its thread comes to it.
        """
        if self._heard is not None:
            self.alive()
        self._mailbox.put(_Letter(order, self._clocks.film()))

    def alive(self) -> None:
        """Whoever orders is still there. Once said, it must be said again within 10 seconds."""
        self._heard = self._clocks.awake()

    def a_call_may_come(self) -> None:
        """Have ready what films are made with: 15 MB that a desk without calls need not hold."""
        self._mailbox.put(_ACallMayCome())

    def configure(self, settings: CaptureSettings) -> None:
        """What holds from the next recording on; from any thread."""
        self._settings = settings

    def _run(self) -> None:
        give_way()
        self._mailbox.sleep(_ICON_FIRST_SECONDS)  # an order that comes meanwhile ends it
        self._warm_up()
        try:
            while not isinstance(letter := self._mailbox.take(), _Stop):
                self._guarded(letter)
        finally:
            if self._film is not None:
                self._end(EndReason.STOPPED, "", self._clocks.film())
            self._sight.close()

    def _warm_up(self) -> None:
        """What takes long the first time is done before a call comes, so that none is cut short."""
        try:
            self._spool.prepare()
        except OSError as error:
            logger.warning("the spool is not ready: %s", error)
        try:
            self._sight.prepare()
        except Exception:  # it is told when a look fails so
            logger.exception("a fault in opening the screen")

    def _guarded(self, letter: _Letter | _ACallMayCome | None) -> None:
        """Carry out an order, or what is due; what fails becomes an event."""
        try:
            if letter is None:
                self._go_on()
            elif isinstance(letter, _ACallMayCome):
                _film_parts()
            else:
                self._obey(letter.order, letter.at)
        except CaptureFailedError as failure:
            self._failed(failure)
        except OSError as error:
            logger.exception("the spool failed")
            self._give_up(code_of(error))
        except Exception as error:
            # A recorder must not die in silence: what nobody foresaw is a failure like another.
            logger.exception("a fault in the recorder")
            self._failed(CaptureFailedError("recorder-fault", repr(error)))

    def _go_on(self) -> None:
        """Do what is due, or sleep until something is, or an order comes."""
        film, lookout, now = self._film, self._lookout, self._clocks.film()
        if film is None or lookout is None:
            heap.give_back()
            self._mailbox.sleep(None)
            return
        flushed = film.keep_up(now)
        if flushed and not self._spool.room():
            logger.error("the disk is full: recording %s ends", film.recording_id)
            self._give_up("disk-full")
            return
        if film.paused:
            self._mailbox.sleep(max(0.0, film.due() - now))
            return
        deaf_at = self._deaf_at(now)
        if deaf_at <= now:
            raise CaptureFailedError("engine-silent", "the engine does not say that it is alive")
        rest = lookout.turn(now, min(film.due(), deaf_at), told=self._told)
        self._told = False
        if flushed and now >= self._tidy_at:
            self._tidy_at = now + _TIDY_SECONDS
            heap.give_back()
        until = min(rest.until, film.due(), deaf_at)
        if until > now:
            self._told = self._mailbox.sleep(until - now, rest.fileno)

    def _deaf_at(self, now: float) -> float:
        """When the engine will have been silent for too long, in the film clock's time."""
        if self._heard is None:
            return inf
        return now + _SILENCE_SECONDS - (self._clocks.awake() - self._heard)

    def _obey(self, order: CaptureOrder, at: float) -> None:
        if isinstance(order, OpenRecording):
            self._open(order, at)
            return
        film, lookout = self._film, self._lookout
        if film is None or lookout is None or film.recording_id != order.recording_id:
            logger.warning("an order for recording %s, which is not open", order.recording_id)
            return
        at = film.not_before_the_last(at)
        match order:
            case ResumeCapture():
                film.resume(at)
                lookout.resume(self._clocks.film())
            case PauseCapture():
                self._pause(film, lookout, order.reasons, at)
            case CloseRecording():
                self._end(order.reason, "", at, order.legs, order.beside)
            case _:
                assert_never(order)

    def _open(self, order: OpenRecording, at: float) -> None:
        if self._film is not None:
            logger.error("recording %s was still open", self._film.recording_id)
            self._end(EndReason.NEXT_CALL, "", self._clocks.film())
        settings = self._settings
        if not settings.recipients:
            self._post(RecordingEnded(order.recording_id, "no-keys"))
            return
        try:
            if self._left_behind:
                self._left_behind = False
                # No recording is open now, so what has no manifest is dead.
                self._spool.salvage_all()
            if code := self._spool.may_not_open():
                self._post(RecordingEnded(order.recording_id, code))
                return
            self._begin(order, at, settings)
        except Exception as error:
            logger.exception("recording %s cannot be opened", order.recording_id)
            self._post(RecordingEnded(order.recording_id, code_of(error)))

    def _begin(self, order: OpenRecording, at: float, settings: CaptureSettings) -> None:
        # The two clocks right after each other: what takes its time must not come between them.
        since = timedelta(seconds=self._clocks.film() - at)
        started_at = self._clocks.utc() - since
        offset, round_trip = self._clocks.to_central()
        opening = Opening(
            recording_id=order.recording_id,
            call_id=order.call_id,
            agent_id=order.agent_id,
            device_id=settings.device_id,
            started_at=started_at,
            clock_offset=offset,
            clock_round_trip=round_trip,
            decision=order.decision,
            client_version=settings.client_version,
        )
        film_of, lookout_of = _film_parts()
        folder = self._spool.create(opening)
        film = film_of(folder, settings, syncing=self._syncing, now=at, reasons=order.reasons)
        self._sight.configure(settings.screen)
        self._lookout = lookout_of(
            film,
            self._sight,
            settings,
            clocks=self._clocks,
            syncing=self._syncing,
            wanted=self._mailbox.empty,
            post=self._post,
        )
        self._film = film

    def _pause(
        self, film: Film, lookout: Lookout, reasons: frozenset[PauseReason], at: float
    ) -> None:
        film.pause(at, reasons)
        lookout.pause(at)
        # Nobody would take in what it tells. To open it anew takes 10 ms.
        self._sight.close()

    def _failed(self, failure: CaptureFailedError) -> None:
        """Nothing can be captured now: pause, say so, and wait to be told to try again."""
        logger.warning("capture failed: %s", failure)
        self._sight.close()
        if self._film is not None and self._lookout is not None:
            try:
                self._pause(self._film, self._lookout, _FAILED, self._clocks.film())
            except Exception:
                logger.exception("recording %s cannot go on", self._film.recording_id)
                self._end(EndReason.CAPTURE_FAILED, failure.code, self._clocks.film())
                return
        self._post(CaptureFailed(failure.code))

    def _give_up(self, code: str) -> None:
        """Capture no more, and have the engine end the recording: it knows the calls."""
        film, lookout = self._film, self._lookout
        if film is None or lookout is None:
            return
        try:
            self._pause(film, lookout, _FAILED, self._clocks.film())
        except Exception:
            logger.exception("recording %s cannot even be paused", film.recording_id)
            full = code == "disk-full"
            reason = EndReason.DISK_FULL if full else EndReason.CAPTURE_FAILED
            self._end(reason, code, self._clocks.film())
        else:
            self._post(RecordingEnded(film.recording_id, code))

    def _end(
        self,
        reason: EndReason,
        code: str,
        at: float,
        legs: tuple[Call, ...] = (),
        beside: tuple[Call, ...] = (),
    ) -> None:
        """End the open recording; if the disk does not take that, salvage will do it.

        `code` says why, if nobody ordered it.
        """
        film, self._film = self._film, None
        lookout, self._lookout = self._lookout, None
        if film is None or lookout is None:
            return
        try:
            lookout.pause(at)
            film.close(at, reason, legs, beside)
        except Exception as error:
            logger.exception("recording %s is left for salvage", film.recording_id)
            film.abandon()
            self._left_behind = True
            code = code or code_of(error)
        else:
            self._spooled(film.recording_id)
        self._sight.close()
        if code:
            self._post(RecordingEnded(film.recording_id, code))


def _film_parts() -> tuple[type[Film], type[Lookout]]:
    """What imports the encoder's libraries, the first time in a tenth of a second."""
    from agent_client.capture.film import Film  # noqa: PLC0415 see above
    from agent_client.capture.lookout import Lookout  # noqa: PLC0415 see above

    return Film, Lookout
