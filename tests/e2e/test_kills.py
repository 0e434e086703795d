"""The desk's programs are killed with -9, at any moment; they come back and lose nearly nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.stage.display import wait_for
from contract.manifest import EndReason
from tests.e2e.filmed import PATIENCE
from tests.e2e.scene import AGENT, CARD, Scene, Talk

pytestmark = pytest.mark.e2e

_LOST = timedelta(seconds=3)  # of the open segment, at most


def test_the_client_killed_in_mid_call_comes_back_and_one_film_has_both_parts(
    scene: Scene,
) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(1)
    talk.flash()
    talk.goes_on(2)
    kill_client(scene)
    talk.until_recording()
    talk.flash()
    talk.ends()
    talk.deliver_voice()
    ((first, second),) = scene.received(talk)
    assert first.manifest.end_reason is EndReason.SALVAGED
    assert first.manifest.duration > timedelta(seconds=3.8) - _LOST
    assert second.manifest.end_reason is EndReason.WRAPPED_UP
    ids = {first.manifest.recording_id, second.manifest.recording_id}
    film = talk.film(lambda timeline: set(timeline["facts"]["recordings"]) == ids)
    assert len(film.seen.flashes) == len(film.seen.beeps) == 2
    assert all(film.seen.marked(beep, slip=0.1) for beep in film.seen.beeps)


def test_the_client_killed_in_a_pause_stays_paused(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.until_filmed()
    talk.pause()
    kill_client(scene)
    scene.house.desktop.do(f"card {CARD}")
    scene.until_tray_says("Paused")
    talk.show_card(2)
    talk.resume()
    talk.until_filmed()
    talk.ends()
    talk.deliver_voice()
    (found,) = scene.received(talk)
    assert any(one.segments for one in found)
    ids = {one.manifest.recording_id for one in found if one.segments}
    film = talk.film(lambda timeline: set(timeline["facts"]["recordings"]) >= ids)
    assert film.seen.frames > 5
    assert film.seen.card_frames == 0
    assert longest_silence(talk, film.seen.quiet)


def test_the_uploader_may_be_killed_while_a_call_is_recorded(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(0.5)
    kill_uploader(scene)
    talk.ends()
    ((one,),) = scene.received(talk)
    assert one.segments
    assert not one.manifest.pauses


def test_the_uploader_may_be_killed_while_it_sends(scene: Scene) -> None:
    scene.central.kill()
    talks = [scene.short_call(), scene.short_call()]
    scene.until_tray_says("Send 2 waiting recordings now")
    before = scene.files_at_central()
    scene.central.start()
    scene.until_uploading(before, 1)
    kill_uploader(scene)
    scene.until_uploading(before, 3)
    kill_uploader(scene)
    found = scene.received(*talks)
    assert [len(of_call) for of_call in found] == [1, 1]


def kill_uploader(scene: Scene) -> None:
    """-9; the client starts another."""
    scene.desk.kill("uploader")
    wait_for("another uploader", lambda: scene.desk.uploader().get("running"), PATIENCE)


def kill_client(scene: Scene) -> None:
    """-9; the uploader starts another, and Workspace signs in again when it pings."""
    scene.desk.kill("agent_client")
    wait_for("another client", lambda: scene.desk.pids("agent_client"), PATIENCE)
    scene.until_tray_says(f"Signed in to Workspace as {AGENT}")


def longest_silence(talk: Talk, quiet: tuple[tuple[float, float], ...]) -> bool:
    """Whether the film is silent for as long as Workspace's own recorder paused."""
    ((since, until),) = talk.pauses
    return any(b - a >= (until - since).total_seconds() for a, b in quiet)
