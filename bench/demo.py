"""`make demo`: two calls, from ring to film, with every real part.

    DEMO_OUT=DIR   leave film.mp4, contact.png, timeline.json, audit.jsonl and screenshots there
    KEEP=1         leave central running afterwards, to click around

The exit status is 0 only if every line of the check list holds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from playwright.sync_api import Error as PlaywrightError

from bench.stage import browser, office, voices
from bench.stage.display import StageError, desk, need, screenshot, wait_for
from bench.stage.film import watch
from bench.stage.panel import panel
from bench.stage.verdict import Film, Played, checks, table
from contract.selection import decide
from contract.voice import VoiceMetadata, VoicePause

AGENT = "JohnSmith"
ORIGIN = "https://workspace.example.com"
PERCENTAGE = "50.00"
CARD = "4929 1234 5678 9012"
VIEWER = "casey.compliance"
_BROWSER = "chromium-browser" if shutil.which("chromium-browser") else "chromium"
_PROGRAMS = ("xdotool", "import", "espeak-ng", _BROWSER)  # else it would fail after a minute
_DISPLAY_PROGRAMS = (
    "Xvfb",
    "openbox",
    "trayer",
    "dbus-daemon",
    "dbus-send",
    "gnome-keyring-daemon",
)
_ROOM_BYTES = 1024**3  # a client keeps a reserve free, and records nothing below it
_BEGAN = time.monotonic()


def say(text: str) -> None:
    """One line of progress."""
    print(f"[{time.monotonic() - _BEGAN:6.1f} s] {text}", flush=True)


@dataclass
class Show:
    """Everything on stage."""

    out: Path
    env: dict[str, str]
    own_display: bool
    central: office.Central
    desk: office.Desk
    workspace: office.Workspace
    desktop: office.Desktop
    salt: str

    def call_id(self, *, selected: bool) -> str:
        """A call id whose screen the policy selects, or not."""
        while True:
            call_id = uuid4().hex.upper()
            if decide(call_id, Decimal(PERCENTAGE), self.salt).selected is selected:
                return call_id

    def flash(self) -> datetime:
        """Mark this moment in picture and, later, in sound."""
        return datetime.fromisoformat(self.desktop.do("flash"))

    def voice_state(self, call_id: str) -> str:
        """What Workspace's own recorder does with this call."""
        return str(self.workspace.call(call_id)["voice"]["state"])


def selected_call(show: Show) -> Played:
    """Ring, answer, attached data, hold, retrieve, pause, resume, release, wrap-up, ready."""
    call_id = show.call_id(selected=True)
    play = show.workspace.play
    say("call 1 rings; the policy selects its screen")
    play("ring", call_id=call_id, number="+15551230001", user_data={"CustomerSegment": "Gold"})
    show.desktop.do("call Ann Example")
    time.sleep(1.5)
    play("answer", call=call_id)
    wait_for("the recording to open", show.desk.recordings)
    say("answered: the screen is recorded")
    time.sleep(2)
    flashes = [show.flash()]
    play("attach", call=call_id, key="Reason", value="Invoice")
    time.sleep(2)
    play("hold", call=call_id)
    say("on hold: recording goes on")
    time.sleep(2.5)
    play("retrieve", call=call_id)
    time.sleep(1.5)
    flashes.append(show.flash())
    time.sleep(1.5)
    _pause(show, call_id)
    say("paused, voice and screen; now a card number is on the screen, in big letters")
    time.sleep(0.3)
    show.desktop.do(f"card {CARD}")
    time.sleep(3.5)
    show.desktop.do("card")
    time.sleep(0.3)
    play("resume_recording", call=call_id)
    say("resumed in Workspace: voice and screen go on")
    time.sleep(2.5)
    flashes.append(show.flash())
    time.sleep(2)
    play("release", call=call_id)
    say("released; after-call work")
    time.sleep(0.5)
    play("wrap_up")
    time.sleep(4)
    return _ended(show, call_id, flashes)


def _pause(show: Show, call_id: str) -> None:
    """By a click in the tray's menu; on a desktop of somebody's own, in Workspace."""
    if show.own_display:
        with panel(show.env) as tray:
            tray.open_menu()
            screenshot(show.env, show.out / "tray-menu.png")
            tray.choose("p")
    else:
        screenshot(show.env, show.out / "tray-menu.png")
        show.workspace.play("pause_recording", call=call_id)
    wait_for("voice to pause in Workspace", lambda: show.voice_state(call_id) == "Paused")


def unselected_call(show: Show) -> Played:
    """The voice alone."""
    call_id = show.call_id(selected=False)
    play = show.workspace.play
    say("call 2 rings; the policy does not select its screen")
    play("ring", call_id=call_id, number="+15551230002", user_data={"CustomerSegment": "Silver"})
    show.desktop.do("call Bob Sample")
    time.sleep(1)
    play("answer", call=call_id)
    time.sleep(3)
    flashes = [show.flash()]
    time.sleep(3)
    if any(call_id in (one / "journal.jsonl").read_text() for one in show.desk.recordings()):
        raise StageError("the screen of a call that was not selected is being recorded")
    play("release", call=call_id)
    play("wrap_up")
    time.sleep(1)
    return _ended(show, call_id, flashes)


def _ended(show: Show, call_id: str, flashes: list[datetime]) -> Played:
    show.workspace.play("complete", call=call_id)
    show.workspace.play("ready")
    show.desktop.do("idle")
    told = show.workspace.call(call_id)
    decision = decide(call_id, Decimal(PERCENTAGE), show.salt)
    voice = told["voice"]
    at = datetime.fromisoformat
    return Played(
        call_id=call_id,
        selected=decision.selected,
        bucket=decision.bucket,
        answered=at(told["answered_at"]),
        released=at(told["released_at"]),
        wrapped_up=at(told["wrap_up_ended_at"]),
        voice=VoiceMetadata(
            voice_id=f"{call_id}-1",
            call_id=call_id,
            agent_id=told["agent_id"],
            started_at=at(voice["started_at"]),
            ani=told["ani"],
            dnis=told["dnis"],
            call_type=told["call_type"],
            channels=("agent", "customer"),
            pauses=tuple(
                VoicePause(since=at(pause["since"]), until=at(pause["until"]))
                for pause in voice["pauses"]
            ),
            user_data=told["user_data"],
        ),
        voice_ended=at(voice["ended_at"]),
        flashes=tuple(flashes),
    )


def deliver_voice(show: Show, played: Played) -> None:
    """What the voice recorder has of a call goes to central."""
    audio = show.desk.folder / f"{played.call_id}.wav"
    call = voices.Call(
        start=played.voice.started_at,
        end=played.voice_ended,
        pauses=[(pause.since, pause.until) for pause in played.voice.pauses],
        beeps=played.flashes,
    )
    voices.write_wav(call, audio)
    show.central.import_voice(played.voice, audio)


def fetch(show: Show, session: requests.Session, played: Played, name: str) -> Film:
    """Wait for a call's film, and bring it and what belongs to it."""
    address = f"{show.central.url}/calls/{played.call_id}"
    timeline: dict[str, Any] = {}

    def made() -> bool:
        answer = session.get(f"{address}/timeline.json", timeout=30)
        if answer.ok:
            timeline.clear()
            timeline.update(answer.json())
        return answer.ok and (timeline["facts"]["video"] != "none") is played.selected

    wait_for(f"the film of {name}", made, 60)
    path = show.out / f"{name}.mp4"
    path.write_bytes(_get(session, f"{address}/download"))
    if played.selected:
        (show.out / "contact.png").write_bytes(_get(session, f"{address}/contact.png"))
        text = json.dumps(timeline, indent=2)
        (show.out / "timeline.json").write_text(text + "\n", encoding="utf-8")
    digest = sha256(path.read_bytes()).hexdigest()
    return Film(played, path, digest, timeline, watch(path))


def _get(session: requests.Session, address: str) -> bytes:
    answer = session.get(address, timeout=60)
    answer.raise_for_status()
    return answer.content


def perform(out: Path, folder: Path, central: office.Central) -> bool:
    """The whole play at a central that serves; True if every check holds."""
    central.hire([AGENT])
    own_display = not os.environ.get("DISPLAY")
    with ExitStack() as stack:
        workspace = stack.enter_context(office.workspace(folder))
        env = stack.enter_context(desk(folder / "session"))
        desktop = stack.enter_context(office.desktop(env))
        say(f"a desk with a {'display of its own' if own_display else 'display that was here'}")
        place = office.Desk(folder / "desk", central, office.free_port())
        salt = _policy(central, workspace)
        show = Show(out, env, own_display, central, place, workspace, desktop, salt)
        place.install()
        stack.callback(place.forget_secret, env)
        stack.enter_context(place.running(env))
        films = play(show)
    return report(show, films)


def _policy(central: office.Central, workspace: office.Workspace) -> str:
    """Half of the calls, and what Workspace may be; the salt."""
    servers = ("--server", workspace.url, "--origin", ORIGIN)
    details = ("--details-key", "CustomerSegment", "--details-key", "Reason")
    words = ("policy", "set", "--json", "--percentage", PERCENTAGE, *servers, *details)
    return str(json.loads(central.command(*words))["selection"]["salt"])


def play(show: Show) -> list[Film]:
    """Both calls, and their films."""
    wait_for("the desk's policy", (show.desk.state / "policy.json").exists, 30)
    say("the client runs, the uploader has enrolled the desk and fetched the policy")
    wait_for("the loopback endpoint", lambda: _signed_in(show), 30)
    say(f"{AGENT} has signed in")
    played = [selected_call(show), unselected_call(show)]
    for one in played:
        deliver_voice(show, one)
    say("voice recordings delivered; waiting for the films")
    wait_for("the uploads", lambda: not show.desk.recordings(), 60)
    say("everything is uploaded and confirmed")
    session = show.central.visit(VIEWER)
    names = ("film", "voice-only")
    films = [fetch(show, session, one, name) for one, name in zip(played, names, strict=True)]
    say("both films are there")
    show.workspace.play("sign_out")
    return films


def _signed_in(show: Show) -> bool:
    time.sleep(0.3)
    try:
        return bool(
            show.workspace.play("sign_in", loopback=show.desk.loopback, origin=ORIGIN)["status"]
            == requests.codes.ok
        )
    except StageError:
        return False


def report(show: Show, films: list[Film]) -> bool:
    """Pictures of the pages, the check list and the table."""
    central = show.central
    with browser.signed_in(central, VIEWER) as page:
        browser.picture(page, show.out / "list.png")
        browser.play(page, central, films[0].played.call_id, 4.0)
        browser.picture(page, show.out / "player.png")
    audit = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in central.audit())
    (show.out / "audit.jsonl").write_text(audit, encoding="utf-8")
    found = checks(central, show.desk, films)
    print()
    for holds, words in found:
        print(f"  {'ok ' if holds else 'NOT'}  {words}")
    print(f"\n{table(films)}\n")
    lives = "" if _is_kept() else "   (until the demo ends; KEEP=1 leaves central running)"
    print(f"player:  {central.url}/calls/{films[0].played.call_id}{lives}")
    print(f"sign in: {VIEWER} / {central.passwords[VIEWER]}")
    return all(holds for holds, _ in found)


def _is_kept() -> bool:
    return os.environ.get("KEEP") not in {None, "", "0"}


def _last_words(folder: Path) -> None:
    """The last warning or error in each program's log: most often the reason."""
    for log in sorted(folder.rglob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        grave = [line for line in lines if " WARNING " in line or " ERROR " in line]
        if grave:
            print(f"  {log.name}: {grave[-1]}")


def _places(asked: str | None) -> tuple[Path, Path]:
    """Where the results go, and a folder for the play; StageError if it could not go well."""
    need(*_PROGRAMS, *(() if os.environ.get("DISPLAY") else _DISPLAY_PROGRAMS))
    place = tempfile.gettempdir()
    if shutil.disk_usage(place).free < _ROOM_BYTES:
        raise StageError(f"less than 1 GiB is free in {place}; TMPDIR=FOLDER names another place")
    out = Path(asked or tempfile.mkdtemp(prefix="twinreel-demo-")).resolve()
    out.mkdir(parents=True, exist_ok=True)
    return out, Path(tempfile.mkdtemp(prefix="twinreel-stage-"))


def main() -> int:
    """Set the stage, play, report."""
    asked = os.environ.get("DEMO_OUT")
    try:
        out, folder = _places(asked)
    except (StageError, OSError) as error:
        print(error)
        return 1
    central = office.Central(folder)
    well = stopped = False
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: end what was started
    try:
        with central.serving():
            say(f"central is at {central.url}")
            well = perform(out, folder, central)
            print(f"film: {out / 'film.mp4'}", flush=True)
            if _is_kept():
                print("central goes on; Ctrl-C ends it", flush=True)
                threading.Event().wait()
    except KeyboardInterrupt:
        stopped = True
        print()
    except (StageError, OSError, requests.RequestException, PlaywrightError) as error:
        say(f"{type(error).__name__}: {error}")
        _last_words(folder)
    if well or stopped:
        shutil.rmtree(folder, ignore_errors=True)
        if stopped and not well and not asked:
            shutil.rmtree(out, ignore_errors=True)
    else:
        print(f"what happened is in {folder}")
    verdict = "PASSED" if well else "STOPPED" if stopped else "FAILED"
    print(f"DEMO {verdict} after {time.monotonic() - _BEGAN:.0f} s")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
