"""One recording in progress: when a segment begins and ends, and what goes into it.

Time is handed in with every call (seconds of the film clock), pictures with `see`: nothing here
waits, grabs or starts a thread.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from agent_client.capture import fmp4
from agent_client.capture.changes import changed_bands
from agent_client.capture.encoder import Encoder, Planes
from agent_client.capture.screen import Layout, Picture
from agent_client.capture.segment import SegmentWriter
from agent_client.capture.settings import CaptureSettings
from agent_client.capture.slate import slate
from agent_client.core.call import Call
from contract.canonical import canonical
from contract.envelope import Sealer
from contract.manifest import Canvas, EndReason, Leg, Manifest, PauseReason
from contract.protocol import DETAILS, segment_name
from uploader.spool import RecordingFolder

_HEARTBEAT_SECONDS = 10.0  # a still desktop gets a picture this often, a pause a journal line
_DEK_BYTES = 32


class Film:
    """Opened paused. OSError when the spool fails: then call `abandon`."""

    def __init__(
        self,
        folder: RecordingFolder,
        settings: CaptureSettings,
        *,
        now: float,
        reasons: frozenset[PauseReason],
    ) -> None:
        self.recording_id = folder.recording_id
        self._folder = folder
        self._settings = settings
        self._began = now
        self._reasons: frozenset[PauseReason] | None = reasons  # None: not paused
        self._canvas: Canvas | None = None
        self._slate: Planes | None = None
        self._encoder: Encoder | None = None
        self._segment: SegmentWriter | None = None
        self._segment_began = now
        self._segments = 0
        self._shown: Picture | None = None  # in this segment
        self._lived = now  # when anything was last written
        folder.begin_pause(timedelta(0), reasons)

    @property
    def paused(self) -> bool:
        """Nothing may be grabbed."""
        return self._reasons is not None

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
            self._segment.add(self._encoder.encode_planes(self._slate, at))
            self._end_segment(at + 1)

    def see(self, picture: Picture, layout: Layout, now: float) -> bool:
        """Take the desktop's picture: keep it if it changed; whether anything went to the disk."""
        full = now - self._segment_began >= self._settings.segment_length.total_seconds()
        shown = self._shown
        if full or (
            shown is not None and (shown.width, shown.height) != (picture.width, picture.height)
        ):
            self._end_segment(self._next(now))
        if self._segment is None:
            self._begin_segment(layout, now)
        segment, encoder = self._segment, self._encoder
        if segment is None or encoder is None:
            raise AssertionError("a segment was just begun")
        if self._shown is None:
            segment.add(encoder.encode(picture, self._next(now), key=True))
            self._lived = now
        elif bands := changed_bands(
            self._shown.pixels, picture.pixels, len(picture.pixels) // picture.height
        ):
            segment.add(encoder.encode(picture, self._next(now), bands=bands))
            self._lived = now
        elif now - self._lived >= _HEARTBEAT_SECONDS:
            segment.add(encoder.repeat(self._next(now)))
            self._lived = now
        self._shown = picture
        return self._flushed(segment, now)

    def rest(self, now: float) -> None:
        """Nothing is captured; tell the journal now and then that the recording still lives."""
        if now - self._lived >= _HEARTBEAT_SECONDS:
            self._folder.passed(self._offset(now))
            self._lived = now

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
        details = self._folder.write_details(self._details(legs, beside)) if legs else None
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

    def _begin_segment(self, layout: Layout, now: float) -> None:
        canvas = self._canvas or _canvas(layout)
        encoder = self._encoder or Encoder(
            canvas.width,
            canvas.height,
            frames_per_second=self._settings.frames_per_second,
            quantiser=self._settings.quantiser,
        )
        if self._canvas is None:
            self._folder.fix_canvas(canvas)
        drawn = self._slate or slate(canvas)
        self._canvas, self._encoder, self._slate = canvas, encoder, drawn
        first = self._segments == 0
        self._segment_began = now
        self._segment = SegmentWriter(
            self._folder.segment(self._offset(now)),
            fmp4.head(canvas.width, canvas.height, encoder.sps, encoder.pps),
            meta={"recording_id": self.recording_id, "file": segment_name(self._segments)},
            recipients=self._settings.recipients,
            key=secrets.token_bytes(_DEK_BYTES),
        )
        self._segments += 1
        self._shown = None
        if first:  # central fills gaps with it that have no slate of their own
            self._segment.add(encoder.encode_planes(drawn, 0))

    def _end_segment(self, until: int) -> None:
        if self._segment is not None:
            self._folder.close_segment(self._segment.close(until))
            self._segment = None
        self._shown = None

    def _flushed(self, segment: SegmentWriter, now: float) -> bool:
        """Put on the disk what has waited long enough, although no new picture may ever come."""
        waits_since = segment.waits_since()
        at = self._milliseconds(now)
        flush_length = self._settings.flush_length // timedelta(milliseconds=1)
        if waits_since is None or at - waits_since < flush_length:
            return False
        segment.flush(at)
        return True

    def _milliseconds(self, now: float) -> int:
        return int((now - self._segment_began) * fmp4.TIMESCALE)

    def _next(self, now: float) -> int:
        """When a picture that comes now is shown: after the last, by a millisecond at least."""
        last = self._segment.last if self._segment is not None else None
        at = self._milliseconds(now)
        return at if last is None else max(at, last + 1)

    def _offset(self, now: float) -> timedelta:
        return timedelta(seconds=max(0.0, now - self._began))

    def _details(self, legs: tuple[Call, ...], beside: tuple[Call, ...]) -> bytes:
        kept = self._settings.details_keys
        document = {
            "legs": [
                {
                    "call_id": leg.call_id,
                    "connection_id": leg.connection_id,
                    "call_type": leg.call_type,
                    "ani": leg.details.ani,
                    "dnis": leg.details.dnis,
                    "user_data": {
                        key: value for key, value in leg.details.user_data if key in kept
                    },
                }
                for leg in legs
            ],
            "beside": [
                {"call_id": leg.call_id, "connection_id": leg.connection_id} for leg in beside
            ],
        }
        sealer = Sealer(
            {"recording_id": self.recording_id, "file": DETAILS},
            self._settings.recipients,
            secrets.token_bytes(_DEK_BYTES),
        )
        return sealer.header + sealer.seal(canonical(document), final=True)


def _canvas(layout: Layout) -> Canvas:
    """Even sides: 4:2:0 needs them; the odd row or column is padded, never cropped."""
    return Canvas(
        layout.width + layout.width % 2, layout.height + layout.height % 2, layout.monitors
    )
