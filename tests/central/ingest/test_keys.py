"""A key is replaced by a command, under a central that serves and desks that go on."""

from __future__ import annotations

import os

import pytest

from contract.manifest import Manifest
from contract.protocol import segment_name
from tests.central.serving import Central, Desk, manifest_of, sealed

pytestmark = pytest.mark.e2e


def _brought(desk: Desk) -> Manifest:
    """A recording whose files are at central, sealed as the desk's policy says."""
    content = sealed(desk.recipients(), os.urandom(5000))
    manifest = manifest_of(desk, [content])
    desk.send(f"{manifest.recording_id}/{segment_name(0)}", content)
    return manifest


def test_what_was_sealed_before_and_comes_after_is_received(own_central: Central) -> None:
    desk = own_central.enrol()
    before = desk.recipients()
    early = _brought(desk)
    rotated = own_central.run("keys", "rotate", "seal", "--json")
    after = desk.recipients()
    assert [one.kid for one in after] == [rotated["key"], before[1].kid]
    assert desk.receipt(desk.finish(early)).recording_id == early.recording_id
    late = _brought(desk)
    assert desk.receipt(desk.finish(late)).recording_id == late.recording_id
    listed = own_central.run("keys", "list", "--json")["keys"]
    found = {one["key"]: (one["standing"], one["files"]) for one in listed}
    assert found[before[0].kid] == ("replaced", 1)
    assert found[rotated["key"]] == ("in use", 1)
    assert found[before[1].kid] == ("in use", 2)
