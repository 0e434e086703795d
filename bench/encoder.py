"""`python -m bench.encoder`: why the encoder is set as it is.

The scripted agent at work is seen through Twinreel's own screen and kept as pictures; then each way
to set libx264 encodes the same pictures, all of them once and then all again. It tells what CPU
time that takes, how much it makes, and how like the pictures the decoded ones are.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import log10
from pathlib import Path
from statistics import mean, median

import av
from av.video.frame import PictureType, VideoFrame
from PIL import Image, ImageChops, ImageStat

from agent_client.capture.adapter import open_screen
from agent_client.capture.encoder import tuning
from agent_client.capture.fmp4 import TIMESCALE
from agent_client.capture.picture import Picture
from agent_client.capture.settings import ScreenSettings
from bench.capture.player import workload
from bench.capture.stage import stage
from bench.stage.display import HEIGHT, WIDTH, StageError, need

_PROGRAMS = ("Xvfb", "openbox", "trayer", "dbus-daemon", "gnome-keyring-daemon")
_QUANTISER = 26  # policy's default
_FRAME_SECONDS = 0.2
_JUDGED = 8  # every so many pictures are compared


@dataclass(frozen=True, slots=True)
class Shot:
    """What was to be seen from a moment on."""

    at: int  # ms
    frame: VideoFrame


@dataclass(frozen=True, slots=True)
class Way:
    """One way to set libx264: what differs from the product's."""

    name: str
    parameters: str = ""  # x264's, which come behind the product's
    quantiser: int | None = None  # of luma
    profile: str = "baseline"


@dataclass(frozen=True, slots=True)
class Found:
    """What a way came to."""

    way: str
    cpu: float  # seconds a minute of what was seen
    mb_per_hour: float
    psnr: float  # dB, of luma


_OURS = "as the product does"
_WAYS = (
    Way(_OURS),
    Way("a step finer", quantiser=26),
    Way("a step coarser", quantiser=28),
    Way("usual dead zones", "deadzone-inter=21:deadzone-intra=11"),
    Way("usual dead zones, a step finer", "deadzone-inter=21:deadzone-intra=11", 26),
    Way("wider dead zones, a step finer", "deadzone-inter=32:deadzone-intra=24", 26),
    Way("CABAC", "cabac=1", profile="main"),
    Way("merange=64", "merange=64"),
    Way("merange=192", "merange=192"),
    Way("me=hex", "me=hex:merange=16"),
    Way("subme=1", "subme=1"),
    Way("partitions as well: p8x8", "analyse=i4x4,p8x8"),
    Way("ref=2", "ref=2"),
)


def seen(seconds: float, folder: Path) -> list[Shot]:
    """The scripted agent at work, as often as the product looks, where anything has changed."""
    shots: list[Shot] = []
    with stage("work", folder) as display:
        os.environ.update(display.env)  # for the screen, which is opened in this process
        screen, picture = open_screen(ScreenSettings()), Picture(WIDTH, HEIGHT)
        with workload("work", seconds, display.env, folder / "workload.log") as player:
            player.go()
            began = time.monotonic()
            while (now := time.monotonic() - began) < seconds:
                screen.due(now)
                patches = screen.look(now, whole=not shots)
                if picture.update(patches) or not shots:
                    shots.append(Shot(round(now * 1000), _copy(picture.frame)))
                time.sleep(max(0.0, began + now + _FRAME_SECONDS - time.monotonic()))
        screen.close()
    return shots


def _copy(frame: VideoFrame) -> VideoFrame:
    copy = VideoFrame(frame.width, frame.height, "yuv420p")
    for plane, source in zip(copy.planes, frame.planes, strict=True):
        plane.update(bytes(source))
    return copy


def encoded(shots: Sequence[Shot], options: Mapping[str, str]) -> tuple[float, list[bytes]]:
    """CPU seconds, and packets."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base, context.framerate = Fraction(1, TIMESCALE), Fraction(5)
    context.thread_count = 1
    context.options = dict(options)
    context.open()
    packets: list[bytes] = []
    began = time.thread_time()
    for number, shot in enumerate(shots):
        shot.frame.pts, shot.frame.time_base = shot.at, Fraction(1, TIMESCALE)
        shot.frame.pict_type = PictureType.NONE if number else PictureType.I
        packets += [bytes(packet) for packet in context.encode(shot.frame)]
    return time.thread_time() - began, packets


def options_of(way: Way) -> dict[str, str]:
    """All that libav is told."""
    options = tuning(_QUANTISER)
    # Without global headers libav writes what MP4 does not want, and a decoder reads it as it is.
    product = options["x264-params"].replace("annexb=0:", "")
    options["x264-params"] = ":".join(part for part in (product, way.parameters) if part)
    options["profile"] = way.profile
    if way.quantiser is not None:
        options["qp"] = str(way.quantiser)
    return options


def likeness(shots: Sequence[Shot], packets: Sequence[bytes]) -> float:
    """PSNR of luma in dB, the mean over some of the pictures."""
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    decoder.flags |= av.codec.context.Flags.low_delay
    decoded = [frame for one in packets for frame in decoder.decode(av.Packet(one))]
    decoded += decoder.decode(None)
    if len(decoded) != len(shots):
        raise StageError(f"{len(shots)} pictures were encoded, {len(decoded)} decoded")
    pairs = list(zip(shots, decoded, strict=True))[::_JUDGED]
    return mean(_psnr(shot.frame, frame) for shot, frame in pairs)


def _psnr(one: VideoFrame, other: VideoFrame) -> float:
    difference = ImageChops.difference(_luma(one), _luma(other))
    (mean_square,) = (total / WIDTH / HEIGHT for total in ImageStat.Stat(difference).sum2)
    return 10 * log10(255**2 / max(mean_square, 1e-6))


def _luma(frame: VideoFrame) -> Image.Image:
    plane = frame.planes[0]
    return Image.frombytes("L", (WIDTH, HEIGHT), bytes(plane), "raw", "L", plane.line_size)


def measured(shots: Sequence[Shot], rounds: int, seconds: float) -> Iterator[Found]:
    """Every way; its CPU time is the median of the rounds."""
    cpu: dict[str, list[float]] = {way.name: [] for way in _WAYS}
    kept: dict[str, list[bytes]] = {}
    encoded(shots, options_of(_WAYS[0]))  # the first of all takes longer
    for _ in range(rounds):
        for way in _WAYS:
            spent, kept[way.name] = encoded(shots, options_of(way))
            cpu[way.name].append(spent)
    for way in _WAYS:
        packets = kept[way.name]
        size = sum(len(one) for one in packets[1:])  # the first is a key: those are few
        yield Found(
            way.name,
            median(cpu[way.name]) * 60 / seconds,
            size / seconds * 3600 / 1e6,
            likeness(shots, packets),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """See, encode, print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.encoder",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=40.0, help="of work (default: 40)")
    parser.add_argument("--rounds", type=int, default=3, help="of encoding (default: 3)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    asked = parser.parse_args(arguments)
    try:
        need(*_PROGRAMS)
        with tempfile.TemporaryDirectory(prefix="twinreel-encoder") as folder:
            shots = seen(asked.seconds, Path(folder))
    except StageError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    print(f"{len(shots)} pictures in {asked.seconds:.0f} s")
    found = list(measured(shots, asked.rounds, asked.seconds))
    for one in found:
        print(
            f"{one.way:34}  {one.cpu:5.2f} CPU s/min  x {one.cpu / found[0].cpu:4.2f}"
            f"  {one.mb_per_hour:6.1f} MB/h  {one.psnr:5.2f} dB",
            flush=True,
        )
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        figures = {"pictures": len(shots), "ways": [asdict(one) for one in found]}
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
