"""A whole uploader, and a central at two addresses of which one dies."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.uploader.desk_program import until
from tests.uploader.false_central import Apply, FalseCentral, Handler
from tests.uploader.in_process import DeskHere
from tests.uploader.network import Door, door
from tests.uploader.recordings import contents, spooled
from uploader.app import sending

MIB = 1024 * 1024


def at_two(folder: Path, central: FalseCentral, primary: Door, peer: Door) -> DeskHere:
    central.url = primary.url
    desk = DeskHere(folder, central)
    text = desk.config.read_text()
    desk.config.write_text(text.replace("[enrolment]", f'peer_url = "{peer.url}"\n[enrolment]'))
    desk.reread()
    return desk


def test_the_first_address_dies_in_mid_upload_and_the_other_gets_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sending, "_SCAN", timedelta(seconds=0.1))
    monkeypatch.setattr(sending, "_chance", lambda: 0.3)  # of waits
    central = FalseCentral()
    with door(central) as primary, door(central) as peer:
        desk = at_two(tmp_path, central, primary, peer)

        def dies(_handler: Handler, apply: Apply) -> None:
            apply()
            primary.shut()

        central.fail("PATCH", "/uploads/", dies, after=2)
        recordings = [spooled(desk.spool, 2 * MIB, 70_000) for _ in range(3)]
        wanted = {one: contents(desk.spool, one) for one in recordings}
        with desk.running():
            until(lambda: not desk.spool.waiting())
            central.closing.set()
        assert {one: central.taken[one][1] for one in recordings} == wanted
        assert central.takes == dict.fromkeys(recordings, 1)
        assert len(central.devices) == 1
        assert "is now reached at its peer address" in caplog.text


def test_one_try_finds_the_peer_while_the_first_address_is_dead(tmp_path: Path) -> None:
    central = FalseCentral()
    with door(central) as primary, door(central) as peer:
        desk = at_two(tmp_path, central, primary, peer)
        primary.shut()
        recording_id = spooled(desk.spool, 1000)
        assert desk.uploader().once()
        assert recording_id in central.taken
