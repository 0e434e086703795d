"""A desktop session of the machine's user: display, panel and keyring are the host's programs."""

from __future__ import annotations

import configparser
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.stage import display, office
from bench.stage.display import child, wait_for
from tests.e2e.scene import House, opened
from tests.installer.linux.deb.fresh import HOME, USER, Machine

UID = 1000
_AUTOSTART = "etc/xdg/autostart/twinreel.desktop"
_PROGRAMS = {"agent_client": "twinreel-agent", "uploader": "twinreel-uploader"}
_BUS = """\
<busconfig>
  <type>session</type>
  <listen>unix:abstract={name}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
  </policy>
</busconfig>
"""


@dataclass(kw_only=True)
class InstalledDesk(office.Desk):
    """A desk whose programs are the package's, started as the package says."""

    machine: Machine

    @property
    def config(self) -> Path:
        """The machine's."""
        return self.machine.root / "etc/twinreel/twinreel.toml"

    @property
    def state(self) -> Path:
        """The user's."""
        return self.machine.root / HOME.lstrip("/") / ".local/state/twinreel"

    def install(self) -> None:
        """Write what IT puts there. Workspace's stand-in runs as another user."""
        self.config.write_text(
            f'[central]\nurl = "{self.central.url}"\n'
            f'[enrolment]\ntoken = "{self.central.enrolment_token}"\n'
            f"[workspace]\nloopback_ports = [{self.port}]\nother_users = true\n"
            'client_id = "twinreel"\nclient_secret = ""\n',
            encoding="utf-8",
        )

    @contextmanager
    def running(self, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """What the session starts by itself, as the autostart file has it."""
        entry = configparser.ConfigParser(interpolation=None)
        entry.read(self.machine.root / _AUTOSTART, encoding="utf-8")
        words = shlex.split(entry["Desktop Entry"]["Exec"])
        command = self.machine.command(*words, user=f"{UID}:{UID}", env=env)
        self.folder.mkdir(parents=True, exist_ok=True)
        with child(command, display.untouched(), self.folder / "client.log") as client:
            try:
                yield client
            finally:
                for module in _PROGRAMS:
                    self.end(module)

    def pids(self, module: str) -> list[int]:
        """The machine's processes of a program."""
        return self.machine.pids(f"/opt/twinreel/{_PROGRAMS[module]}")


def house(folder: Path) -> AbstractContextManager[House]:
    """Central, Workspace, and a session's display, bus, panel and keyring."""
    return opened(folder, _session(folder))


@contextmanager
def _session(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of the user's programs."""
    name = f"twinreel-{folder.parent.name}-{folder.name}"
    address = f"unix:abstract={name}"
    rules = folder / "bus.conf"
    rules.write_text(_BUS.format(name=name), encoding="utf-8")
    as_user = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--"]
    own = {name: folder / "session" / name for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME")}
    for path in own.values():
        path.mkdir(mode=0o700, parents=True)
        subprocess.run(["chown", f"{UID}:{UID}", str(path)], check=True)
    env = display.untouched() | {name: str(path) for name, path in own.items()}
    env["DBUS_SESSION_BUS_ADDRESS"] = address
    bus = [*as_user, "dbus-daemon", "--nofork", "--nopidfile", f"--config-file={rules}"]
    keyring = [*as_user, "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    with display.x_display(folder) as shown_on, child(bus, env, folder / "dbus.log"):
        wait_for("dbus-daemon", lambda: _answers(env, "org.freedesktop.DBus"))
        with child(keyring, env, folder / "keyring.log", stdin=subprocess.PIPE) as daemon:
            assert daemon.stdin is not None
            daemon.stdin.write(b"stage")
            daemon.stdin.close()
            wait_for("gnome-keyring", lambda: _answers(env, "org.freedesktop.secrets"))
            yield {
                "HOME": HOME,
                "USER": USER,
                "LOGNAME": USER,
                "XDG_RUNTIME_DIR": f"/run/user/{UID}",
                "XDG_SESSION_TYPE": "x11",
                "DISPLAY": shown_on,
                "DBUS_SESSION_BUS_ADDRESS": address,
            }


def _answers(env: Mapping[str, str], name: str) -> bool:
    asked = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    asked += ["org.freedesktop.DBus.NameHasOwner", f"string:{name}"]
    answer = subprocess.run(asked, env=dict(env), capture_output=True, check=False)
    return b"true" in answer.stdout
