"""The machine's service lets a user's uploader have the spool, whatever central does meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.uploader.central_faults import slowly
from tests.uploader.desk_program import until
from tests.uploader.false_central import Apply, FalseCentral, Handler
from tests.uploader.in_process import DeskHere
from tests.uploader.recordings import spooled
from uploader.app import Uploader
from uploader.app.standing import Standing
from uploader.central.masks import MaskQueue
from uploader.spool import AlreadyRunningError, durable


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


def _enrolled(desk: DeskHere) -> Standing:
    """The service's own desk."""
    own = Uploader(replace(desk.settings, state=desk.state.parent / "own"), desk.secrets)
    own.once()
    return own._board.now  # what `desk_of` reads from disk


def _is_free(desk: DeskHere) -> bool:
    try:
        desk.spool.lock("uploader").close()
    except AlreadyRunningError:
        return False
    return True


def test_the_spool_is_let_go_in_a_process_that_goes_on_once_central_has_answered(
    tmp_path: Path, central: FalseCentral
) -> None:
    desk = DeskHere(tmp_path, central)
    standing = _enrolled(desk)
    spooled(desk.spool, 1000)
    answers = threading.Event()

    def late(_handler: Handler, apply: Apply) -> None:
        answers.wait(60)
        apply()

    central.fail("PATCH", "/", late, times=1)
    carrier = Uploader(desk.settings, desk.secrets, by="service")
    carrier.carry(standing, lambda: bool(central.count("PATCH", "/uploads")))
    assert not _is_free(desk)  # central still answers: nobody else may write there
    answers.set()
    until(lambda: _is_free(desk))


def test_who_wants_the_spool_does_not_wait_for_all_that_central_is_to_be_told(
    tmp_path: Path, central: FalseCentral
) -> None:
    desk = DeskHere(tmp_path, central)
    standing = _enrolled(desk)
    masks = MaskQueue(desk.state / "masks.json", durable.write_whole)
    at = standing.policy.issued_at if standing.policy else None
    assert at is not None
    for number in range(9):
        masks.heard(f"call-{number}", "agent-1", at + timedelta(seconds=number), silent=True)
    central.fail("POST", "/desk/masks", slowly(1), times=9)
    carrier = Uploader(desk.settings, desk.secrets, by="service")
    carrier.carry(standing, lambda: bool(central.count("POST", "/desk/masks")))
    until(lambda: _is_free(desk))
    told = central.count("POST", "/desk/masks")
    left = MaskQueue(desk.state / "masks.json", durable.write_whole).waiting()
    assert left == 9 - told > 0
