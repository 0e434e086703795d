"""A screen recorder as one writes it in twenty lines: `python -m bench.capture.naive FILE`.

mss grabs the whole screen with its pointer five times a second, PyAV converts and encodes it with
libx264 veryfast crf 23. Frames are filled by hand, not by `VideoFrame.from_ndarray`: numpy is not
among this project's packages. That spares it memory and a slow copy.
"""

from __future__ import annotations

import select
import sys
import time
from fractions import Fraction

import av
import mss
from av.video.frame import VideoFrame

_FPS = 5


def record(path: str) -> None:
    """Until the standard input ends or says anything."""
    with mss.MSS(with_cursor=True) as screen, av.open(path, "w") as film:
        area = screen.monitors[0]
        options = {"preset": "veryfast", "crf": "23"}
        stream = film.add_stream("libx264", rate=_FPS, options=options)
        stream.width, stream.height = area["width"], area["height"]
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, _FPS)
        began = time.monotonic()
        number = 0
        while not _told_to_stop(began + number / _FPS - time.monotonic()):
            shot = screen.grab(area)
            frame = VideoFrame(shot.width, shot.height, "bgra")
            frame.planes[0].update(shot.bgra)
            frame.pts = number
            film.mux(stream.encode(frame))
            number += 1
        film.mux(stream.encode(None))


def _told_to_stop(seconds: float) -> bool:
    return bool(select.select([sys.stdin], [], [], max(0.0, seconds))[0])


if __name__ == "__main__":
    record(sys.argv[1])
