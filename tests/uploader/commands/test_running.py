"""The uploader as it runs until a signal ends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.uploader.desk_program import ROOT, Desk
from tests.uploader.false_central import FalseCentral

pytestmark = pytest.mark.e2e

_PROGRAM = """
import signal, sys, threading, types
import uploader.app
from uploader.commands import main

class Interrupted(threading.Event):
    raised = False

    def wait(self, timeout=None):
        if threading.current_thread() is threading.main_thread() and not Interrupted.raised:
            Interrupted.raised = True
            with self._cond:  # as `wait` itself holds it for a moment
                signal.raise_signal(getattr(signal, NAME))
        return super().wait(timeout)

uploader.app.threading = types.SimpleNamespace(**{**vars(threading), "Event": Interrupted})
sys.exit(main())
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_is_heard_whatever_the_uploader_does_at_that_moment(
    tmp_path: Path, name: str
) -> None:
    desk = Desk(tmp_path, "http://127.0.0.1:1", FalseCentral().token, {"PATH": os.environ["PATH"]})
    _, _, _, *arguments = desk.command()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.replace("NAME", repr(name)), *arguments],
        cwd=ROOT,
        env=desk.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "uploader ends" in desk.log()
