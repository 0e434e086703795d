"""Recordings in which monitors came, went or turned, as the desk makes them: still one film."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from decimal import Decimal

import av
import pytest

from agent_client.capture.film import Film, Seen
from agent_client.capture.screen import Layout, Rectangle
from agent_client.capture.syncing import Syncing
from central.media.film import FilmMade, Screen, make_film
from central.media.vault import Vault
from contract.manifest import EndReason, Manifest, PauseReason, from_json
from contract.selection import decide
from tests.agent_client.capture.staging import Frame, capture_settings, frames_of, patch_of
from tests.central.media import calls
from tests.central.media.calls import NOON, Lock, seconds
from uploader.spool import Opening, Spool

_ID = "11111111-2222-4333-8444-555555555555"
_RED, _GREEN, _BLUE, _WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
_BLACK = (0, 0, 0)
_CANVAS = 320, 240
# When, how big the desktop was then, its colour, and where it lies on the canvas.
_VIEWS = [
    (0.0, (320, 240), _RED, Rectangle(0, 0, 320, 240)),
    (2.0, (640, 240), _GREEN, Rectangle(0, 60, 320, 120)),  # a second monitor: scaled
    (4.0, (240, 320), _BLUE, Rectangle(70, 0, 180, 240)),  # turned: scaled
    (6.0, (201, 151), _WHITE, Rectangle(58, 44, 201, 151)),  # one left: in its own size
    (8.0, (320, 240), _RED, Rectangle(0, 0, 320, 240)),
]


@pytest.fixture(scope="module")
def lock() -> Lock:
    return Lock()


@pytest.fixture(scope="module")
def recording(lock: Lock, tmp_path_factory: pytest.TempPathFactory) -> Screen:
    """Ten seconds, as the desk writes them."""
    root = tmp_path_factory.mktemp("spool")
    spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
    opening = Opening(
        recording_id=_ID,
        call_id="CALL-1",
        agent_id="A1",
        device_id="D1",
        started_at=NOON,
        clock_offset=timedelta(0),
        clock_round_trip=timedelta(0),
        decision=decide("CALL-1", Decimal(100), "salt"),
        client_version="0",
    )
    syncing = Syncing(time.monotonic)
    syncing.start()
    settings = capture_settings(recipients=tuple(lock.recipients))
    began = 1000.0123
    film = Film(
        spool.create(opening),
        settings,
        syncing=syncing,
        now=began,
        reasons=frozenset({PauseReason.ASKED}),
    )
    film.resume(began)
    for at, (width, height), colour, _ in _VIEWS:
        layout = Layout(width, height, ((0, 0, width, height),))
        patch = patch_of(Rectangle(0, 0, width, height), colour)
        film.see(Seen([patch], layout, settings.quantiser), began + at + 0.0007, lambda: True)
    film.close(began + 10, EndReason.WRAPPED_UP)
    syncing.stop()
    manifest: Manifest = from_json(spool.manifest_bytes(_ID))
    return Screen(manifest, tuple(sorted((root / _ID).glob("*.seg"))))


@pytest.fixture(scope="module")
def made(
    recording: Screen, lock: Lock, tmp_path_factory: pytest.TempPathFactory
) -> tuple[FilmMade, bytes]:
    folder = tmp_path_factory.mktemp("film")
    made = make_film(calls.inputs([recording]), lock.keys, lock.recipients, folder)
    with Vault(made.files[0].path, lock.keys) as vault:
        return made, b"".join(vault.read_range(0, vault.size))


def _seconds(frame: Frame, clear: bytes) -> float:
    with av.open(io.BytesIO(clear), "r") as container:
        return float(frame.at * (container.streams.video[0].time_base or 0))


def test_views_that_change_leave_one_film_of_one_size_copied_and_not_encoded(
    made: tuple[FilmMade, bytes], recording: Screen
) -> None:
    assert len(recording.manifest.segments) == len(_VIEWS)
    assert made[0].facts["video"] == "h264 avc1 320x240"
    assert made[0].length == seconds(10)


def test_each_view_is_seen_in_its_time_where_the_manifest_says(
    made: tuple[FilmMade, bytes], recording: Screen
) -> None:
    frames = frames_of(made[1])
    assert {(frame.width, frame.height) for frame in frames} == {_CANVAS}
    places = [Rectangle(*view.place) for view in recording.manifest.views]
    assert places == [place for _, _, _, place in _VIEWS]
    for at, _, colour, place in _VIEWS:
        (*_, shown) = (frame for frame in frames if _seconds(frame, made[1]) <= at + 1)
        assert shown.is_about(colour, (place.left + 4, place.top + 4))
        assert shown.is_about(colour, (place.left + place.width - 5, place.top + place.height - 5))
        if place.top:
            assert shown.is_about(_BLACK, (160, place.top - 4))
        if place.left:
            assert shown.is_about(_BLACK, (place.left - 4, 120))


def test_nothing_but_the_desktop_is_seen_where_one_view_follows_another(
    made: tuple[FilmMade, bytes],
) -> None:
    colours = {colour for _, _, colour, _ in _VIEWS}
    shown = [frame for frame in frames_of(made[1]) if 0.001 < _seconds(frame, made[1]) < 9.9]
    assert len(shown) == len(_VIEWS)
    assert all(any(frame.is_about(one, (160, 120)) for one in colours) for frame in shown)
