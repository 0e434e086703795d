"""The Windows programs, built and tried under Wine: `python -m installer.windows.smoke`.

For whoever has no Windows at hand. It makes a Python for Windows (`wine_python`), freezes both
programs with it from build.spec, and then uses them: they test themselves, a call is recorded from
the tray against the Workspace stand-in and a real central, the uploader brings it there, and the
session ends. What comes out is never for release: its interpreter is put together from parts.

Takes about ten minutes, of which the freezing is most; `--bundle FOLDER` tries one that is there.
What Wine cannot judge: docs/developer.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from bench.stage import office
from bench.stage.display import StageError, child, need, wait_for, x_display
from installer.recipe import version
from installer.windows import wine_python
from installer.windows.wine_python import WindowsPython

CANNOT_HERE = 3
MOST_BYTES = 135_000_000  # both programs, installed
_ROOT = Path(__file__).resolve().parents[2]
_AGENT, _UPLOADER = "twinreel-agent.exe", "twinreel-uploader.exe"
_NOT_UNDER_WINE = "TLS"  # of the self-test: Wine 8 makes no chain to an authority of one's own
_PERSON = "JohnSmith"
_ORIGIN = "https://workspace.example.com"
_PATIENCE = 90.0
_ICON = (13, 31)  # in the strip that Wine draws where no tray is


@dataclass(frozen=True, slots=True)
class Desk:
    """A computer with Windows, as far as Wine is one."""

    python: WindowsPython
    bundle: Path
    display: str

    def environment(self) -> dict[str, str]:
        """For whatever runs there, or looks at its screen."""
        return self.python.environment({"DISPLAY": self.display, "LC_ALL": "C.UTF-8"})

    def run(self, *words: str, seconds: float = _PATIENCE) -> subprocess.CompletedProcess[str]:
        """A program there, from a pipe, as scripts start it."""
        return subprocess.run(
            ["wine", *words],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )

    def program(self, name: str) -> str:
        """Where one of ours is."""
        return str(self.bundle / name)

    @property
    def folder(self) -> Path:
        """The folder `desk` on C:, where configuration and state of the tried client are."""
        return self.python.prefix / "drive_c" / "desk"


def main(arguments: Sequence[str]) -> int:
    """Make, freeze, try; 0 if all went well, 3 if it cannot be done on this machine."""
    parser = argparse.ArgumentParser(prog="python -m installer.windows.smoke")
    parser.add_argument("--work", type=Path, help="a folder to keep things in for the next time")
    parser.add_argument("--bundle", type=Path, help="programs to try, in place of fresh ones")
    parser.add_argument("--tests", action="store_true", help="also tests/windows, unfrozen")
    asked = parser.parse_args(arguments)
    if lacks := wine_python.missing():
        print(f"not on this machine: {', '.join(lacks)}")
        return CANNOT_HERE
    need("Xvfb", "openbox", "xdotool", "import")
    work = asked.work or Path(mkdtemp(prefix="twinreel-wine-"))
    work.mkdir(parents=True, exist_ok=True)
    work = work.resolve()
    try:
        with _desk(work, asked.bundle) as desk:
            _try_all(desk, work, tests=asked.tests)
    except (StageError, subprocess.SubprocessError) as error:
        print(f"SMOKE FAILED: {error}; see {work}")
        return 1
    if asked.work is None:
        shutil.rmtree(work)
    print("SMOKE PASSED")
    return 0


@contextmanager
def _desk(work: Path, bundle: Path | None) -> Iterator[Desk]:
    print("== a Python for Windows", flush=True)
    python = wine_python.make(work)
    stage = work / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    with ExitStack() as stack:
        display = stack.enter_context(x_display(stage, 1280, 1024))
        desk = Desk(python, (bundle or work / "dist" / "twinreel").resolve(), display)
        stack.callback(subprocess.run, ["wineserver", "-k"], env=desk.environment(), check=False)
        stack.enter_context(child(["openbox"], desk.environment(), stage / "openbox.log"))
        if bundle is None:
            _freeze(desk, work)
        yield desk


def _freeze(desk: Desk, work: Path) -> None:
    print("== freezing both programs", flush=True)
    environment = {
        **desk.environment(),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1763856000"),
        "TWINREEL_VERSION": version(_ROOT),
    }
    words = [str(desk.python.program), "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    words += ["--distpath", str(work / "dist"), "--workpath", str(work / "build"), "build.spec"]
    with (work / "freezing.log").open("wb") as log:
        made = subprocess.Popen(
            ["wine", *words],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # into a file, Wine gives Python no standard streams
            stderr=subprocess.STDOUT,
        )
        if made.stdout is not None:
            shutil.copyfileobj(made.stdout, log)
    if made.wait():
        raise StageError(f"freezing failed: {work / 'freezing.log'}")


def _try_all(desk: Desk, work: Path, *, tests: bool) -> None:
    size = sum(path.stat().st_size for path in desk.bundle.rglob("*") if path.is_file())
    print(f"size: {size / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f}")
    if size > MOST_BYTES:
        raise StageError("the programs are too large")
    for name in (_AGENT, _UPLOADER):
        said = desk.run(desk.program(name), "--version")
        if said.returncode or not said.stdout.startswith("Twinreel "):
            raise StageError(f"{name} --version: {said.returncode} {said.stdout}")
    for name in (_AGENT, _UPLOADER):
        said = desk.run(desk.program(name), "--selftest", seconds=180)
        print(f"== {name} --selftest: exit status {said.returncode}\n{said.stdout}", flush=True)
        bad = [line.split()[1] for line in said.stdout.splitlines() if line.startswith("BAD ")]
        if "tests itself" not in said.stdout or set(bad) - {_NOT_UNDER_WINE}:
            raise StageError(f"{name} finds itself bad: {', '.join(bad) or 'it says nothing'}")
    wrong = desk.run(desk.program(_UPLOADER), "--config", "C:\\none.toml", "status")
    if wrong.returncode == 0 or "none.toml" not in wrong.stdout:
        raise StageError(f"a missing configuration is not told: {wrong.stdout}")
    _record(desk, work / "stage")
    if tests:
        _run_tests(desk, work)


def _record(desk: Desk, stage: Path) -> None:
    """A call from ring to receipt, with a look at the tray, and the end of the session."""
    with ExitStack() as stack:
        central = office.Central(stage)
        stack.callback(central.stop)
        central.start()
        central.hire([_PERSON])
        workspace = stack.enter_context(office.workspace(stage))
        central.command(
            *("policy", "set", "--json", "--percentage", "100.00"),
            *("--server", workspace.url, "--origin", _ORIGIN),
        )
        port = office.free_port()
        shutil.rmtree(desk.folder, ignore_errors=True)
        desk.folder.mkdir()
        (desk.folder / "config.toml").write_text(
            "state_dir = 'C:\\desk\\state'\n"
            f'[central]\nurl = "{central.url}"\n'
            f'[enrolment]\ntoken = "{central.enrolment_token}"\n'
            f'[workspace]\nloopback_ports = [{port}]\nclient_id = "twinreel"\n'
            'client_secret = ""\nother_users = true\n',  # Wine does not tell whose a connection is
            encoding="utf-8",
        )
        # Into a pipe: with a file, Wine gives Python no standard streams, and it ends.
        words = ["sh", "-c", '"$@" 2>&1 | cat', "sh"]
        words += ["wine", desk.program(_AGENT), "--config", "C:\\desk\\config.toml"]
        client = stack.enter_context(child(words, desk.environment(), stage / "client.log"))
        state = desk.folder / "state"
        print("== a call", flush=True)
        wait_for("the desk's policy", (state / "policy.json").exists, _PATIENCE)

        def let_in() -> bool:
            time.sleep(0.3)  # it is a person who tries again
            try:
                answer = workspace.play(
                    "sign_in", loopback=f"http://127.0.0.1:{port}", origin=_ORIGIN, ping_seconds=1.0
                )
            except StageError:
                return False
            return bool(answer["status"] == 200)  # noqa: PLR2004 -- OK

        def signed_in() -> bool:
            return "in touch with Workspace" in _log(state)

        wait_for("the sign-in", let_in, _PATIENCE)
        wait_for("word from Workspace", signed_in, _PATIENCE)
        _look_at_tray(desk, stage)
        _talk(workspace, state)
        sent = state / "spool" / "sent.jsonl"
        wait_for("the receipt", sent.exists, _PATIENCE)
        print(f"received: {json.loads(sent.read_text().splitlines()[0])['size']} bytes")
        print("== the session ends in the middle of a call", flush=True)
        call = uuid4().hex.upper()
        workspace.play("ring", call_id=call, number="+15551230001", user_data={})
        workspace.play("answer", call=call)
        wait_for("the second recording", lambda: _log(state).count("open recording") > 1, _PATIENCE)
        time.sleep(2)  # the call's content
        _end_session(desk)
        wait_for("the client's end", lambda: client.poll() is not None, _PATIENCE)
        wait_for("its recording", lambda: len(sent.read_text().splitlines()) > 1, _PATIENCE)


def _end_session(desk: Desk) -> None:
    """Not by a pipe: the client that is installed, which a new session starts, would hold it."""
    subprocess.run(
        ["wineboot", "--end-session"],
        env=desk.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_PATIENCE,
        check=False,
    )


def _talk(workspace: office.Workspace, state: Path) -> None:
    call = uuid4().hex.upper()
    workspace.play("ring", call_id=call, number="+15551230001", user_data={})
    workspace.play("answer", call=call)
    wait_for("the recording", lambda: "resume capture" in _log(state), _PATIENCE)
    time.sleep(4)  # the call's content
    workspace.play("release", call=call)
    workspace.play("wrap_up")
    workspace.play("complete", call=call)
    workspace.play("ready")


def _look_at_tray(desk: Desk, stage: Path) -> None:
    """A right click shows the menu, Escape takes it away."""
    _picture(desk, stage / "icon.png")
    _xdotool(desk, "mousemove", *map(str, _ICON))
    _xdotool(desk, "click", "3")

    def differs() -> bool:
        _picture(desk, stage / "menu.png")
        return (stage / "menu.png").read_bytes() != (stage / "icon.png").read_bytes()

    time.sleep(1)  # until the menu is drawn whole; how it looks is for people
    wait_for("the menu", differs, _PATIENCE)
    _xdotool(desk, "key", "Escape")
    print(f"the icon and its menu: {stage / 'menu.png'}")


def _picture(desk: Desk, into: Path) -> None:
    words = ["import", "-window", "root", str(into)]
    subprocess.run(words, env=desk.environment(), check=True, capture_output=True)


def _xdotool(desk: Desk, *words: str) -> None:
    subprocess.run(["xdotool", *words], env=desk.environment(), check=True, capture_output=True)


def _log(state: Path) -> str:
    path = state / "logs" / "agent.log"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _run_tests(desk: Desk, work: Path) -> None:
    print("== tests/windows", flush=True)
    packages = work / "tests"
    wine_python.install(
        packages,
        ["pytest", "pytest-asyncio", "pytest-qt", "pytest-timeout", "hypothesis", "trustme"],
    )
    done = subprocess.run(
        [
            "wine",
            str(desk.python.program),
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/windows",
        ],
        cwd=_ROOT,
        env={**desk.environment(), "PYTHONPATH": f"Z:{packages}", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    if done.returncode:
        raise StageError("tests/windows failed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
