"""Other recorders, each set up as most people use it, at 5 frames a second with the pointer drawn.

What each is told stands here; how its figures came about can be read from it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.capture.meter import family
from bench.capture.recorders import Recorded, Scene, first_line
from bench.stage.display import StageError, wait_for
from bench.stage.office import ROOT

FPS = 5
_X264_KEY_SECONDS = 250 / FPS  # x264's own: a key frame every 250 frames
_OPENH264_KEY_SECONDS = 90 / FPS  # the element's own
_SETTLING_SECONDS = 1.5
_ENDING_SECONDS = 20.0

_SSR_SETTINGS = """\
[welcome]
skip_page=true

[input]
video_backend=x11
video_area=screen
video_area_screen=0
video_x=0
video_y=0
video_w={width}
video_h={height}
video_frame_rate={fps}
video_scale=false
video_record_cursor=true
audio_enabled=false

[output]
file={file}
separate_files=false
add_timestamp=false
container=matroska
container_av=matroska
video_codec=libx264
video_codec_av=libx264
video_h264_crf=23
video_h264_preset=1
video_allow_frame_skipping=true

[record]
hotkey_enable=false
"""  # preset 1 is superfast, its default


@dataclass(frozen=True, slots=True)
class Peer:
    """One recorder that is not ours."""

    name: str
    about: str
    programs: tuple[str, ...]  # all must be installed
    key_seconds: float
    command: Callable[[Scene, Path], list[str]]
    says_version: tuple[str, ...]
    ends: Callable[[subprocess.Popen[bytes]], None]
    lacks: Callable[[], str] = lambda: ""  # beyond its programs

    @property
    def missing(self) -> str:
        """What it lacks to run here; empty if it can."""
        absent = [program for program in self.programs if shutil.which(program) is None]
        return ", ".join(absent) or self.lacks()

    def version(self) -> str:
        """In its own words."""
        return first_line(self.says_version)

    @contextmanager
    def recording(self, scene: Scene) -> Iterator[Recorded]:
        """Record for the block's length, from when it has settled."""
        film = scene.folder / f"{self.name}.mkv"
        with (scene.folder / f"{self.name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(scene, film),
                env={**scene.env, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_for(f"{self.name} to record", lambda: self._records(process, film))
            time.sleep(_SETTLING_SECONDS)
            yield Recorded(lambda: family([process.pid]), parts=[(film, 0.0)])
            if process.poll() is not None:
                raise StageError(f"{self.name} ended by itself; see {scene.folder}")
            self.ends(process)
            process.wait(_ENDING_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()

    def _records(self, process: subprocess.Popen[bytes], film: Path) -> bool:
        if process.poll() is not None:
            raise StageError(f"{self.name} ended at once; see {film.with_suffix('.log')}")
        return film.exists()


def peers() -> list[Peer]:
    """All that this benchmark knows."""
    return [_ffmpeg("veryfast"), _ffmpeg("ultrafast"), _ssr(), _vokoscreen(), _naive()]


def _ffmpeg(preset: str) -> Peer:
    def command(scene: Scene, film: Path) -> list[str]:
        size = f"{scene.size[0]}x{scene.size[1]}"
        grab = ["-f", "x11grab", "-draw_mouse", "1", "-framerate", str(FPS), "-video_size", size]
        encode = ["-c:v", "libx264", "-preset", preset, "-crf", "23", "-pix_fmt", "yuv420p"]
        quiet = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y"]
        return [*quiet, *grab, "-i", scene.env["DISPLAY"], *encode, str(film)]

    return Peer(
        name=f"ffmpeg-{preset}",
        about=f"FFmpeg x11grab, libx264 {preset} crf 23",
        programs=("ffmpeg",),
        key_seconds=_X264_KEY_SECONDS,
        command=command,
        says_version=("ffmpeg", "-version"),
        ends=_by_word(b"q"),
    )


def _ssr() -> Peer:
    def command(scene: Scene, film: Path) -> list[str]:
        settings = scene.folder / "ssr.conf"
        width, height = scene.size
        text = _SSR_SETTINGS.format(width=width, height=height, fps=FPS, file=film)
        settings.write_text(text, encoding="utf-8")
        words = ["--no-systray", "--start-hidden", "--start-recording"]
        return ["simplescreenrecorder", f"--settingsfile={settings}", *words]

    return Peer(
        name="ssr",
        about="SimpleScreenRecorder, libx264 superfast crf 23 (its defaults)",
        programs=("simplescreenrecorder",),
        key_seconds=_X264_KEY_SECONDS,
        command=command,
        says_version=("dpkg-query", "-W", "simplescreenrecorder"),
        ends=_by_word(b"record-save\nquit\n"),
    )


def _vokoscreen() -> Peer:
    def command(scene: Scene, film: Path) -> list[str]:
        # as vokoscreenNG builds it: constant quantiser; `camera`, for `screen` jerks, it says
        source = f"ximagesrc display-name={scene.env['DISPLAY']} use-damage=false show-pointer=true"
        rate = f"video/x-raw,framerate={FPS}/1 ! videoconvert ! videorate"
        encoder = "openh264enc qp-min=23 qp-max=23 usage-type=camera complexity=low"
        encoder += f" multi-thread={os.cpu_count() or 1} slice-mode=auto ! h264parse"
        pipeline = f"{source} ! {rate} ! queue ! {encoder} ! matroskamux ! filesink"
        return ["gst-launch-1.0", "-q", "-e", *pipeline.split(), f"location={film}"]

    return Peer(
        name="vokoscreen",
        about="vokoscreenNG's pipeline: GStreamer ximagesrc, openh264enc qp 23",
        programs=("gst-launch-1.0", "gst-inspect-1.0"),
        key_seconds=_OPENH264_KEY_SECONDS,
        command=command,
        says_version=("gst-launch-1.0", "--version"),
        ends=lambda process: process.send_signal(signal.SIGINT),
        lacks=_elements,
    )


def _naive() -> Peer:
    def command(scene: Scene, film: Path) -> list[str]:
        del scene
        return [sys.executable, "-m", "bench.capture.naive", str(film)]

    says = "import av, mss; print('PyAV', av.__version__, 'mss', mss.__version__)"
    return Peer(
        name="naive",
        about="naive Python: mss, PyAV, libx264 veryfast crf 23",
        programs=(),
        key_seconds=_X264_KEY_SECONDS,
        command=command,
        says_version=(sys.executable, "-c", says),
        ends=_by_word(b"q\n"),
    )


def _elements() -> str:
    """The elements of vokoscreenNG's pipeline that GStreamer lacks here."""
    names = ("ximagesrc", "openh264enc", "h264parse", "matroskamux")
    asked = {
        name: subprocess.run(["gst-inspect-1.0", "--exists", name], check=False) for name in names
    }
    return ", ".join(name for name, done in asked.items() if done.returncode)


def _by_word(word: bytes) -> Callable[[subprocess.Popen[bytes]], None]:
    def end(process: subprocess.Popen[bytes]) -> None:
        if process.stdin is not None:
            process.stdin.write(word)
            process.stdin.flush()

    return end
