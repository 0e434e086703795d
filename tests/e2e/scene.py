"""Calls as they are played in end-to-end tests: one agent at one desk, and what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import sleep
from typing import Any
from uuid import uuid4

import requests

from bench.stage import office
from bench.stage.display import StageError, untouched, wait_for
from bench.stage.office import Central, Desk, Desktop, Workspace, free_port
from bench.stage.tray import Tray, tray
from contract.manifest import Manifest
from contract.selection import decide
from tests.e2e import evidence, filmed, films, limits
from tests.e2e.evidence import Received
from tests.e2e.filmed import PATIENCE, Marker
from tests.e2e.films import Film

AGENT = "JohnSmith"
PASSWORD = "Ad-lib-42"
ORIGIN = "https://workspace.example.com"
PERCENTAGE = "50.00"
CARD = "4929 1234 5678 9012"
NUMBER = "+15551230001"
USER_DATA = {"CustomerSegment": "Gold since 2014"}
_PING_SECONDS = 1.0
_CLOCKS = timedelta(milliseconds=50)  # as they differ that are read one after the other


@dataclass
class House:
    """What all desks share."""

    folder: Path
    central: Central
    workspace: Workspace
    desktop: Desktop
    tray: Tray
    env: Mapping[str, str]
    salt: str
    began: datetime

    @contextmanager
    def desk(  # noqa: PLR0913 named arguments, each of another kind
        self,
        name: str,
        *,
        state: Path | None = None,
        url: str = "",
        gws_api: str = "v3",
        python: str = sys.executable,
        modules: tuple[Path, ...] = (),
    ) -> Iterator[Scene]:
        """A desk of its own, at which the agent is signed in; `state`: its folder.

        The others: as `Desk` has them.
        """
        desk = Desk(
            self.folder / "desks" / name,
            self.central,
            free_port(),
            url=url,
            gws_api=gws_api,
            python=python,
            modules=modules,
        )
        desk.install()
        if state is not None:
            desk.state.symlink_to(state, target_is_directory=True)
        scene = Scene(self, desk)
        with desk.running(self.env):
            wait_for("the desk's policy", (desk.state / "policy.json").exists, PATIENCE)
            scene.sign_in()
            try:
                yield scene
            finally:
                scene.come_to_rest()
                with suppress(StageError):
                    self.workspace.play("vanish")


@contextmanager
def opened(
    folder: Path, session: AbstractContextManager[Mapping[str, str]], *policy: str
) -> Iterator[House]:
    """Central, Workspace, and what is on the display of the session.

    `session` yields the environment of the desk's programs; `policy`: more words for `policy set`.
    """
    began = datetime.now(UTC)
    with ExitStack() as stack:
        central = Central(folder, film_grace_seconds=600.0)
        stack.callback(central.stop)
        central.start()
        central.hire([AGENT])
        workspace = stack.enter_context(office.workspace(folder))
        text = central.command(
            *("policy", "set", "--json", "--percentage", PERCENTAGE),
            *("--server", workspace.url, "--origin", ORIGIN, *policy),
        )
        limits.await_after_call_work(central)
        env = stack.enter_context(session)
        shown = untouched() | {"DISPLAY": env["DISPLAY"], "QT_QPA_PLATFORM": "xcb"}
        yield House(
            folder=folder,
            central=central,
            workspace=workspace,
            desktop=stack.enter_context(office.desktop(shown)),
            tray=stack.enter_context(tray(env["DBUS_SESSION_BUS_ADDRESS"])),
            env=env,
            salt=json.loads(text)["selection"]["salt"],
            began=began,
        )


@dataclass
class Scene:
    """The agent at the desk, between calls."""

    house: House
    desk: Desk

    @property
    def central(self) -> Central:
        """Where it all arrives."""
        return self.house.central

    def sign_in(self, then: str = "Ready") -> None:
        """The agent signs in to Workspace, which then knocks at the desk until it is let in.

        `then` is what the tray says.
        """

        def let_in() -> bool:
            sleep(0.2)  # it is a person who tries again
            answer = self.house.workspace.play(
                "sign_in", loopback=self.desk.loopback, origin=ORIGIN, ping_seconds=_PING_SECONDS
            )
            return bool(answer["status"] == requests.codes.ok)

        wait_for("the loopback endpoint", lambda: _kindly(let_in), PATIENCE)
        self.until_tray_says(then)

    def ring(self, *, selected: bool = True) -> Talk:
        """A call comes in, whose screen the policy selects or not."""
        while True:
            call_id = uuid4().hex.upper()
            if decide(call_id, Decimal(PERCENTAGE), self.house.salt).selected is selected:
                break
        self.play("ring", call_id=call_id, number=NUMBER, user_data=USER_DATA)
        self.house.desktop.do("call Ann Example")
        return Talk(self, call_id, selected)

    def short_call(self) -> Talk:
        """A whole selected call in which nothing happens."""
        talk = self.ring()
        talk.answer()
        talk.goes_on(1)
        talk.ends()
        return talk

    def play(self, verb: str, **body: object) -> dict[str, Any]:
        """A line of Workspace's script."""
        return self.house.workspace.play(verb, **body)

    def until_tray_says(self, words: str, seconds: float = PATIENCE) -> None:
        """Wait until a person would read these words on the icon or in its menu."""
        tray = self.house.tray

        def said() -> bool:
            return words in tray.tooltip() or words in " ".join(tray.rows())

        wait_for(f"the tray to say {words!r}", said, seconds)

    def send_now(self) -> None:
        """The agent does not want to wait for what waits."""
        for row in self.house.tray.rows():
            if row.startswith("Send "):
                with suppress(Exception):  # it was sent meanwhile
                    self.house.tray.click(row)

    def until_sent(self) -> None:
        """The agent asks until all is sent; by itself the desk waits longer and longer."""

        def sent() -> bool:
            self.send_now()
            return not self.desk.recordings()

        wait_for("the uploads", sent, PATIENCE)

    def until_uploading(self, before: set[Path], count: int) -> None:
        """The agent asks until so many more files have begun to arrive."""

        def begun() -> bool:
            self.send_now()
            return len(self.files_at_central() - before) >= count

        wait_for("an upload", begun, PATIENCE)

    def files_at_central(self) -> set[Path]:
        """What desks have brought there, whole or not."""
        return {path for path in (self.central.data / "sealed").rglob("*") if path.is_file()}

    def received(self, *talks: Talk) -> list[list[Received]]:
        """What central has of each call, once the desk has nothing left to send.

        Each recording is proved to be whole, and to have arrived once.
        """
        wait_for("the uploads", lambda: not self.desk.recordings(), PATIENCE)
        found = [evidence.received(self.central, talk.call_id) for talk in talks]
        for one in (one for of_call in found for one in of_call):
            receipts = evidence.receipts(self.desk, one.manifest.recording_id)
            assert receipts == [one.manifest_sha256]
        return found

    def come_to_rest(self) -> None:
        """Whatever a test left: no call, no fault, no card on the screen."""
        self.play("faults", **dict.fromkeys(("lose", "duplicate", "reorder", "errors"), 0))
        self.play("faults", delay=0.0, garbage=0, slow_listing=0.0)
        for call in self.house.workspace.calls():
            if call["state"] not in {"Completed", "Released"}:
                self.play("release", call=call["call_id"])
            if call["state"] != "Completed":
                self.play("complete", call=call["call_id"])
        self.play("ready")
        self.house.desktop.do("card")
        self.house.desktop.do("idle")


@dataclass
class Talk:
    """One call; each verb returns when the desk has followed."""

    scene: Scene
    call_id: str
    selected: bool
    flashes: list[datetime] = field(default_factory=list)
    opened_by: datetime | None = None  # the first recording was seen to be open
    closed_by: datetime | None = None  # the last one was seen to be closed

    def __post_init__(self) -> None:
        """It has a mark of its own."""
        self._marker = Marker(self.scene.house.desktop, self.scene.desk, self.call_id)

    def answer(self) -> None:
        """The agent answers; a selected call is recorded from here on."""
        self.play("answer")
        if self.selected:
            self.until_recording()
        else:
            self.scene.until_tray_says("The screen of this call is not recorded")

    def until_recording(self) -> None:
        """Wait until pictures of this call are taken."""
        wait_for("the recording to open", self._journal, PATIENCE)
        self.opened_by = self.opened_by or datetime.now(UTC)
        self.scene.until_tray_says("Recording the screen of this call")
        self.until_filmed(since=0)

    def until_filmed(self, since: int | None = None) -> None:
        """Wait until more pictures are on the desk's disk, than now or than `since` lots."""
        least = self._lots() if since is None else since
        wait_for("pictures on the desk's disk", lambda: self._lots() > least, PATIENCE)

    def goes_on(self, seconds: float) -> None:
        """They talk for so long. Not a wait for anything: this is the call's content."""
        sleep(seconds)

    def flash(self) -> None:
        """Mark this moment in the picture, and in the sound that is delivered later."""
        self.flashes.append(self._marker.flash())

    def pause(self) -> None:
        """By the tray's menu."""
        self.scene.house.tray.click("Pause recording")
        self.until_paused()

    def until_paused(self) -> None:
        """Wait until Workspace's voice and the desk are paused."""
        wait_for("voice to pause", lambda: self.told["voice"]["state"] == "Paused", PATIENCE)
        self.scene.until_tray_says("Paused")

    def resume(self) -> None:
        """By the tray's menu."""
        before = self._lots()
        self.scene.house.tray.click("Resume recording")
        wait_for("voice to resume", lambda: self.told["voice"]["state"] == "Recording", PATIENCE)
        if self.selected:
            self.scene.until_tray_says("Recording the screen of this call")
            self.until_filmed(since=before)
        else:
            self.scene.until_tray_says("The screen of this call is not recorded")

    def show_card(self, seconds: float) -> None:
        """A card number in big letters for so long."""
        self.scene.house.desktop.do(f"card {CARD}")
        self.goes_on(seconds)
        self.scene.house.desktop.do("card")
        self.goes_on(0.2)  # the screen is as it was

    def ends(self, after_call_work: float = 0.5) -> None:
        """Release, after-call work, ready."""
        self.play("release")
        self.scene.play("wrap_up")
        self.goes_on(after_call_work)
        self.completes()

    def completes(self) -> None:
        """The agent is ready for the next call."""
        self.play("complete")
        self.scene.play("ready")
        self.scene.house.desktop.do("idle")
        wait_for("the recording to close", lambda: self._journal() is None, PATIENCE)
        self.closed_by = datetime.now(UTC)

    def is_whole(self, recorded: Manifest) -> bool:
        """Whether it lasts from the answer to the end of after-call work.

        The desk hears of both a little later than they are, and we see it a little later than that.
        """
        if self.opened_by is None or self.closed_by is None:
            raise StageError("this call was not recorded")
        began, ended = recorded.started_at, recorded.started_at + recorded.duration
        on_time = self.time("answered_at") - _CLOCKS <= began <= self.opened_by + _CLOCKS
        last = self.time("wrap_up_ended_at") - _CLOCKS
        return on_time and last <= ended <= self.closed_by + _CLOCKS

    def play(self, verb: str, **body: object) -> None:
        """A line of the script about this call."""
        self.scene.play(verb, call=self.call_id, **body)

    @property
    def told(self) -> dict[str, Any]:
        """This call's time line, as Workspace knows it."""
        return self.scene.house.workspace.call(self.call_id)

    @property
    def pauses(self) -> list[tuple[datetime, datetime]]:
        """When Workspace's own recorder was paused."""
        at = datetime.fromisoformat
        return [(at(one["since"]), at(one["until"])) for one in self.told["voice"]["pauses"]]

    def time(self, name: str) -> datetime:
        """When it was answered, released, ... by Workspace's word."""
        return datetime.fromisoformat(self.told[name])

    def deliver_voice(self) -> None:
        """The voice recorder delivers the call, with sound throughout and no word of pauses.

        So what is silent in the film is silent because the desk said so.
        """
        house = self.scene.house
        films.deliver(house.central, house.folder / "voices", self.told, self.flashes)

    def film(self, enough: Callable[[dict[str, Any]], bool] = lambda _: True) -> Film:
        """Wait for the film, fetch it as a person does, and watch it.

        `enough` is asked of its time line: what comes late makes another film.
        """

        def whole(timeline: dict[str, Any]) -> bool:
            return timeline["has_screen"] is self.selected and enough(timeline)

        house = self.scene.house
        return films.fetched(house.central, house.folder / "films", self.call_id, whole)

    def _lots(self) -> int:
        journal = self._journal()
        return 0 if journal is None else filmed.lots(journal)

    def _journal(self) -> Path | None:
        return filmed.journal_of(self.scene.desk, self.call_id)


def _kindly(ask: Callable[[], bool]) -> bool:
    """False where the stage says that it could not be done."""
    try:
        return ask()
    except StageError:
        return False
