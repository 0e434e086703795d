"""What happened during a recording is told in its manifest, also after a crash."""

from __future__ import annotations

from pathlib import Path

from contract.manifest import EndReason, PauseReason, Trouble, View, from_json, to_json
from tests.uploader.spool.staging import ASKED, LOCKED, an_opening, at, spool_in


def test_each_change_of_a_pauses_reasons_is_kept(tmp_path: Path) -> None:
    folder = spool_in(tmp_path).create(an_opening())
    folder.begin_pause(at(0), LOCKED)
    folder.begin_pause(at(2), LOCKED | ASKED)
    folder.begin_pause(at(3), ASKED)
    manifest = folder.finish(at(4), EndReason.WRAPPED_UP, [], None)
    assert [(pause.duration, pause.reasons) for pause in manifest.pauses] == [
        (at(2), (PauseReason.LOCKED,)),
        (at(1), (PauseReason.ASKED, PauseReason.LOCKED)),
        (at(1), (PauseReason.ASKED,)),
    ]


_ONE = View(at(0), 1920, 1080, ((0, 0, 1920, 1080),), (0, 0, 1920, 1080))
_TWO = View(
    at(3), 3840, 1080, ((0, 0, 1920, 1080), (1920, 0, 1920, 1080)), place=(0, 270, 1920, 540)
)


def test_what_the_canvas_shows_and_what_troubled_it_is_told(tmp_path: Path) -> None:
    folder = spool_in(tmp_path).create(an_opening())
    folder.change_view(_ONE)
    folder.begin_trouble(at(1), "screen-black")
    folder.begin_trouble(at(2), "disk-slow")
    folder.change_view(_TWO)
    folder.end_trouble(at(4), "screen-black")
    folder.begin_trouble(at(5), "screen-black")
    manifest = folder.finish(at(9), EndReason.WRAPPED_UP, [], None)
    assert manifest.views == (_ONE, _TWO)
    assert manifest.troubles == (
        Trouble(at(1), at(3), "screen-black"),
        Trouble(at(2), at(7), "disk-slow"),
        Trouble(at(5), at(4), "screen-black"),
    )
    assert from_json(to_json(manifest)) == manifest


def test_a_crash_in_a_trouble_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    folder.begin_pause(at(0), LOCKED)
    folder.change_view(_ONE)
    folder.begin_trouble(at(1), "screen-black")
    folder.passed(at(11))
    folder.abandon()
    manifest = spool.salvage(folder.recording_id)
    assert manifest is not None
    assert manifest.views == (_ONE,)
    assert manifest.troubles == (Trouble(at(1), at(10), "screen-black"),)
