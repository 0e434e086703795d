"""Pictures in, H.264 out: PyAV's libx264, tuned for desktops (docs/design/capture.md).

One encoder serves a whole recording, so SPS and PPS are the same in all its segments. PyAV's types
and errors stop here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
)

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.fmp4 import TIMESCALE, Sample

# A wide search for motion finds text that was scrolled or moved; nothing else pays at 5 pictures a
# second. Baseline, so CAVLC: most of a desktop is skipped, which costs nothing then. Narrow dead
# zones keep the faint edges of letters that a finer quantiser would be needed for: `_COARSER`.
# `annexb=0`: each NAL unit with its length, as MP4 wants them. `stitchable`: SPS and PPS do not
# depend on the quantiser.
_TUNING = (
    "annexb=0:stitchable=1:scenecut=0:keyint=infinite:bframes=0"
    ":analyse=i4x4:me=umh:merange=128:subme=0"
    ":deadzone-inter=10:deadzone-intra=4:chroma-qp-offset=-1"
)
_COARSER = 1  # step of luma's quantiser at which text then looks as it did before


def tuning(quantiser: int) -> dict[str, str]:
    """What libav's encoder `libx264` is told."""
    return {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "baseline",
        "qp": str(quantiser + _COARSER),
        "forced-idr": "1",
        "x264-params": _TUNING,
    }


class Encoder:
    """Encodes pictures of one canvas, whose sides are even."""

    def __init__(
        self, width: int, height: int, *, frames_per_second: float, quantiser: int
    ) -> None:
        self.width = width
        self.height = height
        self.quantiser = quantiser
        with _failures_named():
            context = av.CodecContext.create("libx264", "w")
            context.width, context.height, context.pix_fmt = width, height, "yuv420p"
            context.time_base = Fraction(1, TIMESCALE)
            context.framerate = Fraction(frames_per_second).limit_denominator(1000)
            context.thread_count = 1
            context.color_range = ColorRange.MPEG
            context.colorspace = Colorspace.ITU709
            context.color_primaries = ColorPrimaries.BT709
            context.color_trc = ColorTrc.BT709
            context.flags |= Flags.global_header
            context.options = tuning(quantiser)
            context.open()
            self._context = context
            self.sps, self.pps = _parameter_sets(context.extradata or b"")

    def encode(self, frame: VideoFrame, at: int, *, key: bool = False) -> Sample:
        """A picture of the canvas in planes, shown from then on (milliseconds)."""
        with _failures_named():
            frame.pts = at
            frame.time_base = Fraction(1, TIMESCALE)
            frame.pict_type = PictureType.I if key else PictureType.NONE
            (packet,) = self._context.encode(frame)
            return Sample(at, bytes(packet), packet.is_keyframe)


def _parameter_sets(configuration: bytes) -> tuple[bytes, bytes]:
    """SPS and PPS out of libav's AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
    start = 8
    end = start + int.from_bytes(configuration[start - 2 : start])
    sps = configuration[start:end]
    start = end + 3
    pps = configuration[start : start + int.from_bytes(configuration[start - 2 : start])]
    if configuration[:1] != b"\x01" or not sps or not pps:
        raise CaptureFailedError("encoder-failed", "no parameter sets")
    return sps, pps


@contextmanager
def _failures_named() -> Iterator[None]:
    try:
        yield
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise CaptureFailedError("encoder-failed", str(error)) from error
