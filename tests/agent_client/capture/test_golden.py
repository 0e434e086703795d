"""Known pictures on a real display, through the whole recorder, and back as any player shows them.

ffmpeg decodes here and compares, with nothing of ours: what is signalled wrongly comes out wrongly.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent_client.capture.recorder import CaptureThread
from agent_client.capture.settings import ScreenSettings
from agent_client.core.commands import CloseRecording
from agent_client.core.events import Event
from contract.manifest import EndReason
from tests.agent_client.capture import cards
from tests.agent_client.capture.cards import Card, Place
from tests.agent_client.capture.desktops import Painter, painter, x_server
from tests.agent_client.capture.staging import Recorded, capture_settings, opened_segment, until
from uploader.spool import Spool

_SHOWN = [(1367, 769, "auto"), (1367, 769, "polling"), (1280, 720, "auto")]
_USUAL, _FINEST = 26, 18  # quantisers: what a policy has unless told otherwise, and its least
_MARGIN = 16  # pixels beside a colour's edge: blocks that are guessed from the next colour
_LUMA_ALIKE, _CHROMA_ALIKE = 0.99, 0.9  # SSIM of text; at quantiser 32 luma falls below


@dataclass(frozen=True)
class Stage:
    """A display, and a recorder for what is shown on it."""

    width: int
    height: int
    method: str
    painter: Painter
    folder: Path

    def filmed(self, card: Card, quantiser: int = _USUAL) -> Path:
        """Show it, and record it: a segment's MP4."""
        self.painter.picture(self.width, self.height, card.bgrx())
        self.painter.shown()
        root = self.folder / "spool"
        events: list[Event] = []
        spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
        settings = capture_settings(screen=ScreenSettings(method=self.method), quantiser=quantiser)
        thread = CaptureThread(spool, settings, events.append)
        thread.start()
        recorded = Recorded(spool, root, thread, events)
        recording_id = recorded.open()
        sealed = root / recording_id / "000.seg"
        until(lambda: sealed.exists() and b"mdat" in opened_segment(sealed), "a picture")
        recorded.order(CloseRecording(recording_id, EndReason.WRAPPED_UP, ()))
        recorded.manifest(recording_id)
        thread.stop()
        assert events == []
        film = self.folder / "film.mp4"
        film.write_bytes(opened_segment(sealed))
        return film

    def played(self, film: Path) -> Card:
        """The last picture in the colours that the film signals; its padding is cut off."""
        exact = "scale=flags=accurate_rnd+full_chroma_int+bicubic,format=rgb24"
        cut = f"crop={self.width}:{self.height}:0:0:exact=1"
        command = ["ffmpeg", "-v", "error", "-i", str(film), "-vf", f"{exact},{cut}"]
        done = subprocess.run([*command, "-f", "rawvideo", "-"], capture_output=True, check=True)
        return Card(self.width, self.height, done.stdout[-self.width * self.height * 3 :])

    def similarity(self, film: Path, card: Card, place: Place) -> tuple[float, float]:
        """SSIM of that part: of luma, and the lesser one of chroma.

        The picture shown is brought to 4:2:0 by ffmpeg: this is about what the recorder loses.
        """
        shown = self.folder / "shown.rgb"
        shown.write_bytes(card.pixels)
        size = f"{card.width}x{card.height}"
        left, top, width, height = place
        cut = f"crop={width & ~1}:{height & ~1}:{left}:{top}:exact=1"
        halved = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+area,format=yuv420p"
        # The film's first picture is its slate.
        graph = f"[0]select=eq(n\\,1),{cut}[a];[1]{halved},{cut}[b];[a][b]ssim"
        command = ["ffmpeg", "-hide_banner", "-i", str(film), "-f", "rawvideo"]
        command += ["-pixel_format", "rgb24", "-video_size", size, "-i", str(shown)]
        told = subprocess.run(
            [*command, "-lavfi", graph, "-f", "null", "-"],
            capture_output=True,
            text=True,
            check=True,
        ).stderr
        luma, blue, red = (float(one) for one in re.findall(r"[YUV]:([\d.]+)", told)[-3:])
        return luma, min(blue, red)


@pytest.fixture(scope="module", params=_SHOWN, ids=lambda shown: "{}x{}-{}".format(*shown))
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    width, height, method = request.param
    with pytest.MonkeyPatch.context() as environment, x_server(f"{width}x{height}") as server:
        environment.setenv("DISPLAY", server)
        environment.delenv("WAYLAND_DISPLAY", raising=False)
        with painter(server) as one:
            one.hide_pointer()
            yield Stage(width, height, method, one, tmp_path_factory.mktemp("golden"))


def _farthest(stage: Stage, played: Card) -> int:
    """By how many levels of 255 any channel of any point of any field is off, margins apart."""
    farthest = 0
    for colour, (left, top, width, height) in cards.fields(stage.width, stage.height):
        inner = left + _MARGIN, width - _MARGIN
        if left + width < stage.width:
            inner = left + _MARGIN, width - 2 * _MARGIN
        last = stage.height if top + height == stage.height else top + height - _MARGIN
        for row in range(top + _MARGIN, last):
            points = played.row(inner[0], row, inner[1])
            for channel, level in enumerate(colour):
                levels = points[channel::3]
                farthest = max(farthest, max(levels) - level, level - min(levels))
    return farthest


def test_colours_of_flat_areas_are_exact_but_for_rounding(stage: Stage) -> None:
    """Two levels: 8 bits of luma and chroma in limited range, rounded, give no less.

    Half a step of Y is 0.6 levels of each channel, and half a step of Cb 1.1 of blue.
    """
    film = stage.filmed(cards.chart(stage.width, stage.height), _FINEST)
    assert _farthest(stage, stage.played(film)) <= 2


def test_the_usual_quantiser_moves_flat_colours_by_two_levels_more(stage: Stage) -> None:
    film = stage.filmed(cards.chart(stage.width, stage.height))
    assert _farthest(stage, stage.played(film)) <= 4


def test_text_lines_and_gradients_are_as_they_were(stage: Stage) -> None:
    card = cards.page(stage.width, stage.height)
    film = stage.filmed(card)
    for at, inks in enumerate(cards.INKS):
        luma, chroma = stage.similarity(film, card, cards.paper(at, stage.width))
        assert luma >= _LUMA_ALIKE, inks
        assert chroma >= _CHROMA_ALIKE, inks
    lines = 0, cards.LINES_TOP, stage.width, cards.LINES_HEIGHT
    gradient = 0, cards.GRADIENT_TOP, stage.width, stage.height - cards.GRADIENT_TOP
    assert stage.similarity(film, card, lines)[0] >= _LUMA_ALIKE
    assert min(stage.similarity(film, card, gradient)) >= _CHROMA_ALIKE


def test_a_thin_line_stays_one_point_wide_and_black(stage: Stage) -> None:
    card = cards.page(stage.width, stage.height)
    played = stage.played(stage.filmed(card))
    top = cards.LINES_TOP + 8 - 3
    across = [max(played.row(100, row, 1)) for row in range(top, top + 7)]
    assert across[3] < 24
    assert min(across[:3] + across[4:]) > 231
    down = [max(played.row(left, cards.LINES_TOP + 20, 1)) for left in range(92, 99)]
    assert down[3] < 24
    assert min(down[:3] + down[4:]) > 231


def test_the_film_says_how_its_colours_are_meant(stage: Stage) -> None:
    film = stage.filmed(cards.chart(stage.width, stage.height))
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(film)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    (stream,) = told["streams"]
    said = {name: value for name, value in stream.items() if name.startswith("color_")}
    assert said == {
        "color_range": "tv",
        "color_space": "bt709",
        "color_transfer": "bt709",
        "color_primaries": "bt709",
    }
    assert (stream["codec_name"], stream["profile"], stream["pix_fmt"]) == (
        "h264",
        "Constrained Baseline",
        "yuv420p",
    )
    even = stage.width + stage.width % 2, stage.height + stage.height % 2
    assert (stream["width"], stream["height"]) == even
    assert stream["codec_tag_string"] == "avc1"
