"""What central must not take: it says so, keeps it aside, shows it; the rest arrives."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.stage.display import wait_for
from central.media import keys
from contract.canonical import b64, unb64
from contract.manifest import from_json, to_json
from contract.policy import accept, publish
from contract.signing import key_id
from tests.e2e import evidence
from tests.e2e.filmed import PATIENCE, told_of
from tests.e2e.scene import Scene, Talk

assert sys.platform != "win32"  # the stage is made of X11 and D-Bus

pytestmark = pytest.mark.e2e


def test_a_recording_sealed_to_a_wrong_key_is_refused_and_shown(scene: Scene) -> None:
    with sealing_to_a_stranger(scene):
        refused = scene.short_call()
        why = quarantined(scene, refused)
    assert "we hold none of these keys" in why
    assert refused.call_id not in arrived(scene)
    row = refused_rows(scene, refused)
    assert "we hold none of these keys" in row
    arrives_next(scene)


def test_a_segment_forged_with_its_manifest_is_refused_and_shown(scene: Scene) -> None:
    with sending_held_up(scene):
        refused = scene.short_call()
        folder = spooled(scene, refused)
        flip(folder / "000.seg")
        manifest = from_json((folder / "manifest.json").read_bytes())
        digest = sha256((folder / "000.seg").read_bytes()).hexdigest()
        first = replace(manifest.segments[0], sha256=digest)
        forged = replace(manifest, segments=(first, *manifest.segments[1:]))
        (folder / "manifest.json").write_bytes(to_json(forged))
    why = quarantined(scene, refused)
    assert "000.seg" in why
    assert "000.seg" in refused_rows(scene, refused)
    arrives_next(scene)


def test_a_segment_that_was_touched_in_the_spool_is_never_taken(scene: Scene) -> None:
    with sending_held_up(scene):
        refused = scene.short_call()
        flip(spooled(scene, refused) / "000.seg")
    why = quarantined(scene, refused)
    assert why == "damaged here: 000.seg is not what was recorded"
    assert refused.call_id not in arrived(scene)
    assert aside(scene, refused).name in page(scene, "audit?tag=recording:damaged")
    arrives_next(scene)


@contextmanager
def sealing_to_a_stranger(scene: Scene) -> Iterator[None]:
    """For the block's length the desk follows a policy, well signed, that names a wrong key.

    It takes the agent's right to pause as well, so that one sees when it is followed.
    """
    path = scene.desk.state / "policy.json"
    good = path.read_bytes()
    ours = keys.load(scene.central.data / "keys")
    policy = accept(good, {key_id(ours.root_public): ours.root_public}, None)
    stranger = X25519PrivateKey.generate().public_key().public_bytes_raw()
    wrong = msgspec.structs.replace(
        policy,
        seal_to=(
            msgspec.structs.replace(policy.seal_to[0], kid=key_id(stranger), public=b64(stranger)),
        ),
        pausing=msgspec.structs.replace(policy.pausing, agent_may_pause=False),
    )
    assert unb64(wrong.seal_to[0].public) == stranger
    follows(scene, path, publish(wrong, ours.root), "Your rules do not let you pause.")
    try:
        yield
    finally:
        follows(scene, path, good, "There is no call to pause.")


def follows(scene: Scene, path: Path, policy: bytes, words: str) -> None:
    """Have the desk follow this policy: for an agent that signs in, the policy is looked at."""
    scene.play("sign_out")
    scene.until_tray_says("Signed out")
    put(path, policy)
    scene.sign_in(then=words)


@contextmanager
def sending_held_up(scene: Scene) -> Iterator[None]:
    """The uploader does nothing for the block's length."""
    scene.desk.signal("uploader", signal.SIGSTOP)
    try:
        yield
    finally:
        scene.desk.signal("uploader", signal.SIGCONT)


def put(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".other")
    draft.write_bytes(content)
    draft.replace(path)


def flip(path: Path) -> None:
    """One bit in the middle of the last frame."""
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 1
    path.write_bytes(content)


def spooled(scene: Scene, talk: Talk) -> Path:
    """The folder of a recording that is ready to be sent."""

    def ready() -> list[Path]:
        return [
            folder
            for folder in scene.desk.recordings()
            if (folder / "manifest.json").exists() and told_of(folder, talk.call_id)
        ]

    wait_for("the recording", ready, PATIENCE)
    return ready()[0]


def quarantined(scene: Scene, talk: Talk) -> str:
    """Why the desk has set this call's recording aside; the agent is told, too."""
    wait_for("the quarantine", lambda: aside(scene, talk).is_dir(), PATIENCE)
    scene.until_tray_says("It is set aside on this computer.")
    folder = aside(scene, talk)
    assert (folder / "000.seg").exists()  # nothing is thrown away
    return str(json.loads((folder / "why.json").read_bytes())["why"])


def aside(scene: Scene, talk: Talk) -> Path:
    """Where the desk keeps this call's recording aside; a folder that is not there, if nowhere."""
    place = scene.desk.spool / "quarantine"
    for folder in place.iterdir():
        if told_of(folder, talk.call_id):
            return folder
    return place / "nothing"


def arrived(scene: Scene) -> set[str]:
    """The calls of which central has a recording that it takes for good."""
    query = "SELECT call_id FROM store_recording WHERE state IN ('received', 'playable')"
    return {row["call_id"] for row in evidence.rows(scene.central, query)}


def refused_rows(scene: Scene, talk: Talk) -> str:
    """What an admin reads about this call's recording on central's page of refused uploads."""
    query = "SELECT recording_id FROM store_recording WHERE call_id = ? AND state = 'failed'"
    (row,) = evidence.rows(scene.central, query, talk.call_id)
    shown = page(scene, "refused").splitlines()
    lines = [line for line in shown if row["recording_id"] in line]
    assert lines
    return "\n".join(lines)


def page(scene: Scene, name: str) -> str:
    """One of central's pages, as an admin reads it."""
    with scene.central.visit("ada.admin") as session:
        answer = session.get(f"{scene.central.url}/{name}", timeout=PATIENCE)
    assert answer.ok
    return answer.text


def arrives_next(scene: Scene) -> None:
    """The next call's recording is not harmed."""
    talk = scene.short_call()
    ((one,),) = scene.received(talk)
    assert one.segments
