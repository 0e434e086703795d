"""Central goes, at any moment, by -9; when it is back everything arrives, once."""

from __future__ import annotations

import pytest

from bench.stage.display import wait_for
from tests.e2e.filmed import PATIENCE
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e


def test_a_call_is_recorded_and_arrives_though_central_was_killed_meanwhile(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(1)
    scene.central.kill()
    talk.goes_on(1)
    talk.ends()
    scene.until_tray_says("Central cannot be reached")
    scene.central.start()
    scene.until_sent()
    ((one,),) = scene.received(talk)
    assert one.segments


def test_uploads_survive_the_death_of_central_at_every_step(scene: Scene) -> None:
    scene.central.kill()
    talks = [scene.short_call() for _ in range(3)]
    wait_for("three recordings", lambda: len(scene.desk.recordings()) == 3, PATIENCE)
    before = scene.files_at_central()
    for growth in (1, 2, 4):  # files, sealed ones of segments and details
        scene.central.start()
        scene.until_uploading(before, growth)
        scene.central.kill()
    scene.central.start()
    scene.until_sent()
    found = scene.received(*talks)
    assert '"faults": []' in scene.central.command("check", "--json", "--depth", "hash")
    assert [len(of_call) for of_call in found] == [1, 1, 1]


def test_a_desk_that_starts_without_central_records_all_the_same(scene: Scene) -> None:
    scene.central.kill()
    scene.desk.end("agent_client")
    scene.desk.end("uploader")
    with scene.desk.running(scene.house.env):
        scene.sign_in()
        talk = scene.short_call()
        scene.central.start()
        scene.until_sent()
        ((one,),) = scene.received(talk)
    assert one.segments
