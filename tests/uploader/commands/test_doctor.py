"""doctor: each step says what was found and what to do, and leaves nothing at central."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.central.serving import Central
from tests.uploader.central_faults import answer, said
from tests.uploader.commands_here import Said, typed
from tests.uploader.false_central import FalseCentral, Handler
from tests.uploader.in_process import DeskHere
from uploader.credentials import KeyringUnavailableError


def do_delete(self: Handler) -> None:
    """tus termination, which only the doctor asks for."""
    self.central.requests.append((self.command, self.path))
    self.central.uploads.pop(self.path.rpartition("/")[2])
    self.reply(204)


Handler.do_DELETE = do_delete  # type: ignore[attr-defined]  # the server looks for this name
Capsys = pytest.CaptureFixture[str]
Ask = Callable[[DeskHere], Said]


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


@pytest.fixture
def desk(tmp_path: Path, central: FalseCentral) -> DeskHere:
    desk = DeskHere(tmp_path, central)
    assert desk.uploader().once()
    return desk


@pytest.fixture
def doctor(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> Ask:
    def ask(desk: DeskHere) -> Said:
        monkeypatch.setattr("uploader.commands.doctor.Vault", lambda _service: desk.secrets)
        return typed(capsys, "--config", str(desk.config), "doctor")

    return ask


def kept(central: Central) -> tuple[list[str], int]:
    """The media files that central has, and the rows of uploads."""
    files = [str(one) for one in (central.folder / "sealed").rglob("*") if one.is_file()]
    rows = central.folder / "central.db"
    with closing(sqlite3.connect(f"{rows.as_uri()}?mode=ro", uri=True)) as database:
        (count,) = database.execute("SELECT count(*) FROM store_upload").fetchone()
    return files, int(count)


def line(said: Said, step: str) -> str:
    (found,) = re.findall(rf"^\S+ +{step} .*(?:\n +->.*)?", said.out, re.MULTILINE)
    return str(found)


def test_a_desk_that_is_well_is_told_so_line_by_line(tmp_path: Path, doctor: Ask) -> None:
    central = Central(tmp_path / "data", "worker_inline = false\n")
    central.start()
    try:
        here, token = FalseCentral(), central.first["enrolment_token"]
        here.url = central.url
        desk = DeskHere(tmp_path, here)
        desk.config.write_text(
            f'state_dir = "{desk.state.as_posix()}"\n[central]\nurl = "{central.url}"\n'
            f'[enrolment]\ntoken = "{token}"\n'
        )
        desk.reread()
        assert desk.uploader().once()
        before = kept(central)
        done = doctor(desk)
        assert done.status == 0, done.out
        assert "FAIL" not in done.out
        assert re.search(
            r"ok +trial upload +1\.0 MB in \d+\.\d s, \d+\.\d Mbit/s; nothing", done.out
        )
        assert re.search(r"ok +clock +\d\.\d{3} s off", done.out)
        assert kept(central) == before
        assert not any(secret in done.out for secret in desk.secrets.kept.values())
        assert token.rpartition(".")[2] not in done.out
    finally:
        central.kill()


def test_without_a_configuration_it_says_what_to_write(capsys: Capsys, tmp_path: Path) -> None:
    done = typed(capsys, "--config", str(tmp_path / "none.toml"), "doctor")
    assert done.status == 1
    assert re.search(
        r"FAIL configuration +the file \(named, .*none\.toml\): there is no .*\n +-> Write it",
        done.out,
    )
    assert "left out: state folder" in done.out


def test_every_mistake_of_a_broken_configuration_is_a_line(capsys: Capsys, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[central]\nurl = "http://central.example"\nsite_cq = "x"\n')
    done = typed(capsys, "--config", str(config), "doctor", "--json")
    assert done.status == 1
    told = json.loads(done.out)
    assert [one["found"] for one in told] == ["FAIL", "FAIL", "-"]
    assert {"central.site_cq", "central.url"} == {
        one["told"].partition(" (named, ")[0] for one in told[:2]
    }


def test_before_enrolment_central_is_tried_all_the_same(
    tmp_path: Path, central: FalseCentral, doctor: Ask
) -> None:
    desk = DeskHere(tmp_path, central)
    done = doctor(desk)
    assert line(done, "enrolment").startswith("warn")
    assert line(done, "connection") == "ok   connection     central answers"
    assert line(done, "sign-in").startswith("-")
    assert central.devices == {}


def test_another_central_than_the_desk_is_enrolled_at_is_told(
    desk: DeskHere, central: FalseCentral, doctor: Ask
) -> None:
    other = central.url.replace("127.0.0.1", "localhost")
    desk.config.write_text(desk.config.read_text().replace(central.url, other))
    told = line(doctor(desk), "enrolment")
    assert told.startswith("warn enrolment      device desk-1, but at " + central.url)


def test_a_revoked_desk_is_told_that_central_refuses_it(
    desk: DeskHere, central: FalseCentral, doctor: Ask
) -> None:
    central.devices.clear()
    done = doctor(desk)
    assert done.status == 1
    assert "revoked? then enrol anew" in line(done, "sign-in")
    assert line(done, "connection").startswith("ok")
    assert line(done, "trial upload").startswith("-")


def test_after_a_failure_the_other_steps_are_tried_still(
    desk: DeskHere, central: FalseCentral, doctor: Ask
) -> None:
    class Locked:
        def read(self, name: str) -> str | None:
            del name
            raise KeyringUnavailableError("keyring-locked", "the keyring is locked")

    desk.secrets.read = Locked().read  # type: ignore[method-assign]  # a keyring that is locked
    done = doctor(desk)
    assert done.status == 1
    assert "unlock it" in line(done, "keyring")
    assert line(done, "connection").startswith("ok")
    assert central.count("PATCH", "/") == 0


def test_a_clock_that_is_wrong_is_told(desk: DeskHere, central: FalseCentral, doctor: Ask) -> None:
    central.ahead = timedelta(minutes=5, seconds=-5)
    done = doctor(desk)
    assert done.status == 1
    assert line(done, "clock").startswith("FAIL clock          4 minutes behind central")


def test_a_portal_in_centrals_place_and_a_closed_port_are_told_apart(
    desk: DeskHere, central: FalseCentral, doctor: Ask
) -> None:
    central.fail("POST", "/desk/clock", answer(404, b"<html>sign in</html>"), times=100)
    assert line(doctor(desk), "connection").startswith("FAIL")
    central.faults.clear()
    desk.config.write_text(desk.config.read_text().replace(central.url, "http://127.0.0.1:9"))
    closed = doctor(desk)
    assert "central-unreachable" in line(closed, "connection")
    assert line(closed, "names").startswith("ok")


def test_a_trial_that_fails_half_way_is_taken_back(
    desk: DeskHere, central: FalseCentral, doctor: Ask
) -> None:
    central.fail("PATCH", "/uploads", said(503, "busy"))
    done = doctor(desk)
    assert done.status == 1
    assert line(done, "trial upload").startswith("FAIL trial upload   central-unwell")
    assert central.count("DELETE", "/uploads") == 1
    assert central.uploads == {}
