"""A new secret for the desk: whatever is lost on the way, the desk can sign in."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import msgspec
import pytest

from contract.canonical import b64, unb64
from contract.desk_config import Identity
from contract.policy import accept
from contract.protocol import CLOCK, POLICY, SECRET, EnrolmentToken
from contract.signing import key_id
from tests.central.serving import Central
from tests.uploader.central_faults import cut_after, cut_before
from tests.uploader.false_central import FalseCentral
from uploader.app.signing_in import SINCE, SigningIn, second_name
from uploader.app.standing import Board
from uploader.central.enrolment import enrol
from uploader.credentials import KeyringUnavailableError
from uploader.link import Answer, Body, CentralError, Link, RefusedError, UnreachableError, trust
from uploader.machine_secrets import MachineSecrets

NOW = datetime.now(UTC)
TRUST = trust(None)
LONG_AGO = "2020-01-01T00:00:00.000000Z"


class Died(BaseException):
    """The desk's process is gone."""


class Deaths:
    """Counts what the desk does, and ends it at one of these things, before or after it."""

    def __init__(self, at: int = -1, *, after: bool = False) -> None:
        self.at, self.after, self.done = at, after, 0

    def around(self, act: Callable[[], object]) -> None:
        self.done += 1
        if self.done == self.at:
            if self.after:
                act()
            raise Died
        act()


class Keyring(MachineSecrets):
    """A desk's keyring: real files, and a process that may die at each."""

    def __init__(self, folder: Path, deaths: Deaths) -> None:
        super().__init__(folder)
        self._deaths = deaths

    def write(self, name: str, secret: str) -> None:
        self._deaths.around(lambda: super(Keyring, self).write(name, secret))

    def remove(self, name: str) -> None:
        self._deaths.around(lambda: super(Keyring, self).remove(name))


class Asking(Link):
    """A link on which the process may die, or have died before the answer came."""

    deaths = Deaths()

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Body = b"",
        answer_seconds: float | None = None,
    ) -> Answer:
        answers: list[Answer] = []

        def really() -> None:
            asked = super(Asking, self).ask
            answers.append(
                asked(method, path, headers=headers, body=body, answer_seconds=answer_seconds)
            )

        if path == SECRET:
            self.deaths.around(really)
        else:
            really()
        return answers[0]


class Desk:
    """One process of a desk whose state and keyring lie in a folder."""

    def __init__(self, folder: Path, deaths: Deaths | None = None) -> None:
        self.folder = folder
        self.deaths = deaths or Deaths()
        self.identity = Identity(**json.loads((folder / "identity.json").read_bytes()))
        root = unb64(self.identity.root_key)
        policy = accept((folder / "policy.json").read_bytes(), {key_id(root): root}, None)
        self.board = Board(lambda _uploads: None)
        self.board.note(lambda now: replace(now, identity=self.identity, policy=policy))
        self.link = Asking(self.identity.central_url, TRUST, lambda: self.board.now.credential)
        self.link.deaths = self.deaths
        self.now = timedelta(0)
        self.part = SigningIn(
            folder,
            self.identity.central_url,
            None,
            "1",
            link=self.link,
            vault=Keyring(folder / "keyring", self.deaths),
            board=self.board,
            monotonic=lambda: self.now,
        )

    def minute(self) -> None:
        """What a desk does each minute, as far as its secret goes. Died, CentralError."""
        self.now += timedelta(minutes=11)
        self.part.have()
        self.link.ask("POST", CLOCK, body=b"{}")
        self.part.renew(NOW)

    def is_let_in(self) -> bool:
        self.part.have()
        return self.link.ask("POST", CLOCK, body=b"{}").status == 200

    @property
    def kept(self) -> tuple[str | None, str | None]:
        ring = MachineSecrets(self.folder / "keyring")
        device = self.identity.device_id
        return ring.read(device), ring.read(second_name(device))

    @property
    def is_renewed(self) -> bool:
        return self.kept[1] is None and LONG_AGO not in (self.folder / SINCE).read_text()


def laid_out(folder: Path, identity: Identity, secret: str, policy: bytes) -> Path:
    """A desk that enrolled long ago."""
    folder.mkdir()
    (folder / "identity.json").write_bytes(msgspec.json.encode(identity))
    (folder / "policy.json").write_bytes(policy)
    (folder / SINCE).write_text(json.dumps({"device_id": identity.device_id, "since": LONG_AGO}))
    MachineSecrets(folder / "keyring").write(identity.device_id, secret)
    return folder


def known_to(false: FalseCentral, folder: Path) -> Path:
    """As it lies there after enrolment with the false central."""
    false.devices["desk-1"], false.coming = "s", {}
    identity = Identity(device_id="desk-1", root_key=b64(false.root_key), central_url=false.url)
    return laid_out(folder, identity, "s", false.policy)


@pytest.fixture
def false() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


@pytest.fixture
def folder(tmp_path: Path, false: FalseCentral) -> Path:
    return known_to(false, tmp_path / "desk")


def test_a_desk_whose_secret_is_old_has_a_new_one_after_three_minutes(
    folder: Path, false: FalseCentral
) -> None:
    desk = Desk(folder)
    for _ in range(4):
        desk.minute()
    new = false.devices["desk-1"]
    assert len(unb64(new)) == 32
    assert desk.kept == (new, None)
    assert desk.board.now.secret == new
    assert desk.is_renewed
    count = false.count("POST", "/desk/secret")
    for _ in range(3):
        desk.minute()
    assert false.count("POST", "/desk/secret") == count
    assert false.devices["desk-1"] == new


def test_a_desk_that_never_noted_its_secrets_age_counts_from_now(
    folder: Path, false: FalseCentral
) -> None:
    (folder / SINCE).unlink()
    desk = Desk(folder)
    for _ in range(3):
        desk.minute()
    assert false.devices["desk-1"] == "s"
    assert str(NOW.year) in (folder / SINCE).read_text()
    assert "s" not in json.loads((folder / SINCE).read_bytes()).values()


def _through_deaths(start: Callable[[], Path]) -> int:
    """Die at each thing the desk does, before it and after it; how many there were.

    After each death the next process signs in, and brings the change to its end.
    """
    at = 0
    while True:
        at += 1
        for after in (False, True):
            folder = start()
            dying = Desk(folder, Deaths(at, after=after))
            try:
                for _ in range(4):
                    dying.minute()
            except Died:
                later = Desk(folder)
                assert later.is_let_in(), (at, after)
                for _ in range(4):
                    later.minute()
            assert Desk(folder).is_renewed, (at, after)
            assert Desk(folder).is_let_in(), (at, after)
        if dying.deaths.done < at:
            return at - 1


STEPS = 6  # keep, "is it let in?", offer, "is it let in?", keep, remove


def test_a_desk_that_dies_at_any_step_signs_in_again(tmp_path: Path, false: FalseCentral) -> None:
    starts = itertools.count()
    assert _through_deaths(lambda: known_to(false, tmp_path / f"{next(starts)}")) == STEPS


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Path]]:
    """Enrols a desk at central itself, and lays it out in that folder."""
    central = Central(tmp_path_factory.mktemp("central") / "data", "worker_inline = false\n")
    central.start()
    token = EnrolmentToken.parse(central.first["enrolment_token"])

    def enrol_one(folder: Path) -> Path:
        folder.parent.mkdir(exist_ok=True)
        identity, secret = enrol(Link(central.url, TRUST), central.url, token, "desk", "1")
        signed = Link(central.url, TRUST, lambda: f"{identity.device_id}.{secret}")
        return laid_out(folder, identity, secret, signed.ask("GET", POLICY).body)

    yield enrol_one
    central.kill()


@pytest.mark.e2e
def test_a_desk_that_dies_at_any_step_signs_in_again_at_central_itself(
    tmp_path: Path, enrolled: Callable[[Path], Path]
) -> None:
    starts = itertools.count()
    assert _through_deaths(lambda: enrolled(tmp_path / f"{next(starts)}")) == STEPS


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("fault", [cut_before, cut_after])
@pytest.mark.parametrize("at", range(3))
def test_a_lost_answer_leaves_a_desk_that_signs_in_and_ends_what_it_began(
    folder: Path, false: FalseCentral, fault: Callable[..., None], at: int, *, restarted: bool
) -> None:
    false.fail("POST", "/desk/secret", fault, after=at)
    desk = Desk(folder)
    lost = 0
    for _ in range(6):
        try:
            desk.minute()
        except UnreachableError:
            lost += 1
        if restarted:
            desk = Desk(folder)
    assert lost <= 1  # as a desk that was just started asks first
    assert desk.is_renewed
    assert desk.kept == (false.devices["desk-1"], None)
    assert desk.is_let_in()


class Refusing(MachineSecrets):
    """A keyring that stops taking anything, as one does that is locked meanwhile."""

    refuses = False

    def write(self, name: str, secret: str) -> None:
        if self.refuses:
            raise KeyringUnavailableError("keyring-locked", "the keyring is locked")
        super().write(name, secret)


@pytest.mark.parametrize("minutes", range(4))
def test_a_keyring_locked_in_the_midst_of_it_is_no_loss(
    folder: Path, false: FalseCentral, minutes: int
) -> None:
    desk = Desk(folder)
    ring = Refusing(folder / "keyring")
    desk.part._vault = ring
    for _ in range(minutes):
        desk.minute()
    ring.refuses = True
    for _ in range(3):
        desk.minute()
        assert Desk(folder).is_let_in()
    ring.refuses = False
    for _ in range(4):
        desk.minute()
    assert desk.is_renewed
    assert desk.kept == (false.devices["desk-1"], None)


def test_a_second_secret_that_the_keyring_lost_is_made_anew(
    folder: Path, false: FalseCentral
) -> None:
    desk = Desk(folder)
    desk.minute()
    MachineSecrets(folder / "keyring").remove(second_name("desk-1"))
    for _ in range(5):
        desk.minute()
    assert desk.is_renewed
    assert desk.kept == (false.devices["desk-1"], None)


def test_a_central_that_knows_no_new_secrets_keeps_the_desk_as_it_is(
    folder: Path, false: FalseCentral
) -> None:
    def unknown(handler: object, apply: object) -> None:
        del apply
        handler.reply(404, b'{"error":"not-found","detail":""}')  # type: ignore[attr-defined]

    false.fail("POST", "/desk/secret", unknown, times=1000)
    desk = Desk(folder)
    for _ in range(4):
        desk.minute()
    assert Desk(folder).is_let_in()
    assert false.devices["desk-1"] == "s"


@pytest.mark.e2e
def test_of_two_desks_with_one_identity_the_second_is_told_that_it_is_a_copy(
    tmp_path: Path, enrolled: Callable[[Path], Path]
) -> None:
    folder = enrolled(tmp_path / "desk")
    copytree(folder, tmp_path / "copy")
    desk, copy = Desk(folder), Desk(tmp_path / "copy")
    for _ in range(4):
        desk.minute()
    with pytest.raises(RefusedError) as caught:
        copy.minute()
    assert caught.value.code == "desk-copied"
    assert Desk(folder).is_let_in()


@pytest.mark.e2e
@pytest.mark.parametrize("ahead", range(4))
def test_of_two_copies_that_renew_at_once_one_is_let_in_and_the_other_told(
    tmp_path: Path, enrolled: Callable[[Path], Path], ahead: int
) -> None:
    folder = enrolled(tmp_path / "desk")
    copytree(folder, tmp_path / "copy")
    desks = [Desk(folder), Desk(tmp_path / "copy")]
    for _ in range(ahead):
        desks[0].minute()
    codes: list[str] = ["", ""]
    for _ in range(6):
        for index, desk in enumerate(desks):
            try:
                desk.minute()
            except CentralError as error:
                codes[index] = error.code
                desk.board.note(lambda now: replace(now, secret=None))
    assert sorted(bool(code) for code in codes) == [False, True]
    assert "desk-copied" in codes
