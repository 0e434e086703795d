"""status, list, verify, retry: what a person or a program is told of the spool."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.uploader.central_faults import said
from tests.uploader.commands_here import typed
from tests.uploader.desk_program import ROOT, until
from tests.uploader.false_central import FalseCentral
from tests.uploader.in_process import DeskHere
from tests.uploader.recordings import spooled
from uploader.commands.remedies import _REMEDIES
from uploader.desk import Uploads

DOCS = Path(__file__).parents[3] / "docs" / "it" / "uploader.md"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


@pytest.fixture
def desk(tmp_path: Path, central: FalseCentral) -> DeskHere:
    return DeskHere(tmp_path, central)


def test_status_of_a_desk_that_never_ran(desk: DeskHere, capsys: Capsys) -> None:
    done = typed(capsys, "--config", str(desk.config), "status")
    assert done.status == 0
    assert "does not run" in done.out
    assert "not enrolled" in done.out
    assert re.search(r"waiting +nothing", done.out)


def test_status_tells_at_a_glance_what_waits_and_why(
    desk: DeskHere, central: FalseCentral, capsys: Capsys
) -> None:
    first = spooled(desk.spool, 2000)
    assert desk.uploader().once()
    central.fail("POST", "/recordings", said(503, "busy"), times=100)
    spooled(desk.spool, 3000)
    refused = spooled(desk.spool, 1000)
    desk.spool.quarantine(refused, "central refuses it: 422 unusable")
    with desk.running() as (uploader, _):
        uploader._board.note(lambda now: now)
        done = typed(capsys, "--config", str(desk.config), "status")
        found = json.loads(typed(capsys, "--config", str(desk.config), "status", "--json").out)
    assert re.search(r"uploader +runs\n", done.out)
    assert re.search(r"waiting +1 recording, \d\.\d kB, the oldest for \d+ second", done.out)
    assert f"{refused}: central refuses it: 422 unusable" in done.out
    assert first in done.out
    assert found["running"] is True
    assert found["by"] == "session"
    assert (found["waiting"], found["quarantined"]) == (1, 1)
    assert found["last_sent"]["recording_id"] == first
    assert found["device_id"] == "desk-1"
    assert datetime.fromisoformat(found["oldest_at"]).tzinfo is not None
    assert not any(secret in done.out for secret in central.devices.values())


def test_every_key_of_the_json_is_documented(desk: DeskHere, capsys: Capsys) -> None:
    found = json.loads(typed(capsys, "--config", str(desk.config), "status", "--json").out)
    documented = set(re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE))
    assert set(found) <= documented


def test_every_problem_of_the_docs_has_its_remedy() -> None:
    problems = DOCS.read_text().partition("## Problems")[2]
    codes = set(re.findall(r"^\| `([a-z-]+)` \|", problems, re.MULTILINE))
    assert codes
    assert codes - set(_REMEDIES) == set()


def test_list_shows_each_recording_with_state_age_size_and_reason(
    desk: DeskHere, central: FalseCentral, capsys: Capsys
) -> None:
    waiting, aside = spooled(desk.spool, 3000), spooled(desk.spool, 1000)
    desk.spool.quarantine(aside, "damaged here")
    found = json.loads(typed(capsys, "--config", str(desk.config), "list", "--json").out)
    states = {one["recording_id"]: (one["state"], one["why"]) for one in found}
    assert states == {waiting: ("waiting", ""), aside: ("quarantine", "damaged here")}
    assert found[0]["bytes"] > 3000
    told = typed(capsys, "--config", str(desk.config), "list").out.splitlines()
    assert re.search(rf"{waiting} +waiting +\d+ seconds? +\d\.\d kB", told[0])
    assert told[1].endswith("damaged here")
    central.fail("POST", "/recordings", said(503, "busy"), times=100)
    desk.uploader().once()
    found = json.loads(typed(capsys, "--config", str(desk.config), "list", "--json").out)
    assert found[0]["attempts"] == 1


def test_verify_says_what_would_be_lost(desk: DeskHere, capsys: Capsys) -> None:
    whole, cut = spooled(desk.spool, 3000), spooled(desk.spool, 2000)
    done = typed(capsys, "--config", str(desk.config), "verify")
    assert done.status == 0
    assert "2 recordings looked at: nothing would be lost." in done.out
    segment = desk.state / "spool" / cut / "000.seg"
    segment.write_bytes(segment.read_bytes()[:-1])
    done = typed(capsys, "--config", str(desk.config), "verify")
    assert done.status == 1
    assert f"{cut}  waiting  LOST: 000.seg is missing or cut" in done.out
    assert "2 recordings looked at: 1 of them would lose something." in done.out
    assert whole not in done.out
    found = json.loads(typed(capsys, "--config", str(desk.config), "verify", "--json").out)
    assert found["looked_at"] == 2
    assert found["findings"][0]["lost"] is True


def test_all_in_quarantine_can_be_sent_again_at_once(desk: DeskHere, capsys: Capsys) -> None:
    both = {spooled(desk.spool, 3000), spooled(desk.spool, 2000)}
    for one in both:
        desk.spool.quarantine(one, "refused")
    assert typed(capsys, "--config", str(desk.config), "retry", "no-such").status == 2
    assert typed(capsys, "--config", str(desk.config), "retry", "all").status == 0
    assert set(desk.spool.waiting()) == both


def test_retry_all_says_that_there_is_nothing_to_retry(desk: DeskHere, capsys: Capsys) -> None:
    done = typed(capsys, "--config", str(desk.config), "retry", "all")
    assert (done.status, done.out) == (0, "nothing is in quarantine\n")


def test_what_is_retried_is_sent_at_once_by_the_uploader_that_runs(
    desk: DeskHere, central: FalseCentral, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = timedelta(days=1)
    monkeypatch.setattr("uploader.app.sending._IDLE_SCAN", day)
    monkeypatch.setattr("uploader.app.sending._SCAN", timedelta(milliseconds=100))
    with desk.running() as (uploader, _):
        until(lambda: uploader._board.now.policy)
        until(lambda: uploader._sending._rest() == day)
        recording_id = spooled(desk.spool, 3000)
        desk.spool.quarantine(recording_id, "refused")
        assert typed(capsys, "--config", str(desk.config), "retry", recording_id).status == 0
        until(lambda: recording_id in central.taken)


def test_whoever_reads_the_first_lines_alone_sees_no_fault(desk: DeskHere) -> None:
    command = [sys.executable, "-m", "uploader", "--config", str(desk.config), "status"]
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        command, cwd=ROOT, stdout=writes, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, "")


def test_now_on_a_new_desk_opens_nothing_to_others(
    tmp_path: Path, central: FalseCentral, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = DeskHere(tmp_path, central)
    shutil.rmtree(desk.state)
    monkeypatch.setattr("uploader.app.Vault", lambda _service: desk.secrets)
    done = typed(capsys, "--config", str(desk.config), "now")
    assert (done.status, done.out, done.err) == (0, "nothing waits\n", "")
    assert stat.S_IMODE(desk.state.stat().st_mode) == 0o700


def test_now_has_the_running_uploader_send_and_disturbs_no_client(
    desk: DeskHere, central: FalseCentral, capsys: Capsys
) -> None:
    told: list[Uploads] = []
    with desk.running() as (uploader, _):
        uploader._told = told.append
        recording_id = spooled(desk.spool, 3000)
        done = typed(capsys, "--config", str(desk.config), "now")
        assert done.status == 0, done
        assert "nothing waits" in done.out
        assert recording_id in central.taken
        assert uploader._server.connected == 0
        assert uploader._keeper._lost is None


def test_now_sends_by_itself_where_no_uploader_runs(
    desk: DeskHere, central: FalseCentral, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.uploader().once()
    monkeypatch.setattr("uploader.app.Vault", lambda _service: desk.secrets)
    recording_id = spooled(desk.spool, 3000)
    central.fail("POST", "/recordings", said(503, "busy"))
    done = typed(capsys, "--config", str(desk.config), "now")
    assert done.status == 1
    assert "1 still waiting; central-unwell: central answers with an error" in done.out
    done = typed(capsys, "--config", str(desk.config), "now")
    assert done.status == 0
    assert recording_id in central.taken


def test_now_gives_up_on_a_central_that_does_not_answer(
    desk: DeskHere, central: FalseCentral, capsys: Capsys
) -> None:
    assert desk.uploader().once()
    central.fail("POST", "/recordings", said(503, "busy"), times=1000)
    spooled(desk.spool, 3000)
    with desk.running():
        done = typed(capsys, "--config", str(desk.config), "now", "--still", "1")
    assert done.status == 1
    assert "1 still waiting" in done.out
