"""A desk at a site whose Genesys Web Services are on premises: the same call, by API v2."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.stage.display import wait_for
from contract.manifest import EndReason
from tests.e2e.filmed import PATIENCE
from tests.e2e.scene import House, Scene

pytestmark = pytest.mark.e2e

_OF_V3 = ("POST /auth/v3/oauth/token", "POST /workspace/v3/initialize-workspace")


@pytest.fixture(scope="module")
def scene(house: House) -> Iterator[Scene]:
    with house.desk("v2", gws_api="v2") as scene:
        yield scene


def test_a_call_on_premises_is_recorded_paused_and_wrapped_up(scene: Scene) -> None:
    workspace = scene.house.workspace
    asked = [workspace.asked(request) for request in _OF_V3]
    talk = scene.ring()
    talk.answer()
    talk.goes_on(1)
    talk.play("hold")
    talk.goes_on(0.5)
    talk.play("retrieve")
    talk.play("pause_recording")  # in Workspace itself
    talk.until_paused()
    talk.show_card(2)
    talk.resume()  # in the tray
    talk.pause()
    wait_for("the order", lambda: orders(scene, talk.call_id) == 2, PATIENCE)
    talk.resume()
    talk.goes_on(0.5)
    talk.ends(after_call_work=1)
    ((recorded,),) = scene.received(talk)
    manifest = recorded.manifest
    assert talk.is_whole(manifest)
    assert manifest.end_reason is EndReason.WRAPPED_UP
    assert len(manifest.pauses) == len(talk.pauses) == 2
    talk.deliver_voice()
    assert talk.film().seen.card_frames == 0
    assert [workspace.asked(request) for request in _OF_V3] == asked


def orders(scene: Scene, call_id: str) -> int:
    return scene.house.workspace.asked(f"POST /api/v2/me/calls/{call_id}")
