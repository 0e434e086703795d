"""The package's scripts and the uninstaller, run by a plain shell upon a Mac that is a folder."""

import plistlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from installer.macos.layout import FILES, SCRIPTS
from tests.installer.macos.apps import small_app

_PATH = "PATH=/usr/bin:/bin:/usr/sbin:/sbin\n"
_SHELL = [*SCRIPTS, "uninstall.sh", "sign.sh"]
_AGENT = """#!/bin/sh
echo "twinreel-agent $*" >>"$CALLS"
case $1 in
make-way) exit $(cat "$MAKE_WAY") ;;
config) exit $(cat "$CONFIG") ;;
esac
"""
_SUPPORT = "Library/Application Support/Twinreel"


@dataclass
class _Mac:
    """Where kate and lee are at their desktops."""

    root: Path
    commands: Path
    calls_file: Path
    installer: str = "/usr/bin/id -u"  # what says who the scripts run as

    def run(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        text = (FILES / script).read_text()
        assert _PATH in text
        ours = self.commands.parent / script
        text = text.replace(_PATH, f"PATH={self.commands}:/usr/bin:/bin\n")
        ours.write_text(text.replace("/usr/bin/id -u", self.installer))
        environment = {
            "TWINREEL_ANY_ROOT": str(self.root),
            "CALLS": str(self.calls_file),
            "MAKE_WAY": str(self.commands / "make-way-status"),
            "CONFIG": str(self.commands / "config-status"),
        }
        return subprocess.run(
            ["/bin/sh", ours, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def package_script(self, script: str) -> subprocess.CompletedProcess[str]:
        return self.run(script, "/Volumes/Twinreel.pkg", "/", str(self.root) + "/", "/")

    def answers(self, *, make_way: int = 0, config: int = 0) -> None:
        (self.commands / "make-way-status").write_text(str(make_way))
        (self.commands / "config-status").write_text(str(config))

    @property
    def calls(self) -> list[str]:
        text = self.calls_file.read_text() if self.calls_file.exists() else ""
        return text.replace(str(self.root), "").splitlines()

    @property
    def marker(self) -> Path:
        return self.root / "var/run/twinreel/make-way.json"


@pytest.fixture
def mac(tmp_path: Path) -> _Mac:
    root, commands = tmp_path / "root", tmp_path / "commands"
    commands.mkdir()
    made = _Mac(root, commands, tmp_path / "calls")
    who = "echo 'kate console Nov 23'; echo 'kate ttys000 Nov 23'; echo 'lee console Nov 23'"
    ids = 'case "$*" in "-u kate") echo 501 ;; "-u lee") echo 502 ;; *) echo 0 ;; esac'
    for name, body in (
        ("launchctl", 'echo "launchctl $*" >>"$CALLS"; [ "$1" != print-disabled ]'),
        ("who", who),
        ("id", ids),
        ("pkgutil", 'echo "pkgutil $*" >>"$CALLS"'),
    ):
        (commands / name).write_text(f"#!/bin/sh\n{body}\n")
        (commands / name).chmod(0o755)
    small_app(root / "Applications", _AGENT)
    for folder in ("LaunchAgents", "LaunchDaemons", "Application Support/Twinreel"):
        (root / "Library" / folder).mkdir(parents=True)
    for place in ("LaunchAgents/com.twinreel.agent", "LaunchDaemons/com.twinreel.uploader"):
        (root / "Library" / f"{place}.plist").write_text("")
    made.marker.parent.mkdir(parents=True)
    made.marker.write_text("{}")
    made.answers()
    return made


@pytest.mark.parametrize("script", _SHELL)
def test_a_plain_shell_reads_each(script: str) -> None:
    subprocess.run(["/bin/sh", "-n", FILES / script], check=True)


@pytest.mark.parametrize("script", _SHELL)
def test_a_reader_of_scripts_finds_nothing_to_say(script: str) -> None:
    done = subprocess.run(
        ["shellcheck", "-s", "sh", FILES / script], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""


def test_before_files_are_replaced_everybody_makes_way(mac: _Mac) -> None:
    assert mac.package_script("preinstall").returncode == 0
    assert mac.calls == [
        "twinreel-agent make-way --for upgrade",
        "launchctl bootout system/com.twinreel.uploader",
    ]
    assert mac.marker.exists()  # so that nobody starts while files are replaced


@pytest.mark.parametrize("status", [4, 5, 6])
def test_where_somebody_stays_nothing_is_replaced(status: int, mac: _Mac) -> None:
    mac.answers(make_way=status)
    done = mac.package_script("preinstall")
    assert done.returncode == 1
    assert "nothing was changed" in done.stdout
    kicked = [f"launchctl kickstart gui/{uid}/com.twinreel.agent" for uid in (501, 502)]
    assert mac.calls == ["twinreel-agent make-way --for upgrade", *kicked]
    assert not mac.marker.exists()


def test_a_first_installation_asks_nobody(mac: _Mac) -> None:
    (mac.root / "Applications/Twinreel.app/Contents/MacOS/twinreel-agent").unlink()
    assert mac.package_script("preinstall").returncode == 0
    assert mac.calls == []


@pytest.mark.parametrize("status", [1, 2, 127])
def test_a_version_that_is_broken_or_cannot_make_way_is_replaced(status: int, mac: _Mac) -> None:
    mac.answers(make_way=status)
    done = mac.package_script("preinstall")
    assert done.returncode == 0
    assert "going on" in done.stdout


def test_after_that_everybody_at_a_desktop_has_it_again_and_the_service_stays_off(
    mac: _Mac,
) -> None:
    assert mac.package_script("postinstall").returncode == 0
    plist = "/Library/LaunchAgents/com.twinreel.agent.plist"
    assert mac.calls == [
        "launchctl print-disabled system",
        "launchctl bootout gui/501/com.twinreel.agent",
        f"launchctl bootstrap gui/501 {plist}",
        "launchctl bootout gui/502/com.twinreel.agent",
        f"launchctl bootstrap gui/502 {plist}",
        "twinreel-agent config check",
    ]
    assert not mac.marker.exists()


@pytest.mark.parametrize(
    ("said", "started"), [("enabled", True), ("false", True), ("disabled", False), ("true", False)]
)
def test_the_service_starts_again_where_it_enabled_it(said: str, started: bool, mac: _Mac) -> None:  # noqa: FBT001 -- a case
    (mac.commands / "launchctl").write_text(
        f'#!/bin/sh\necho "launchctl $*" >>"$CALLS"\n'
        f'[ "$1" != print-disabled ] || echo \'\t"com.twinreel.uploader" => {said}\'\n'
    )
    assert mac.package_script("postinstall").returncode == 0
    plist = "/Library/LaunchDaemons/com.twinreel.uploader.plist"
    assert (f"launchctl bootstrap system {plist}" in mac.calls) is started


def test_commands_for_the_terminal_lead_into_the_app(mac: _Mac) -> None:
    mac.package_script("postinstall")
    for name in ("twinreel-agent", "twinreel-uploader"):
        text = (mac.root / "usr/local/bin" / name).read_text()
        assert text == f'#!/bin/sh\nexec "/Applications/Twinreel.app/Contents/MacOS/{name}" "$@"\n'


def test_what_lies_in_the_place_of_a_command_is_replaced_and_not_written_through(
    mac: _Mac, tmp_path: Path
) -> None:
    theirs = tmp_path / "sudoers"
    theirs.write_text("as it was")
    commands = mac.root / "usr/local/bin"
    commands.mkdir(parents=True)
    (commands / "twinreel-agent").symlink_to(theirs)
    (commands / "twinreel-uploader").symlink_to(tmp_path)
    mac.package_script("postinstall")
    assert theirs.read_text() == "as it was"
    for name in ("twinreel-agent", "twinreel-uploader"):
        assert not (commands / name).is_symlink()
        assert (commands / name).stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("script", ["preinstall", "uninstall.sh"])
def test_an_app_that_root_did_not_install_is_not_run(script: str, mac: _Mac) -> None:
    mac.installer = "echo 4321"  # another than whose the app is
    done = mac.package_script(script) if script == "preinstall" else mac.run(script)
    assert done.returncode == 0
    assert "not installed by root" in done.stdout + done.stderr
    assert not [call for call in mac.calls if call.startswith("twinreel-agent")]


def test_a_wrong_configuration_is_said_and_is_no_failure(mac: _Mac) -> None:
    mac.answers(config=1)
    done = mac.package_script("postinstall")
    assert done.returncode == 0
    assert "its configuration must be mended" in done.stdout


def _with_recordings(mac: _Mac) -> Path:
    spool = mac.root / "Users/kate" / _SUPPORT / "spool"
    (spool / "0193-a").mkdir(parents=True)
    (spool / "quarantine" / "0193-b").mkdir(parents=True)
    (spool / "sent.jsonl").write_text("")
    return spool


def test_removed_it_leaves_unsent_recordings_and_says_where(mac: _Mac) -> None:
    spool = _with_recordings(mac)
    support = mac.root / _SUPPORT
    for name in ("twinreel.toml", "twinreel.toml.example", "uninstall.sh"):
        (support / name).write_text("")
    mac.package_script("postinstall")
    done = mac.run("uninstall.sh", "--wait", "5")
    assert done.returncode == 0, done.stderr
    assert "twinreel-agent make-way --for removal --wait 5" in mac.calls
    assert "pkgutil --forget com.twinreel.pkg" in mac.calls
    assert "launchctl bootout gui/502/com.twinreel.agent" in mac.calls
    assert (spool / "0193-a").is_dir()
    assert (spool / "quarantine" / "0193-b").is_dir()
    assert f"not sent yet: {spool}/0193-a/" in done.stdout
    assert f"not sent yet: {spool}/quarantine/0193-b/" in done.stdout
    assert "2 recordings stay" in done.stdout
    left = sorted(str(path.relative_to(mac.root)) for path in mac.root.rglob("*") if path.is_file())
    assert left == [
        f"{_SUPPORT}/twinreel.toml",
        f"Users/kate/{_SUPPORT}/spool/sent.jsonl",
    ]


def test_removed_with_all_the_configuration_goes_too(mac: _Mac) -> None:
    (mac.root / _SUPPORT / "twinreel.toml").write_text("")
    assert mac.run("uninstall.sh", "--all").returncode == 0
    assert not (mac.root / _SUPPORT).exists()


def test_where_somebody_stays_nothing_is_removed(mac: _Mac) -> None:
    mac.answers(make_way=6)
    done = mac.run("uninstall.sh")
    assert done.returncode == 1
    assert "nothing was removed" in done.stderr
    assert "launchctl kickstart gui/502/com.twinreel.agent" in mac.calls
    assert (mac.root / "Applications/Twinreel.app").is_dir()
    assert not mac.marker.exists()


def test_an_unknown_word_removes_nothing(mac: _Mac) -> None:
    assert mac.run("uninstall.sh", "--purge").returncode == 2
    assert mac.calls == []


def test_the_client_is_started_again_after_a_crash_alone() -> None:
    """A second client ends with status 4: launchd would start it every ten seconds, for ever."""
    told = plistlib.loads((FILES / "com.twinreel.agent.plist").read_bytes())
    assert told["KeepAlive"] == {"Crashed": True}
    assert told["RunAtLoad"] is True
    assert told["LimitLoadToSessionType"] == "Aqua"


def test_the_service_is_off_until_it_is_enabled() -> None:
    told = plistlib.loads((FILES / "com.twinreel.uploader.plist").read_bytes())
    assert told["Disabled"] is True
