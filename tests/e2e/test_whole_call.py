"""Calls from ring to film, as a person at central sees and hears them."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import av
import pytest
from PIL import Image

from bench.stage.display import screenshot, wait_for
from contract.manifest import PauseReason
from tests.e2e import evidence
from tests.e2e.evidence import Received
from tests.e2e.filmed import PATIENCE
from tests.e2e.films import Film
from tests.e2e.scene import CARD, Scene, Talk

pytestmark = pytest.mark.e2e

_SLIP = 0.5  # seconds; pictures come five times a second, voice starts with a message
_HUSH = 0.6  # seconds; what was to be silent is silent a little longer


@dataclass(frozen=True)
class Played:
    """A call that is over, and its film."""

    talk: Talk
    received: list[Received]
    film: Film
    paused: tuple[float, float]  # when Workspace's own recorder paused, in seconds of the film


def paused(talk: Talk, film: Film) -> tuple[float, float]:
    """By Workspace's word, on the film's clock (its voice starts the film)."""
    (pause,) = talk.told["voice"]["pauses"]
    start = datetime.fromisoformat(talk.told["voice"]["started_at"])
    begins = start - timedelta(microseconds=film.timeline["facts"]["voice_at_us"])
    since, until = (datetime.fromisoformat(pause[key]) - begins for key in ("since", "until"))
    return since.total_seconds(), until.total_seconds()


@pytest.fixture(scope="module")
def selected(scene: Scene, proof: Path) -> Played:
    """Ring, answer, hold, retrieve, pause, card number, resume, release, wrap-up, ready."""
    talk = scene.ring()
    talk.answer()
    talk.flash()
    talk.play("attach", key="Reason", value="Invoice")
    talk.play("hold")
    talk.flash()
    talk.play("retrieve")
    talk.flash()
    talk.pause()
    scene.house.desktop.do(f"card {CARD}")
    screenshot(scene.house.env, proof)
    talk.show_card(1.0)
    talk.resume()
    talk.goes_on(_HUSH)
    talk.flash()
    talk.ends(after_call_work=2)
    return finished(scene, talk)


@pytest.fixture(scope="module")
def unselected(scene: Scene, selected: Played) -> Played:
    """The same without a picture; played after the selected one."""
    assert selected
    talk = scene.ring(selected=False)
    talk.answer()
    talk.flash()
    talk.pause()
    talk.show_card(1.0)
    talk.resume()
    talk.goes_on(_HUSH)
    talk.flash()
    talk.ends()
    return finished(scene, talk)


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of the screen with the card number on it."""
    return tmp_path_factory.mktemp("proof") / "card.png"


def finished(scene: Scene, talk: Talk) -> Played:
    """Wait for all that central gets, and for the film."""
    (received,) = scene.received(talk)
    wait_for("the masks", lambda: ended(evidence.masks(scene.central, talk.call_id)), PATIENCE)
    talk.deliver_voice()  # only now: a film that is made before has other silence
    film = talk.film(lambda timeline: bool(timeline["silence"]))
    return Played(talk, received, film, paused(talk, film))


def ended(masks: list[tuple[datetime, datetime | None]]) -> bool:
    """Whether central knows the pause from its beginning to its end."""
    return bool(masks) and all(until for _, until in masks)


def test_a_selected_call_arrives_once_and_whole(selected: Played) -> None:
    (one,) = selected.received
    assert [pause.reasons for pause in one.manifest.pauses] == [(PauseReason.ASKED,)]
    assert len(one.segments) == 2


def test_the_film_is_as_long_as_the_call_with_its_after_call_work(selected: Played) -> None:
    talk, (one,) = selected.talk, selected.received
    assert talk.is_whole(one.manifest)
    call = one.manifest.started_at + one.manifest.duration - talk.time("answered_at")
    assert selected.film.seen.seconds == pytest.approx(call.total_seconds(), abs=_SLIP)


def test_pictures_are_copied_and_never_coded_again(selected: Played) -> None:
    recorded = [
        packet
        for segment in selected.received[0].segments
        for packet in evidence.packets(io.BytesIO(segment))
    ]
    film = list(evidence.packets(str(selected.film.path)))
    rest = iter(film)
    assert all(packet in rest for packet in recorded)  # all of them, in their order
    assert set(film) == set(recorded)  # and nothing else: slates too are the desk's


def test_voice_is_stereo_aac(selected: Played) -> None:
    assert selected.film.seen.codecs == ("h264", "aac")
    assert selected.film.seen.channels == 2


def test_the_card_number_is_in_no_picture(selected: Played) -> None:
    assert selected.film.seen.frames > 20
    assert selected.film.seen.card_frames == 0


def test_the_card_number_cannot_be_read_around_the_pause(
    selected: Played, proof: Path, tmp_path: Path
) -> None:
    assert digits(CARD) in digits(read(proof))  # it was there to be read
    since, until = selected.paused
    pictures = list(stills(selected.film.path, since - 0.5, until + 0.7, tmp_path))
    assert len(pictures) >= 3
    for picture in pictures:
        assert not any(part in read(picture) for part in CARD.split())


def test_nothing_but_silence_is_heard_in_the_pause(selected: Played) -> None:
    assert is_silent(selected)


def test_hold_does_not_pause(selected: Played) -> None:
    film = selected.film.seen
    assert len(selected.talk.flashes) == len(film.flashes) == len(film.beeps) == 4
    assert len([span for span in film.quiet if span[1] < selected.paused[0]]) == 0


def test_picture_and_sound_fit(selected: Played) -> None:
    assert all(selected.film.seen.marked(beep, slip=0.1) for beep in selected.film.seen.beeps)


def test_an_unselected_call_has_no_picture_and_no_screen_file(unselected: Played) -> None:
    assert unselected.film.seen.width == 0
    assert unselected.film.seen.codecs == ("aac",)
    assert [one.segments for one in unselected.received] in ([], [()])


def test_pausing_an_unselected_call_silences_its_voice(unselected: Played) -> None:
    assert is_silent(unselected)
    assert len(unselected.film.seen.beeps) == 2  # before and after, all is heard


def is_silent(played: Played) -> bool:
    """Whether the film says nothing in the pause."""
    since, until = played.paused
    return any(a <= since + 0.1 and b >= until - 0.1 for a, b in played.film.seen.quiet)


def stills(film: Path, since: float, until: float, folder: Path) -> Iterator[Path]:
    """The film's pictures between two times, as BMP, which is quickly written."""
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            if since <= float(frame.time or 0) <= until:
                path = folder / f"{frame.pts}.bmp"
                picture = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves it so
                picture.save(path)
                yield path


def read(picture: Path) -> str:
    """What tesseract reads where the card number was shown."""
    banner = picture.with_suffix(".banner.png")
    with Image.open(picture) as whole:
        width, height = whole.size
        shown = whole.crop((width // 10, height // 3, width * 9 // 10, height // 3 + 260))
        shown.convert("L").reduce(2).save(banner)
    done = subprocess.run(
        ["tesseract", str(banner), "-", "--psm", "6"],
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads get into each other's way
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
