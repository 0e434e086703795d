"""Pictures of one display, as ScreenCaptureKit delivers them: the newest is kept, no other.

macOS delivers by itself, only when something has changed and no more often than was asked for.
Closing a stream is the only way to have nothing delivered. Never run: checked by types and review.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from threading import Event, Lock
from typing import Any

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Rectangle

logger = logging.getLogger(__name__)

_BYTES_A_PIXEL = 4

if sys.platform == "darwin":
    import CoreMedia
    import objc
    import Quartz
    import ScreenCaptureKit
    from Foundation import NSObject

    _PATIENCE_SECONDS = 5.0
    _REFUSED = (-3801, -3803)  # SCStreamErrorUserDeclined, SCStreamErrorMissingEntitlements
    _SURFACES = 4  # one is kept here, one is being filled
    # The first picture of a stream may be told in a way of its own.
    _PICTURES = (
        ScreenCaptureKit.SCFrameStatusComplete,
        ScreenCaptureKit.SCFrameStatusStarted,
    )
    _TICKS = 1000  # a second of CMTime

    class _Output(NSObject):  # type: ignore[misc] # pyobjc has no types
        """What macOS calls, on a thread of its own. `stream` is set right after it is made.

        It is unset at the end: pyobjc's objects that hold each other are never let go of.
        """

        stream: DisplayStream | None

        def stream_didOutputSampleBuffer_ofType_(  # noqa: N802 as macOS calls it
            self,
            _stream: Any,  # noqa: ANN401 as above
            sample: Any,  # noqa: ANN401 as above
            kind: int,
        ) -> None:
            stream = self.stream
            if stream is not None and kind == ScreenCaptureKit.SCStreamOutputTypeScreen:
                stream.take(sample)

        def stream_didStopWithError_(self, _stream: Any, error: Any) -> None:  # noqa: ANN401, N802 as above
            stream = self.stream
            if stream is not None:
                stream.stopped(error)

    class DisplayStream:
        """Runs from when it is made until it is closed."""

        def __init__(  # noqa: PLR0913 what a stream is made of
            self,
            display: Any,  # noqa: ANN401 an SCDisplay
            ours: list[Any],
            place: Rectangle,
            interval: float,
            wake: Callable[[], None],
            *,
            clicks: bool,
        ) -> None:
            """Leave out the programs in `ours`; `place` in pixels, `interval` in seconds.

            `wake` is called from another thread when there is a new picture.
            """
            self.place = place
            self._wake = wake
            self._lock = Lock()
            self._newest: Any = None
            self._first = Event()
            self._failure: CaptureFailedError | None = None
            self._closed = False
            self._output = _Output.alloc().init()
            self._output.stream = self
            wanted = ScreenCaptureKit.SCContentFilter.alloc()
            wanted = wanted.initWithDisplay_excludingApplications_exceptingWindows_(
                display, ours, []
            )
            self._stream = ScreenCaptureKit.SCStream.alloc().initWithFilter_configuration_delegate_(
                wanted, _configuration(place, interval, clicks=clicks), self._output
            )
            added, error = self._stream.addStreamOutput_type_sampleHandlerQueue_error_(
                self._output, ScreenCaptureKit.SCStreamOutputTypeScreen, None, None
            )
            if not added:
                self._output.stream = None
                raise failure_of(error)
            try:
                error = waited(self._stream.startCaptureWithCompletionHandler_)
                if error is not None:
                    raise failure_of(error)
            except CaptureFailedError:
                self.close()  # it may begin later than we waited
                raise

        def take(self, sample: Any) -> None:  # noqa: ANN401 a CMSampleBuffer
            """Keep it if it is a picture."""
            told = CoreMedia.CMSampleBufferGetSampleAttachmentsArray(sample, False)  # noqa: FBT003
            status = told[0].get(ScreenCaptureKit.SCStreamFrameInfoStatus) if told else None
            if status not in _PICTURES or CoreMedia.CMSampleBufferGetImageBuffer(sample) is None:
                return
            with self._lock:
                if self._closed:
                    return
                self._newest = sample
            self._first.set()
            self._wake()

        def stopped(self, error: Any) -> None:  # noqa: ANN401 an NSError
            """The system has ended it."""
            self._failure = failure_of(error)
            self._first.set()
            self._wake()

        def copy_to(self, canvas: bytearray, part: Rectangle) -> None:
            """Put what the display shows of `part` where it belongs."""
            if not self._first.wait(_PATIENCE_SECONDS):
                raise CaptureFailedError("screen-unreadable", "no picture is delivered")
            with self._lock:
                failure, sample = self._failure, self._newest
            if failure is not None:
                raise failure
            buffer = CoreMedia.CMSampleBufferGetImageBuffer(sample)
            if Quartz.CVPixelBufferLockBaseAddress(buffer, Quartz.kCVPixelBufferLock_ReadOnly):
                raise CaptureFailedError("screen-unreadable", "a picture cannot be read")
            try:
                stride = int(Quartz.CVPixelBufferGetBytesPerRow(buffer))
                high = int(Quartz.CVPixelBufferGetHeight(buffer))
                wide = int(Quartz.CVPixelBufferGetWidth(buffer))
                if (wide, high) != (self.place.width, self.place.height):
                    raise CaptureFailedError("screen-unreadable", "a picture of another size")
                pixels = Quartz.CVPixelBufferGetBaseAddress(buffer).as_buffer(stride * high)
                paste(memoryview(pixels), stride, self.place, canvas, part)
            finally:
                Quartz.CVPixelBufferUnlockBaseAddress(buffer, Quartz.kCVPixelBufferLock_ReadOnly)

        def close(self) -> None:
            """Nothing is delivered from here on, and nothing is kept; safe to call twice."""
            with self._lock:
                closed, self._closed, self._newest = self._closed, True, None
            if closed:
                return
            try:
                error = waited(self._stream.stopCaptureWithCompletionHandler_)
                if error is not None and self._failure is None:
                    logger.warning("a stream did not stop: %s", failure_of(error))
            except CaptureFailedError as failure:
                logger.warning("a stream did not stop: %s", failure)  # others are to be closed yet
            self._output.stream = None

    def _configuration(place: Rectangle, interval: float, *, clicks: bool) -> Any:  # noqa: ANN401 as above
        made = ScreenCaptureKit.SCStreamConfiguration.alloc().init()
        made.setWidth_(place.width)
        made.setHeight_(place.height)
        made.setMinimumFrameInterval_(CoreMedia.CMTimeMake(round(interval * _TICKS), _TICKS))
        made.setPixelFormat_(Quartz.kCVPixelFormatType_32BGRA)
        made.setColorSpaceName_(Quartz.kCGColorSpaceSRGB)
        made.setQueueDepth_(_SURFACES)
        made.setShowsCursor_(True)
        # macOS 15 and later draw clicks themselves; earlier ones leave them out.
        if clicks and made.respondsToSelector_(b"setShowMouseClicks:"):
            made.setShowMouseClicks_(True)
        return made

    def shareable() -> Any:  # noqa: ANN401 an SCShareableContent
        """The displays and programs that may be recorded."""
        if not Quartz.CGPreflightScreenCaptureAccess():
            raise CaptureFailedError("screen-permission", "this program may not record the screen")
        content: list[Any] = []

        def ask(told: Callable[[Any], None]) -> None:
            def answered(found: Any, error: Any) -> None:  # noqa: ANN401 as above
                content.append(found)
                told(error)

            kit = ScreenCaptureKit.SCShareableContent
            kit.getShareableContentExcludingDesktopWindows_onScreenWindowsOnly_completionHandler_(
                False,  # noqa: FBT003 as macOS has it
                False,  # noqa: FBT003 as macOS has it; ours are listed before they are shown
                answered,
            )

        error = waited(ask)
        if error is not None or not content or content[0] is None:
            raise failure_of(error)
        return content[0]

    def ours(content: Any) -> list[Any]:  # noqa: ANN401 as above
        """Of those programs this one: its own windows are left out."""
        return [one for one in content.applications() if one.processID() == os.getpid()]

    def waited(begin: Callable[[Callable[[Any], None]], None]) -> Any:  # noqa: ANN401 an NSError or None
        """Begin what macOS does on a thread of its own, and wait until it says that it is done."""
        done = Event()
        told: list[Any] = []

        def finished(error: Any) -> None:  # noqa: ANN401 as above
            told.append(error)
            done.set()

        begin(finished)
        if not done.wait(_PATIENCE_SECONDS):
            raise CaptureFailedError("screen-unreadable", "macOS does not answer")
        return told[0]

    def failure_of(error: Any) -> CaptureFailedError:  # noqa: ANN401 as above
        """What the agent is told."""
        if error is None:
            return CaptureFailedError("screen-unreadable", "macOS does not say why")
        code = "screen-permission" if error.code() in _REFUSED else "screen-unreadable"
        return CaptureFailedError(code, f"ScreenCaptureKit: {error.code()}")

    def pool() -> Any:  # noqa: ANN401 a context
        """Within it, what macOS lends is given back at the end: no other thread does that."""
        return objc.autorelease_pool()


def paste(
    pixels: memoryview, stride: int, place: Rectangle, canvas: bytearray, part: Rectangle
) -> None:
    """Copy a picture whose rows are `stride` bytes long from its place to a canvas of `part`."""
    left, top = max(place.left, part.left), max(place.top, part.top)
    right = min(place.left + place.width, part.left + part.width)
    bottom = min(place.top + place.height, part.top + part.height)
    if left >= right:
        return
    length = (right - left) * _BYTES_A_PIXEL
    for row in range(top, bottom):
        start = (row - place.top) * stride + (left - place.left) * _BYTES_A_PIXEL
        there = ((row - part.top) * part.width + left - part.left) * _BYTES_A_PIXEL
        canvas[there : there + length] = pixels[start : start + length]
