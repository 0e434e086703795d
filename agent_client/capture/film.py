"""One recording in progress: when a segment begins and ends, and what goes into it.

Time is handed in with every call (seconds of the film clock), what the screen shows with `see`:
nothing here waits, looks or starts a thread.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from av.video.frame import VideoFrame

from agent_client.capture import fmp4
from agent_client.capture.details import sealed_details
from agent_client.capture.encoder import Encoder
from agent_client.capture.monitors import fit
from agent_client.capture.picture import Picture
from agent_client.capture.screen import Layout, Patch
from agent_client.capture.segment import SegmentWriter
from agent_client.capture.settings import CaptureSettings
from agent_client.capture.slate import Slate
from agent_client.capture.syncing import Syncing
from agent_client.core.call import Call
from contract.manifest import Canvas, EndReason, Leg, Manifest, PauseReason, View
from contract.protocol import segment_name
from uploader.spool import RecordingFolder

_HEARTBEAT_SECONDS = 2.0  # how much of a still desktop's time a crash may cost
_RESTING_SECONDS = 10.0  # and of a pause's
_DEK_BYTES = 32


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the screen."""

    patches: Sequence[Patch]
    layout: Layout
    quantiser: int  # how coarse its picture is to be


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a look."""

    changed: bool  # a byte of the kept picture
    bits: int  # of the film's new picture; 0: there is none


class Film:
    """Opened paused. OSError when the spool fails: then call `abandon`."""

    def __init__(
        self,
        folder: RecordingFolder,
        settings: CaptureSettings,
        *,
        syncing: Syncing,
        now: float,
        reasons: frozenset[PauseReason],
    ) -> None:
        self._syncing = syncing
        self.recording_id = folder.recording_id
        self._folder = folder
        self._settings = settings
        self._began = now
        self._reasons: frozenset[PauseReason] | None = reasons  # None: not paused
        self._canvas: Canvas | None = None
        self._layout: Layout | None = None
        self._untold: View | None = None  # how the canvas is used from the next segment on
        self._slate: Slate | None = None
        self._encoder: Encoder | None = None
        self._picture: Picture | None = None
        self._unseen = False  # the picture differs from what was encoded last
        self._broken = True  # what comes next can build on no picture: it must be a key
        self._segment: SegmentWriter | None = None
        self._segment_began = now
        self._segments = 0
        self._lived = now  # when anything was last written
        self._happened = now  # when anything last did
        folder.begin_pause(timedelta(0), reasons)

    @property
    def paused(self) -> bool:
        """Nothing may be grabbed."""
        return self._reasons is not None

    def not_before_the_last(self, at: float) -> float:
        """When that may happen at the earliest which should at `at`, and does then.

        An order may have been given before the last picture was taken.
        """
        self._happened = max(at, self._happened)
        return self._happened

    def resume(self, now: float) -> None:
        """Pictures may come; the first one opens a segment."""
        if self._reasons is not None:
            self._reasons = None
            self._folder.end_pause(self._offset(now))

    def pause(self, now: float, reasons: frozenset[PauseReason]) -> None:
        """No pictures from now on. The segment ends with a slate; again for other reasons."""
        if reasons == self._reasons:
            return
        self._folder.begin_pause(self._offset(now), reasons)
        self._reasons = reasons
        if self._segment is not None and self._encoder is not None and self._slate is not None:
            at = self._next(now)
            self._segment.add(self._encoder.encode(self._slate.frame(), at, key=True))
            self._end_segment(at + 1)

    def see(self, seen: Seen, now: float, wanted: Callable[[], bool]) -> Taken:
        """Take in what the screen shows now.

        All of it must be shown when the film goes on after a pause, with another layout, or when
        something was dropped. `wanted` is asked again and again, and once it says no, nothing of
        this reaches the film.
        """
        now = self.not_before_the_last(now)
        picture, encoder = self._fitted(seen.layout, now)
        if encoder.quantiser != seen.quantiser:
            # The first picture is made anew by the next encoder, for nothing else begins there.
            encoder = self._encoder = self._new_encoder(seen.quantiser)
            self._broken = True
        changed = picture.update(seen.patches)
        self._unseen = self._unseen or changed
        new = self._unseen or self._broken or self._untold or self._segment is None
        if not new or not wanted():
            return Taken(changed, 0)
        return Taken(changed, self._shown(picture.frame, encoder, now, wanted))

    def black(self) -> bool:
        """Whether the picture has no light anywhere."""
        return self._picture is not None and self._picture.black()

    @property
    def scaled(self) -> bool:
        """Whether the desktop is drawn smaller than it is."""
        return self._picture is not None and self._picture.scaled

    def trouble(self, at: float, code: str, *, begins: bool) -> None:
        """The picture is not to be trusted from then on, or is again."""
        self.not_before_the_last(at)
        note = self._folder.begin_trouble if begins else self._folder.end_trouble
        note(self._offset(at), code)

    def due(self) -> float:
        """When `keep_up` has something to do: for what waits, or for a life sign."""
        waits_since = self._segment.waits_since() if self._segment is not None else None
        if self._segment is None or waits_since is None:
            return self._lived + (_RESTING_SECONDS if self.paused else _HEARTBEAT_SECONDS)
        began = self._segment_began + waits_since / fmp4.TIMESCALE
        if self._segment.unborn:
            return began  # at once: a crash just now would cost all since the order
        return began + self._settings.flush_length.total_seconds()

    def keep_up(self, now: float) -> bool:
        """Put on the disk what is due; whether any picture was among it."""
        if now < self.due():
            return False
        self._lived = now = self.not_before_the_last(now)
        if self._segment is None:
            self._folder.passed(self._offset(now))
            return False
        return self._segment.flush(self._milliseconds(now))

    def close(
        self,
        now: float,
        reason: EndReason,
        legs: tuple[Call, ...] = (),
        beside: tuple[Call, ...] = (),
    ) -> Manifest:
        """End it; the manifest is written, so the uploader takes over."""
        if self._segment is not None:
            self._end_segment(self._next(now))
        details = None
        if legs:
            sealed = sealed_details(self.recording_id, self._settings, legs, beside)
            details = self._folder.write_details(sealed)
        return self._folder.finish(
            self._offset(now),
            reason,
            [Leg(leg.call_id, leg.connection_id) for leg in legs],
            details,
        )

    def abandon(self) -> None:
        """Leave what there is for salvage."""
        if self._segment is not None:
            self._segment.abandon()
            self._segment = None
        self._folder.abandon()

    def _fitted(self, layout: Layout, now: float) -> tuple[Picture, Encoder]:
        """The kept picture and its encoder, made ready for this layout."""
        if self._picture is not None and self._encoder is not None and layout == self._layout:
            return self._picture, self._encoder
        fitted = fit(layout, self._canvas)
        canvas, place = fitted.canvas, fitted.place
        if self._canvas is None:
            self._canvas = canvas
            self._slate = Slate(canvas)
        self._encoder = self._encoder or self._new_encoder(self._settings.quantiser)
        self._picture = self._picture or Picture(canvas.width, canvas.height)
        self._picture.show(layout.width, layout.height, place)
        self._layout = layout
        self._untold = View(
            self._offset(now),
            layout.width,
            layout.height,
            layout.monitors,
            (place.left, place.top, place.width, place.height),
        )
        return self._picture, self._encoder

    def _new_encoder(self, quantiser: int) -> Encoder:
        canvas = self._canvas
        if canvas is None:
            raise AssertionError("the canvas is known before anything is encoded")
        return Encoder(
            canvas.width,
            canvas.height,
            frames_per_second=self._settings.screen.frames_per_second,
            quantiser=quantiser,
        )

    def _shown(
        self, frame: VideoFrame, encoder: Encoder, now: float, wanted: Callable[[], bool]
    ) -> int:
        """Encode the picture and put it into the film, unless it is no longer wanted; its bits."""
        full = now - self._segment_began >= self._settings.segment_length.total_seconds()
        begins = self._segment is None or full or self._untold is not None
        samples = []
        if begins and self._segments == 0 and self._slate is not None:
            # The film begins with a slate: central fills gaps with it that have none of their own.
            samples.append(encoder.encode(self._slate.frame(), 0, key=True))
        at = len(samples) if begins else self._next(now)
        samples.append(encoder.encode(frame, at, key=begins or self._broken))
        self._broken = True  # until it is known that decoders will see this one
        if not wanted():
            return 0
        segment = self._begun(encoder, now) if begins or not self._segment else self._segment
        for sample in samples:
            segment.add(sample)
        self._broken = self._unseen = False
        return 8 * len(samples[-1].data)

    def _begun(self, encoder: Encoder, now: float) -> SegmentWriter:
        self._end_segment(self._next(now))
        if self._segments == 0 and self._canvas is not None:
            self._folder.fix_canvas(self._canvas)
        offset = self._offset(now)
        if self._untold is not None:
            self._folder.change_view(replace(self._untold, offset=offset))
            self._untold = None
        self._segment_began = now
        self._segment = SegmentWriter(
            self._folder.segment(offset),
            fmp4.head(encoder.width, encoder.height, encoder.sps, encoder.pps),
            meta={"recording_id": self.recording_id, "file": segment_name(self._segments)},
            recipients=self._settings.recipients,
            key=secrets.token_bytes(_DEK_BYTES),
            syncing=self._syncing,
        )
        self._segments += 1
        return self._segment

    def _end_segment(self, until: int) -> None:
        if self._segment is not None:
            self._folder.close_segment(self._segment.close(until))
            self._segment = None

    def _milliseconds(self, now: float) -> int:
        return int((now - self._segment_began) * fmp4.TIMESCALE)

    def _next(self, now: float) -> int:
        """When a picture that comes now is shown: after the last, by a millisecond at least."""
        last = self._segment.last if self._segment is not None else None
        at = self._milliseconds(now)
        return at if last is None else max(at, last + 1)

    def _offset(self, now: float) -> timedelta:
        return timedelta(seconds=max(0.0, now - self._began))
