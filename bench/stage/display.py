"""A desk's session: a display with a window manager and a tray, a session bus and a keyring.

Where no desktop runs, it is made of the real parts: Xvfb, openbox, trayer, dbus-daemon and
gnome-keyring-daemon, all in a folder of their own and gone when the block ends.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

WIDTH, HEIGHT = 1920, 1080
_PATIENCE_SECONDS = 60.0


class StageError(RuntimeError):
    """A part of the stage is missing or did not start; the message says what to do."""


def wait_for(
    what: str, condition: Callable[[], object], seconds: float = _PATIENCE_SECONDS
) -> None:
    """Return as soon as the condition holds; StageError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise StageError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def need(*programs: str) -> None:
    """StageError that names all missing programs at once."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise StageError(
            f"not installed: {', '.join(missing)}; `make setup` as root installs them all, "
            "or names the packages to install"
        )


def untouched() -> dict[str, str]:
    """The environment without what Twinreel's programs read from it: those are told otherwise."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TWINREEL_")}


@contextmanager
def child(
    command: Sequence[str],
    env: Mapping[str, str],
    log: Path,
    *,
    patience: float = 10.0,
    stdin: int | None = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for the block's length, its output in a log; ask it to end, then insist."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(env),
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone, and we end all in order
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdin is not None:
            process.stdin.close()


@contextmanager
def piped(
    command: Sequence[str], env: Mapping[str, str], log: Path | None = None, *, kill: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for the block's length and talk with it through pipes; its errors in a log.

    At the end it is asked to end, or killed.
    """
    with ExitStack() as stack:
        process = subprocess.Popen(
            command,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if log is None else stack.enter_context(log.open("ab")),
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if kill:
            process.kill()
        else:
            process.terminate()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def x_display(folder: Path, width: int = WIDTH, height: int = HEIGHT) -> Iterator[str]:
    """An Xvfb of our own; yields the value of DISPLAY. Keys that are held down are not repeated.

    It is not reset when its last client goes: who comes in that moment would be sent away.
    """
    need("Xvfb")
    reading, writing = os.pipe()
    with ExitStack() as stack:
        stack.callback(os.close, reading)
        log = stack.enter_context((folder / "xvfb.log").open("ab"))
        screen = f"{width}x{height}x24"
        server = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(writing), "-screen", "0", screen),
                *("-nolisten", "tcp", "-noreset", "-r"),
            ],
            pass_fds=[writing],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(writing)
        stack.callback(server.wait)
        stack.callback(server.terminate)
        number = b""
        while not number.endswith(b"\n"):
            piece = os.read(reading, 16)
            if not piece:
                raise StageError(f"Xvfb did not start; see {folder / 'xvfb.log'}")
            number += piece
        yield f":{number.decode().strip()}"


@contextmanager
def session_bus(env: Mapping[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """A session bus of our own; yields the environment to use it."""
    need("dbus-daemon")
    address = f"unix:path={folder / 'bus'}"
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"]
    with child(command, env, folder / "dbus.log"):
        wait_for("dbus-daemon", lambda: _listens(folder / "bus"))
        yield {**env, "DBUS_SESSION_BUS_ADDRESS": address}


def _listens(path: Path) -> bool:
    if sys.platform == "win32":
        return False
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0


@contextmanager
def keyring(env: Mapping[str, str], folder: Path) -> Iterator[None]:
    """An unlocked gnome-keyring on the environment's bus, its files below XDG_DATA_HOME."""
    need("gnome-keyring-daemon")
    command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    with child(command, env, folder / "keyring.log", stdin=subprocess.PIPE) as daemon:
        if daemon.stdin is None:
            raise StageError("gnome-keyring-daemon has no standard input")
        daemon.stdin.write(b"stage")
        daemon.stdin.close()
        wait_for("gnome-keyring", lambda: _has_keyring(env))
        yield


def _has_keyring(env: Mapping[str, str]) -> bool:
    """Whether a secret service is on the session bus; without a bus, dbus-send would start one."""
    if not env.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    asked = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    asked += ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
    answer = subprocess.run(asked, env=dict(env), capture_output=True, check=False)
    return b"true" in answer.stdout


@contextmanager
def desk(
    folder: Path, *, tray: bool = True, size: tuple[int, int] | None = None
) -> Iterator[dict[str, str]]:
    """A whole desk, headless: yields the environment that programs at it run in.

    A display that is already there (DISPLAY) is used, with its own window manager and tray; not so
    if a size is asked for.
    """
    need("xdotool", "import")
    folder.mkdir(parents=True, exist_ok=True)
    home = {name: folder / name for name in ("home", "run", "data", "config", "state", "cache")}
    for path in home.values():
        path.mkdir(mode=0o700, exist_ok=True)
    env = {
        **untouched(),
        "XDG_RUNTIME_DIR": str(home["run"]),
        "XDG_DATA_HOME": str(home["data"]),
        "XDG_STATE_HOME": str(home["state"]),
        "QT_QPA_PLATFORM": "xcb",
        "LC_ALL": "C.UTF-8",  # what is read and clicked is in English
        "NO_AT_BRIDGE": "1",
    }
    with ExitStack() as stack:
        if os.environ.get("DISPLAY") and size is None:
            env |= {
                name: os.environ[name]
                for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME")
                if name in os.environ
            }
            if not _has_keyring(env):
                env = stack.enter_context(session_bus(env, folder))
                env["XDG_DATA_HOME"] = str(home["data"])
                stack.enter_context(keyring(env, folder))
        else:
            env |= {"HOME": str(home["home"]), "XDG_CONFIG_HOME": str(home["config"])}
            env["XDG_CACHE_HOME"] = str(home["cache"])
            env["DISPLAY"] = stack.enter_context(x_display(folder, *(size or (WIDTH, HEIGHT))))
            env = stack.enter_context(session_bus(env, folder))
            stack.enter_context(keyring(env, folder))
            _furnish(stack, env, folder, tray=tray)
        yield env


def _furnish(stack: ExitStack, env: dict[str, str], folder: Path, *, tray: bool) -> None:
    need("openbox", *(["trayer"] if tray else []))
    stack.enter_context(child(["openbox"], env, folder / "openbox.log"))
    wait_for("openbox", lambda: _answers(env, "xdotool", "get_desktop"))
    if tray:
        bar = "trayer --edge bottom --align right --widthtype request --height 30"
        bar += " --transparent false --tint 0x2b3440"
        stack.enter_context(child(bar.split(), env, folder / "trayer.log"))
        wait_for("trayer", lambda: _answers(env, "xdotool", "search", "--class", "trayer"))


def _answers(env: Mapping[str, str], *command: str) -> bool:
    done = subprocess.run(command, env=dict(env), capture_output=True, check=False)
    return done.returncode == 0


def screenshot(env: Mapping[str, str], path: Path) -> None:
    """The whole display as a PNG."""
    subprocess.run(["import", "-window", "root", str(path)], env=dict(env), check=True)


def output(env: Mapping[str, str], *command: str) -> str:
    """What this command says; StageError with its complaint if it fails."""
    done = subprocess.run(command, env=dict(env), capture_output=True, check=False, text=True)
    if done.returncode:
        raise StageError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
