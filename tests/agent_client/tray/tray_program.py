"""The tray alone, as a program: shows one status, prints what is asked, ends on Quit."""

import argparse
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread, Timer
from time import monotonic
from typing import cast

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from agent_client.core.events import Held
from agent_client.core.problems import Problem, problem
from agent_client.core.status import Mood, Status
from agent_client.host import this_host
from agent_client.tray.bridge import Bridge
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.menu import Ask
from agent_client.tray.shell import Hands, Shell

_NOW = timedelta(hours=1)
_NO_CALL = "There is no call to pause."
_BEGAN = _NOW - timedelta(minutes=4, seconds=12)


def status(  # noqa: PLR0913 one argument for each thing that differs
    mood: Mood,
    headline: str,
    *,
    since: timedelta | None = None,
    paused_since: timedelta | None = None,
    pause: bool = False,
    resume: bool = False,
    why_not: str = "",
    waiting: int = 0,
    problems: tuple[Problem, ...] = (),
) -> Status:
    return Status(
        mood=mood,
        headline=headline,
        agent_id=None if mood is Mood.SIGNED_OUT else "kate.novak",
        call_id=None if since is None else "01HZX4K7-9c1e",
        since=since,
        may_pause=pause,
        may_resume=resume,
        why_not=why_not,
        may_record_now=False,
        uploads_waiting=waiting,
        problems=problems,
        paused_since=paused_since,
    )


STATUSES = {
    mood_status.mood: mood_status
    for mood_status in (
        status(Mood.SIGNED_OUT, "Signed out", why_not="Nobody is signed in."),
        status(Mood.READY, "Ready", why_not=_NO_CALL, waiting=2),
        status(Mood.RECORDING, "Recording the screen of this call", since=_BEGAN, pause=True),
        status(
            Mood.PAUSED,
            "Paused: neither voice nor screen is recorded",
            since=_BEGAN,
            paused_since=_NOW - timedelta(seconds=38),
            resume=True,
        ),
        status(Mood.WRAP_UP, "Recording the screen of after-call work", since=_BEGAN, pause=True),
        status(Mood.UPLOADING, "Ready", why_not=_NO_CALL, waiting=2),
        status(
            Mood.ATTENTION,
            "Something needs attention",
            why_not=_NO_CALL,
            problems=(problem("disk-full"),),
        ),
    )
}


REFUSED = "no"  # a page's code that is not known
_SAVED = "/home/kate/Downloads/twinreel-diagnostics-20261122-081500.zip"
_TEXT = """How your work is recorded

The screen of some of your calls is recorded, from the answer to the end of after-call work.
You always see it, and you can pause. Recordings are kept for 90 days.

Questions: works council, room 4."""


class Desk:
    """What the tray has others do, made up: it says what it was asked and answers at once."""

    def __init__(self) -> None:
        self.bridge: Bridge | None = None
        self.read: set[tuple[str, str]] = set()

    def hands(self) -> Hands:
        return Hands(
            pair=self._pair,
            diagnose=self._diagnose,
            has_read=lambda version, agent: (version, agent) in self.read,
            confirm_read=self._confirm,
        )

    def hear(self) -> None:
        """Follow what is told line by line, until the end of the input."""
        for line in sys.stdin:
            verb, _, rest = line.strip().partition(" ")
            self._do(verb, rest)

    def _do(self, verb: str, rest: str) -> None:
        if self.bridge is None:
            return
        match verb:
            case "mood":
                self.bridge.publish(STATUSES[Mood(rest)])
            case "in-call":
                self.bridge.publish(replace(STATUSES[Mood(rest)], in_call=True))
            case "problems":
                found = tuple(problem(code) for code in rest.split())
                self.bridge.publish(replace(STATUSES[Mood.ATTENTION], problems=found))
            case "sending":
                sent, total = (int(part) for part in rest.split())
                sending = replace(STATUSES[Mood.UPLOADING], uploads_sent=sent, uploads_total=total)
                self.bridge.publish(sending)
            case "held":
                why, _, until = rest.partition(" ")
                held = replace(
                    STATUSES[Mood.READY],
                    uploads_waiting=2,
                    uploads_held=cast("Held", why),
                    uploads_until=datetime.fromisoformat(until) if until else None,
                )
                self.bridge.publish(held)
            case "consent":
                self.bridge.publish_rules(HouseRules(consent_version=rest, consent_text=_TEXT))
            case "remind":
                self.bridge.publish_rules(HouseRules(timedelta(seconds=float(rest))))
            case "refused":
                self.bridge.say_refused(rest)
            case _:
                say(f"what is {verb}?")

    def _pair(self, code: str) -> None:
        say(f"pair {code}")
        if self.bridge is not None:
            self.bridge.say_paired("wrong-code" if code == REFUSED else "")

    def _diagnose(self, folder: Path) -> None:
        say("diagnose")
        if self.bridge is not None:
            assert folder.is_dir()
            self.bridge.say_diagnosed(_SAVED, "")

    def _confirm(self, version: str, agent: str) -> None:
        self.read.add((version, agent))
        say(f"confirmed {version} {agent}")


def say(what: str) -> None:
    print(what, flush=True)  # noqa: T201 the test reads it


def main(arguments: list[str]) -> None:
    """Show a mood until somebody quits; what is told on the standard input changes it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mood")
    parser.add_argument("clock", nargs="?", default="standing", choices=("standing", "running"))
    parser.add_argument("--language", default="en")
    parser.add_argument("--right-to-left", action="store_true")
    asked = parser.parse_args(arguments)
    began = monotonic()

    def look() -> bool:
        there = this_host().tray_is_there()
        if not there:
            say("no tray")
        return there

    desk = Desk()
    shell = Shell(
        ask=lambda ask: say(ask.value),
        clock=lambda: _NOW + timedelta(seconds=(monotonic() - began) * (asked.clock == "running")),
        tray_is_there=look,
        hands=desk.hands(),
        version="1.0",
        log="/var/log/twinreel/agent.log",
        language=asked.language,
    )
    if asked.right_to_left:
        QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desk.bridge = shell.bridge
    shown = STATUSES[Mood(asked.mood)]
    publish = Timer(0, shell.bridge.publish, (shown,))  # from another thread
    publish.start()
    Thread(target=desk.hear, daemon=True).start()
    shell.run(at_session_end=lambda: say("session-end"))
    publish.join()
    say(f"ended after {Ask.QUIT.value}")


if __name__ == "__main__":
    main(sys.argv[1:])
