"""The tray alone, as a program: shows one status, prints what is asked, ends on Quit."""

import sys
from datetime import timedelta
from threading import Timer
from time import monotonic

from agent_client.core.problems import Problem, problem
from agent_client.core.status import Mood, Status
from agent_client.host import this_host
from agent_client.tray.menu import Ask
from agent_client.tray.shell import Shell

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
        status(
            Mood.ATTENTION,
            "Something needs attention",
            why_not=_NO_CALL,
            problems=(problem("disk-full"),),
        ),
    )
}


def main(mood: str, clock: str = "standing") -> None:
    """Show this mood until somebody quits; time stands still unless the clock is "running"."""
    began = monotonic()

    def say(what: str) -> None:
        print(what, flush=True)  # noqa: T201 the test reads it

    def look() -> bool:
        there = this_host().tray_is_there()
        if not there:
            say("no tray")
        return there

    shell = Shell(
        ask=lambda ask: say(ask.value),
        clock=lambda: _NOW + timedelta(seconds=(monotonic() - began) * (clock == "running")),
        tray_is_there=look,
        language="en",
    )
    publish = Timer(0, shell.bridge.publish, (STATUSES[Mood(mood)],))  # from another thread
    publish.start()
    shell.run(at_session_end=lambda: say("session-end"))
    publish.join()
    say(f"ended after {Ask.QUIT.value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
