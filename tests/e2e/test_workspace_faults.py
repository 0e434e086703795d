"""What goes wrong between Workspace and the desk: each call is still recorded, once, as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from bench.stage.display import wait_for
from contract.manifest import EndReason, Manifest
from tests.e2e.evidence import Received
from tests.e2e.filmed import PATIENCE
from tests.e2e.scene import Scene, Talk

pytestmark = pytest.mark.e2e


def only(found: list[list[Received]]) -> Manifest:
    """The one recording of the one call."""
    ((one,),) = found
    return one.manifest


def faults(scene: Scene, **faults: object) -> None:
    scene.play("faults", **faults)


# The more faults there were of late, the longer the desk waits before it asks Workspace again. So
# tests that cut the connection stand apart.


def test_recording_goes_on_when_workspace_is_restarted_in_mid_call(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(0.5)
    with listed_again(scene):
        scene.play("restart", forget_tokens=True)
    talk.flash()
    talk.ends()
    recorded = only(scene.received(talk))
    assert not recorded.pauses
    assert talk.is_whole(recorded)


def test_messages_heard_twice_make_one_recording(scene: Scene) -> None:
    faults(scene, duplicate=1000)
    talk = scene.short_call()
    assert only(scene.received(talk)).end_reason is EndReason.WRAPPED_UP


def test_after_call_work_heard_before_the_release_is_still_one_recording(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(1)
    faults(scene, reorder=1)  # the release is overtaken by what follows it
    talk.play("release")
    scene.play("wrap_up")
    talk.goes_on(1)
    talk.completes()
    assert only(scene.received(talk)).duration > timedelta(seconds=1.5)


def test_a_listing_overtaken_by_the_pause_unpauses_nothing(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(0.5)
    faults(scene, slow_listing=3)
    with listed_again(scene):
        scene.play("forget_clients")
    talk.pause()  # the answer, on its way for three seconds, says that voice is recorded
    talk.show_card(4)
    faults(scene, slow_listing=0)
    talk.resume()
    talk.ends()
    paused_and_hidden(scene, talk)


def test_a_stale_listing_unpauses_nothing(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(0.5)
    scene.play("freeze_listing")  # from now on: voice is recorded
    talk.pause()
    with listed_again(scene):
        scene.play("restart")
    talk.show_card(2)
    faults(scene, stale_listing=False)
    talk.resume()
    talk.ends()
    paused_and_hidden(scene, talk)


def test_after_call_work_that_comes_late_belongs_to_the_same_recording(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(0.5)
    talk.play("release")
    talk.goes_on(1.5)
    scene.play("wrap_up")
    scene.until_tray_says("after-call work")
    talk.goes_on(1.5)
    talk.completes()
    recorded = only(scene.received(talk))
    assert talk.is_whole(recorded)


def test_a_lost_answer_is_mended_by_what_is_heard_next(scene: Scene) -> None:
    talk = scene.ring()
    faults(scene, lose=1)
    talk.answer()
    talk.goes_on(0.5)
    talk.ends()
    assert only(scene.received(talk)).segments


def test_the_pause_stands_when_the_connection_is_cut(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(0.5)
    talk.pause()
    scene.play("drop_connections")
    talk.show_card(1.5)
    talk.resume()
    talk.ends()
    paused_and_hidden(scene, talk)


def test_a_lost_release_does_not_leave_the_recording_open(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    talk.goes_on(0.5)
    faults(scene, lose=1)
    talk.ends()
    assert only(scene.received(talk)).segments


def test_a_call_of_which_nothing_was_heard_is_recorded_after_the_next_listing(
    scene: Scene,
) -> None:
    faults(scene, lose=1000)
    talk = scene.ring()
    talk.play("answer")
    faults(scene, lose=0)
    scene.play("forget_clients")
    talk.until_recording()
    talk.goes_on(0.5)
    talk.ends()
    assert only(scene.received(talk)).segments


def test_what_is_malformed_or_never_seen_before_changes_nothing(scene: Scene) -> None:
    talk = scene.ring()
    talk.answer()
    odd: list[tuple[str, Any]] = [
        ("/workspace/v3/voice", {"messageType": "CallStateChanged"}),
        ("/workspace/v3/voice", {"messageType": "CallStateChanged", "call": {"state": "Released"}}),
        ("/workspace/v3/voice", {"messageType": "CallStateChanged", "call": [1, 2]}),
        ("/workspace/v3/voice", {"messageType": "DnStateChanged", "dn": None}),
        ("/workspace/v3/voice", {"messageType": "SupervisorDreamt", "of": "sheep"}),
        ("/workspace/v3/voice", {"call": {"callUuid": talk.call_id, "state": "Teleported"}}),
        ("/workspace/v3/nonsense", {}),
    ]
    for channel, data in odd:
        scene.play("say", channel=channel, data=data)
    with listed_again(scene):
        faults(scene, garbage=1, errors=1)
        scene.play("drop_connections")
    talk.until_recording()  # still
    talk.ends()
    recorded = only(scene.received(talk))
    assert not recorded.pauses
    assert recorded.end_reason is EndReason.WRAPPED_UP


@contextmanager
def listed_again(scene: Scene) -> Iterator[None]:
    """At the end, wait until the desk has asked Workspace anew what is true."""
    before = asked(scene)
    yield
    wait_for("a listing", lambda: asked(scene) > before, PATIENCE)


def asked(scene: Scene) -> int:
    return scene.house.workspace.asked("GET /workspace/v3/current-session")


def paused_and_hidden(scene: Scene, talk: Talk) -> None:
    """One recording with one pause, and no card in the film."""
    talk.deliver_voice()
    recorded = only(scene.received(talk))
    assert len(recorded.pauses) == 1
    assert recorded.pauses[0].duration > timedelta(seconds=1.5)
    film = talk.film()
    assert film.seen.frames > 3
    assert film.seen.card_frames == 0
