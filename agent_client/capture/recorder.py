"""The capture thread: orders in by a mailbox, events out by `post`, films into the spool.

It sleeps until an order comes, the screen tells of a change, or something is due; while paused it
looks at nothing. After each look, before encoding and before keeping the picture, it looks into the
mailbox and drops what it saw if an order has come meanwhile. Who orders must also be heard of: when
the engine is silent, nobody could pause, so nothing is captured.
"""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable, Sequence
from math import inf
from typing import assert_never

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.film import Film
from agent_client.capture.mailbox import Mailbox
from agent_client.capture.priority import give_way
from agent_client.capture.screen import Layout, OpenScreen, Patch, Screen, open_screen
from agent_client.capture.settings import CaptureSettings, Clocks
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

logger = logging.getLogger(__name__)

_FAILED = frozenset({PauseReason.CAPTURE_FAILED})
_SILENCE_SECONDS = 10.0  # of the engine, which says each second that it is alive


class _Stop:
    pass


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
        self._open_screen = open_screen
        self._spooled = spooled
        self._mailbox: Mailbox[CaptureOrder | _Stop] = Mailbox()
        self._heard: float | None = None  # when the engine was; None: nobody promised to be alive
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        # What follows belongs to the thread alone.
        self._film: Film | None = None
        self._film_settings = settings
        self._screen: Screen | None = None
        self._layout: Layout | None = None
        self._whole = True  # nothing is known of the screen, or not all that was seen was kept
        self._not_before = 0.0  # the next look, in the film clock's time
        self._left_behind = False  # a recording that could not be ended

    def start(self) -> None:
        """Begin to take orders."""
        self._thread.start()

    def stop(self) -> None:
        """Carry out the orders that were given, end what is open then, and wait for that."""
        self._mailbox.put(_Stop())
        if self._thread.ident is not None:  # it may never have been started
            self._thread.join()
        self._mailbox.close()

    def order(self, order: CaptureOrder) -> None:
        """Take an order; never waits. Failures come back as CaptureFailed or RecordingEnded."""
        if self._heard is not None:
            self.alive()
        self._mailbox.put(order)

    def alive(self) -> None:
        """Whoever orders is still there. Once said, it must be said again within 10 seconds."""
        self._heard = self._clocks.awake()

    def configure(self, settings: CaptureSettings) -> None:
        """What holds from the next recording on; from any thread."""
        self._settings = settings

    def _run(self) -> None:
        give_way()
        try:
            while not isinstance(order := self._mailbox.take(), _Stop):
                self._guarded(order)
        finally:
            if self._film is not None:
                self._end(EndReason.STOPPED, "")
            self._drop_screen()

    def _guarded(self, order: CaptureOrder | None) -> None:
        """Carry out an order, or what is due; what fails becomes an event."""
        try:
            if order is None:
                self._go_on()
            else:
                self._obey(order)
        except CaptureFailedError as failure:
            self._failed(failure)
        except OSError as error:
            logger.exception("the spool failed")
            self._give_up(_code(error))
        except Exception as error:
            # A recorder must not die in silence: what nobody foresaw is a failure like another.
            logger.exception("a fault in the recorder")
            self._failed(CaptureFailedError("recorder-fault", repr(error)))

    def _go_on(self) -> None:
        """Look, if that is due, or put on the disk what is, or sleep until something is."""
        film, now = self._film, self._clocks.film()
        if film is None:
            self._mailbox.sleep(None)
            return
        if film.keep_up(now) and not self._spool.room():
            logger.error("the disk is full: recording %s ends", film.recording_id)
            self._give_up("disk-full")
            return
        if film.paused:
            self._mailbox.sleep(max(0.0, film.due() - now))
            return
        self._hear(now)
        screen = self._opened()
        due = now if self._whole else screen.due(now)
        look_at = None if due is None else max(due, self._not_before)
        if look_at is not None and look_at <= now:
            self._look(film, now)
            return
        wake_at = min(film.due(), self._deaf_at(now))
        # What is to be looked at within a frame time takes in all the news until then.
        near = look_at is not None and look_at - now <= self._frame_time()
        wake_at = wake_at if look_at is None else min(wake_at, look_at)
        self._mailbox.sleep(max(0.0, wake_at - now), None if near else screen.fileno())

    def _frame_time(self) -> float:
        return 1 / self._film_settings.screen.frames_per_second

    def _hear(self, now: float) -> None:
        if self._deaf_at(now) <= now:
            raise CaptureFailedError("engine-silent", "the engine does not say that it is alive")

    def _deaf_at(self, now: float) -> float:
        """When the engine will have been silent for too long, in the film clock's time."""
        if self._heard is None:
            return inf
        return now + _SILENCE_SECONDS - (self._clocks.awake() - self._heard)

    def _obey(self, order: CaptureOrder) -> None:
        if isinstance(order, OpenRecording):
            self._open(order)
            return
        film, now = self._film, self._clocks.film()
        if film is None or film.recording_id != order.recording_id:
            logger.warning("an order for recording %s, which is not open", order.recording_id)
            return
        match order:
            case ResumeCapture():
                film.resume(now)
                self._whole, self._not_before = True, now
            case PauseCapture():
                film.pause(now, order.reasons)
                # Nobody would take in what it tells. To open it anew takes 10 ms.
                self._drop_screen()
            case CloseRecording():
                self._end(order.reason, "", order.legs, order.beside)
            case _:
                assert_never(order)

    def _open(self, order: OpenRecording) -> None:
        if self._film is not None:
            logger.error("recording %s was still open", self._film.recording_id)
            self._end(EndReason.NEXT_CALL, "")
        settings = self._settings
        if not settings.recipients:
            self._post(RecordingEnded(order.recording_id, "no-keys"))
            return
        if self._left_behind:
            self._left_behind = False
            self._spool.salvage_all()  # no recording is open now, so what has no manifest is dead
        if not self._spool.room():
            self._post(RecordingEnded(order.recording_id, "disk-full"))
            return
        offset, round_trip = self._clocks.to_central()
        opening = Opening(
            recording_id=order.recording_id,
            call_id=order.call_id,
            agent_id=order.agent_id,
            device_id=settings.device_id,
            started_at=self._clocks.utc(),
            clock_offset=offset,
            clock_round_trip=round_trip,
            decision=order.decision,
            client_version=settings.client_version,
        )
        now = self._clocks.film()
        try:
            folder = self._spool.create(opening)
            self._film = Film(folder, settings, now=now, reasons=order.reasons)
        except OSError as error:
            logger.exception("recording %s cannot be opened", order.recording_id)
            self._post(RecordingEnded(order.recording_id, _code(error)))
        self._film_settings = settings

    def _look(self, film: Film, now: float) -> None:
        """Look once, and put what is seen into the film, unless an order comes meanwhile."""
        whole, self._whole = self._whole, True  # what is not kept must be seen again
        self._not_before = now + self._frame_time()
        patches, layout = self._seen(now, whole=whole)
        if self._mailbox.empty():
            film.see(patches, layout, now, self._mailbox.empty)
        if self._mailbox.empty():
            self._whole = False
        done = self._clocks.film()
        # Half a core at most, however large and lively the desktop.
        self._not_before = max(self._not_before, done + (done - now))

    def _seen(self, now: float, *, whole: bool) -> tuple[Sequence[Patch], Layout]:
        screen = self._opened()
        try:
            layout = screen.layout()
            if layout != self._layout:
                logger.info(
                    "what is recorded has another size: %s x %s", layout.width, layout.height
                )
            seen = screen.look(now, whole=whole or layout != self._layout)
        except CaptureFailedError:
            # A monitor was taken away perhaps: a new way to the screen tells.
            self._drop_screen()
            screen = self._opened()
            layout = screen.layout()
            seen = screen.look(now, whole=True)
        self._layout = layout
        return seen, layout

    def _opened(self) -> Screen:
        if self._screen is None:
            self._screen = self._open_screen(self._film_settings.screen)
            self._whole = True
            logger.info("screen opened: %s", self._screen.diagnostics())
        return self._screen

    def _drop_screen(self) -> None:
        if self._screen is not None:
            self._screen.close()
        self._screen = None

    def _failed(self, failure: CaptureFailedError) -> None:
        """Nothing can be captured now: pause, say so, and wait to be told to try again."""
        logger.warning("capture failed: %s", failure)
        self._drop_screen()
        if self._film is not None:
            try:
                self._film.pause(self._clocks.film(), _FAILED)
            except (CaptureFailedError, OSError):
                logger.exception("recording %s cannot go on", self._film.recording_id)
                self._end(EndReason.CAPTURE_FAILED, failure.code)
                return
        self._post(CaptureFailed(failure.code))

    def _give_up(self, code: str) -> None:
        """Capture no more, and have the engine end the recording: it knows the calls."""
        film = self._film
        if film is None:
            return
        try:
            film.pause(self._clocks.film(), _FAILED)
        except (CaptureFailedError, OSError):
            logger.exception("recording %s cannot even be paused", film.recording_id)
            full = code == "disk-full"
            self._end(EndReason.DISK_FULL if full else EndReason.CAPTURE_FAILED, code)
        else:
            self._post(RecordingEnded(film.recording_id, code))

    def _end(
        self,
        reason: EndReason,
        code: str,
        legs: tuple[Call, ...] = (),
        beside: tuple[Call, ...] = (),
    ) -> None:
        """End the open recording; if the disk does not take that, salvage will do it.

        `code` says why, if nobody ordered it.
        """
        film, self._film = self._film, None
        if film is None:
            return
        try:
            film.close(self._clocks.film(), reason, legs, beside)
        except (CaptureFailedError, OSError) as error:
            logger.exception("recording %s is left for salvage", film.recording_id)
            film.abandon()
            self._left_behind = True
            code = code or (_code(error) if isinstance(error, OSError) else error.code)
        else:
            self._spooled(film.recording_id)
        self._drop_screen()
        if code:
            self._post(RecordingEnded(film.recording_id, code))


def _code(error: OSError) -> str:
    full = error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    return "disk-full" if full else "spool-failed"
