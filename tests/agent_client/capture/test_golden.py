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
from agent_client.core.events import Event
from tests.agent_client.capture import cards
from tests.agent_client.capture.cards import Card, Place
from tests.agent_client.capture.desktops import Painter, painter, x_server
from tests.agent_client.capture.staging import (
    Recorded,
    capture_settings,
    closing,
    faults,
    opened_segment,
    until,
)
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
    films: dict[tuple[Card, int], Path]

    def filmed(self, card: Card, quantiser: int = _USUAL) -> Path:
        """A segment's MP4 of it; each is made once."""
        if (card, quantiser) not in self.films:
            film = self.folder / f"{len(self.films)}.mp4"
            film.write_bytes(self._recorded(card, quantiser))
            self.films[card, quantiser] = film
        return self.films[card, quantiser]

    def _recorded(self, card: Card, quantiser: int) -> bytes:
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
        recorded.order(closing(recording_id))
        recorded.manifest(recording_id)
        thread.stop()
        assert faults(events) == []
        return opened_segment(sealed)

    def played(self, film: Path) -> Card:
        """The last picture in the colours that the film signals; its padding is cut off."""
        exact = "scale=flags=accurate_rnd+full_chroma_int+bicubic,format=rgb24"
        cut = f"crop={self.width}:{self.height}:0:0:exact=1"
        command = ["ffmpeg", "-v", "error", "-i", str(film), "-vf", f"{exact},{cut}"]
        done = subprocess.run([*command, "-f", "rawvideo", "-"], capture_output=True, check=True)
        return Card(self.width, self.height, done.stdout[-self.width * self.height * 3 :])

    def likeness(self, film: Path, card: Card, places: list[Place]) -> list[tuple[float, float]]:
        """SSIM of each part: of luma, and the lesser one of chroma.

        The picture shown is brought to 4:2:0 by ffmpeg: this is about what the recorder loses.
        """
        shown = self.folder / "shown.rgb"
        shown.write_bytes(card.pixels)
        halved = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+area,format=yuv420p"
        count, parts, outputs = len(places), [], []
        for at, (left, top, width, height) in enumerate(places):
            cut = f"crop={width & ~1}:{height & ~1}:{left}:{top}:exact=1"
            parts.append(f"[f{at}]{cut}[a{at}];[s{at}]{cut}[b{at}];[a{at}][b{at}]ssim[o{at}]")
            outputs += ["-map", f"[o{at}]", "-f", "null", "-"]
        filmed, drawn = ("".join(f"[{one}{at}]" for at in range(count)) for one in "fs")
        # The film's first picture is its slate.
        graph = f"[0]select=eq(n\\,1),split={count}{filmed};[1]{halved},split={count}{drawn};"
        command = ["ffmpeg", "-hide_banner", "-i", str(film), "-f", "rawvideo", "-pixel_format"]
        command += ["rgb24", "-video_size", f"{card.width}x{card.height}", "-i", str(shown)]
        told = subprocess.run(
            [*command, "-filter_complex", graph + ";".join(parts), *outputs],
            capture_output=True,
            text=True,
            check=True,
        ).stderr
        found = re.findall(r"ssim_(\d+) .*Y:([\d.]+) .*U:([\d.]+) .*V:([\d.]+) ", told)
        assert len(found) == count
        ordered = sorted((int(number), *map(float, rest)) for number, *rest in found)
        return [(luma, min(blue, red)) for _, luma, blue, red in ordered]


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
            yield Stage(width, height, method, one, tmp_path_factory.mktemp("golden"), {})


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


def test_the_usual_quantiser_moves_flat_colours_by_one_level_more(stage: Stage) -> None:
    film = stage.filmed(cards.chart(stage.width, stage.height))
    assert _farthest(stage, stage.played(film)) <= 3


def test_text_lines_and_gradients_are_as_they_were(stage: Stage) -> None:
    card = cards.page(stage.width, stage.height)
    lines = 0, cards.LINES_TOP, stage.width, cards.LINES_HEIGHT
    gradient = 0, cards.GRADIENT_TOP, stage.width, stage.height - cards.GRADIENT_TOP
    papers = [cards.paper(at, stage.width) for at in range(len(cards.INKS))]
    alike = stage.likeness(stage.filmed(card), card, [*papers, lines, gradient])
    for part, (luma, chroma) in zip([*cards.INKS, "lines", "gradient"], alike, strict=True):
        assert luma >= _LUMA_ALIKE, part
        assert chroma >= _CHROMA_ALIKE, part


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
