"""The machine's service on this system, with nobody as the user whose spool it carries."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("there it is another service", allow_module_level=True)
import pwd

from tests.uploader.central_faults import slowly
from tests.uploader.desk_program import ROOT, until
from tests.uploader.false_central import FalseCentral
from tests.uploader.recordings import contents, spooled
from uploader.app.handover import own_lock
from uploader.service import posix
from uploader.service.owners import NoOwnersError, Owner, owners
from uploader.spool import Spool

pytestmark = pytest.mark.e2e
NOBODY = pwd.getpwnam("nobody")
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may be another user")


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users may enter."""
    folder = Path(
        tempfile.mkdtemp(prefix="twinreel-service-", dir="/tmp")
    )  # pytest's own are closed to others
    folder.chmod(0o755)
    (folder / "users").mkdir()
    (folder / "users").chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


def as_nobody(act: Callable[[], object]) -> None:
    """In a process that is nobody."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            posix.become(Owner("nobody", NOBODY.pw_uid, NOBODY.pw_gid, Path("/")))
            act()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


class Machine:
    """A computer with the service, and nobody's state folder."""

    def __init__(self, place: Path, central: FalseCentral) -> None:
        self.place = place
        self.state = place / "users" / "nobody"
        self.config = place / "twinreel.toml"
        self.config.write_text(
            f'state_dir = "{place}/users/{{user}}"\n[central]\nurl = "{central.url}"\n'
            f'[enrolment]\ntoken = "{central.token}"\n[service]\nstate_dir = "{place}/own"\n'
        )
        self.secret = str(central.token).rpartition(".")[2]
        as_nobody(self._lay_out)

    @property
    def spool(self) -> Spool:
        return Spool(self.state / "spool", ballast_bytes=0, reserve_bytes=0)

    def _lay_out(self) -> None:
        self.state.mkdir(mode=0o700)
        _ = self.spool

    def recorded(self, size: int) -> str:
        before = set(self.waiting())
        as_nobody(lambda: spooled(self.spool, size))
        (new,) = set(self.waiting()) - before
        return new

    def waiting(self) -> list[str]:
        """As root looks at it, which changes nothing."""
        found = (self.state / "spool").glob("*/manifest.json")
        return [one.parent.name for one in found if one.parent.parent.name == "spool"]

    def log(self) -> str:
        return (self.place / "log").read_text()

    @contextmanager
    def service(self) -> Iterator[subprocess.Popen[bytes]]:
        program = (
            "import sys; from uploader.service import posix; "
            "posix.Supervisor.__init__.__defaults__ = (0.3,); posix._LOOK_SECONDS = 0.1; "
            "from uploader.commands import main; sys.exit(main())"
        )
        with (self.place / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", program, "--config", str(self.config), "service"],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stderr=log,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


@only_root
def test_what_a_session_left_is_sent_as_its_owner_and_by_the_services_own_desk(
    place: Path, central: FalseCentral
) -> None:
    machine = Machine(place, central)
    recording_id = machine.recorded(300_000)
    wanted = contents(machine.spool, recording_id)
    with machine.service():
        until(lambda: not machine.waiting() and recording_id in central.taken)
    assert central.taken[recording_id][1] == wanted
    assert len(central.devices) == 1
    theirs = list(machine.state.rglob("*"))
    assert {one.lstat().st_uid for one in theirs} == {NOBODY.pw_uid}
    ours = [place / "own", *(place / "own").rglob("*")]
    assert {one.lstat().st_uid for one in ours} == {0}
    assert not any(one.lstat().st_mode & 0o077 for one in ours)
    device, secret = next(iter(central.devices.items()))
    assert (place / "own" / "secrets" / f"{device}.secret").read_text() == secret
    assert secret not in machine.log()
    assert not any(secret.encode() in one.read_bytes() for one in theirs if one.is_file())


@only_root
def test_the_session_gets_its_spool_within_seconds_even_in_mid_chunk_and_the_service_goes_on(
    place: Path, central: FalseCentral
) -> None:
    machine = Machine(place, central)
    central.fail("PATCH", "/", slowly(600), times=1)
    recording_id = machine.recorded(300_000)
    with machine.service():
        until(lambda: central.count("PATCH", "/uploads"))
        before = central.count("POST", "/recordings")
        as_nobody(lambda: _held_for_a_while(machine))
        assert central.count("POST", "/recordings") == before  # nobody sent meanwhile
        until(lambda: recording_id in central.taken)
        until(lambda: not machine.waiting())
    assert central.takes == {recording_id: 1}


def _held_for_a_while(machine: Machine) -> None:
    with own_lock(machine.spool, machine.state, 60):
        time.sleep(1.0)  # some rounds of the service, which takes nothing meanwhile


@only_root
def test_a_hostile_users_links_lead_the_service_nowhere(place: Path, central: FalseCentral) -> None:
    machine = Machine(place, central)
    treasure = place / "treasure"
    treasure.mkdir(mode=0o700)
    (treasure / "manifest.json").write_bytes(b"{}")
    (treasure / "000.seg").write_bytes(b"root's own")
    seen = {one: one.read_bytes() for one in treasure.iterdir()}
    recording_id = machine.recorded(1000)

    def lay_links() -> None:
        spool = machine.state / "spool"
        (spool / recording_id / "000.seg").unlink()
        (spool / recording_id / "000.seg").symlink_to(treasure / "000.seg")
        (spool / "11111111-1111-4111-8111-111111111111").symlink_to(treasure)
        (machine.state / "status.json.draft").symlink_to(treasure / "new")
        (machine.state / "status.json").symlink_to(treasure / "000.seg")

    def lay_more() -> None:
        (machine.state / "spool" / "quarantine").rename(machine.state / "before")
        (machine.state / "spool" / "quarantine").symlink_to(treasure)

    as_nobody(lay_links)
    with machine.service():
        until(lambda: f"recording {recording_id}" in machine.log())
        as_nobody(lay_more)
        until(lambda: "a child for nobody failed" in machine.log())
    assert {one: one.read_bytes() for one in treasure.iterdir()} == seen
    assert central.taken == {}


@only_root
def test_only_a_real_folder_of_the_user_that_it_is_called_after_counts(place: Path) -> None:
    users = place / "users"
    for name in ("nobody", "root", "daemon", "no-such-user"):
        (users / name).mkdir()
    os.chown(users / "nobody", NOBODY.pw_uid, NOBODY.pw_gid)
    (users / "bin").symlink_to(users / "nobody")
    (users / "games").write_text("")
    assert [one.name for one in owners(f"{users}/{{user}}")] == ["nobody"]


def test_a_place_for_one_user_alone_is_refused_in_words() -> None:
    for wrong in (None, "/var/lib/twinreel", "{user}", "/home/{user}/twinreel"):
        with pytest.raises(NoOwnersError, match="state_dir has to end with the user"):
            list(owners(wrong))


@only_root
def test_who_became_a_user_is_root_no_more() -> None:
    def look() -> None:
        assert os.getgroups() == os.getgrouplist("nobody", NOBODY.pw_gid)
        assert "HOME" in os.environ
        assert "SUDO_USER" not in os.environ
        try:
            os.seteuid(0)
        except PermissionError:
            return
        raise AssertionError("root again")

    as_nobody(look)
