"""The package under Wine, installed to removed: `python -m tests.installer.windows.wine`.

Takes one to three minutes, so it is run by hand. Without `--bundle FOLDER` small programs stand in
for ours, which tell how the package called them; with it, that folder is packed, and ours run.
Needs Debian's wine64, wine, wixl, msitools and, to stand in, gcc-mingw-w64-x86-64-win32. What Wine
cannot show is in docs/it/windows.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.windows.msi import build

_STAND_IN = Path(__file__).with_name("stand_in.c")
_COMPILER = "x86_64-w64-mingw32-gcc"
_FAILED = 1603 & 0xFF  # as a process under Unix can tell it
_TOKEN = "TR1." + "A" * 43 + ".secret"
_LOOK = "twinreel-uploader.exe --version"  # whether the programs start at all, before each call
_LONGEST = 300  # seconds for one run of msiexec


class Unexpected(AssertionError):
    """Something is not as it should be."""


@dataclass(frozen=True, slots=True)
class Computer:
    """A Windows of Wine's, with nothing of ours in it."""

    prefix: Path
    packages: Path
    real: bool  # whether it is our programs that are packed

    def wine(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a Windows program."""
        environment = {
            **os.environ,
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }
        return subprocess.run(
            ["wine", *words],
            cwd=self.packages,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LONGEST,
        )

    def msiexec(self, *words: str) -> int:
        """Install, repair or remove, without a window."""
        return self.wine("msiexec", *words, "/qn").returncode

    def value(self, key: str, name: str) -> str | None:
        """A value below HKLM; None if there is none."""
        said = self.wine("reg", "query", f"HKLM\\{key}", "/v", name)
        lines = [line.split(None, 2) for line in said.stdout.splitlines() if " REG_" in line]
        return lines[0][2].strip() if lines and len(lines[0]) > 2 else None

    def setting(self, section: str, name: str) -> str | None:
        """What the installer was told."""
        return self.value(f"Software\\Twinreel\\{section}".rstrip("\\"), name)

    @property
    def programs(self) -> Path:
        """Where ours are installed."""
        return self.prefix / "drive_c" / "Program Files" / "Twinreel"

    @property
    def data(self) -> Path:
        """What belongs to all users."""
        return self.prefix / "drive_c" / "ProgramData" / "Twinreel"

    def calls(self) -> list[str]:
        """How our programs were called since this was last asked."""
        told = self.prefix / "drive_c" / "users" / "Public" / "twinreel-calls.txt"
        lines = told.read_text().split("\n")[:-1] if told.is_file() else []
        told.unlink(missing_ok=True)
        return [line.strip() for line in lines]


def _is(found: object, wanted: object) -> None:
    if found != wanted:
        raise Unexpected(f"{found!r} is not {wanted!r}")


def _so(truth: object) -> None:
    if not truth:
        raise Unexpected("it is not so")


def bad_values_are_refused(computer: Computer) -> None:
    for bad in (
        "CENTRALURL=http://central.example",
        "CENTRALURL=https://kate@central.example",
        "PORT=many",
        "PORT=70000",
        "UPGRADEWAIT=500",
        "LOGLEVEL=loud",
        "ENROLMENTTOKEN=secret",
        "SITECA=ca.pem",
        "AUTOSTART=yes",
    ):
        status = computer.msiexec("/i", "Twinreel-1.0.0-x64.msi", bad)
        if status != _FAILED or computer.programs.exists():
            raise Unexpected(f"{bad} was taken: {status}")
    _is(computer.setting("", "Version"), None)


def a_failure_leaves_nothing(computer: Computer) -> None:
    _so(computer.msiexec("/i", "fails.msi", "CENTRALURL=https://central.example"))
    _so(not computer.programs.exists())
    _is(computer.setting("central", "url"), None)


def it_is_installed_as_asked(computer: Computer) -> None:
    computer.calls()
    status = computer.msiexec(
        "/i",
        "Twinreel-1.0.0-x64.msi",
        "CENTRALURL=https://central.example",
        f"ENROLMENTTOKEN={_TOKEN}",
        "PORT=8085,8086",
        "HTTPSPORT=8443",
        "SERVICE=1",
    )
    _is(status, 0)
    _is(computer.setting("", "Version"), "1.0.0")
    _is(computer.setting("central", "url"), "https://central.example")
    _is(computer.setting("enrolment", "token"), _TOKEN)
    _is(computer.setting("workspace", "loopback_ports"), "8085,8086")
    _is(computer.setting("", "log_level"), None)
    run = computer.value("Software\\Microsoft\\Windows\\CurrentVersion\\Run", "Twinreel")
    _is(run, '"C:\\Program Files\\Twinreel\\twinreel-agent.exe"')
    service = "System\\CurrentControlSet\\Services"
    _is(
        computer.value(f"{service}\\TwinreelUploader", "ObjectName"), "NT SERVICE\\TwinreelUploader"
    )
    log = f"{service}\\EventLog\\Application\\Twinreel"
    _is(computer.value(log, "EventMessageFile"), "%SystemRoot%\\System32\\EventCreate.exe")
    _so((computer.data / "users").is_dir())
    if not computer.real:
        renewed = "twinreel-agent.exe certificate renew --trust --readers *S-1-5-4"
        _is(computer.calls(), [_LOOK, renewed])


def what_is_not_said_again_stays(computer: Computer) -> None:
    status = computer.msiexec(
        "/i", "Twinreel-1.1.0-x64.msi", "LOGLEVEL=debug", "PORT=-", "SERVICE=0"
    )
    _is(status, 0)
    _is(computer.setting("", "Version"), "1.1.0")
    _is(computer.setting("central", "url"), "https://central.example")
    _is(computer.setting("", "log_level"), "debug")
    _is(computer.setting("workspace", "loopback_ports"), None)
    _is(computer.setting("workspace", "https_ports"), "8443")
    _so(not (computer.programs / "_internal" / "only-in-1.0.txt").exists())
    _so((computer.programs / "_internal" / "only-in-1.1.txt").exists())
    if not computer.real:
        # Wine does not tell the old version that a newer one follows: it believes it is removed.
        looked, made_way, *_, renewed = computer.calls()
        _is(looked, _LOOK)
        _so(made_way.startswith("twinreel-agent.exe make-way --for "))
        _is(renewed, "twinreel-agent.exe certificate renew --trust --readers *S-1-5-4")


def an_older_version_is_refused(computer: Computer) -> None:
    _is(computer.msiexec("/i", "Twinreel-1.0.0-x64.msi"), _FAILED)
    _is(computer.setting("", "Version"), "1.1.0")


def a_repair_brings_back_what_is_lost_and_broken(computer: Computer) -> None:
    lost = computer.programs / "_internal" / "only-in-1.1.txt"
    broken = computer.programs / "certificate-task.xml"
    lost.unlink()
    for library in (computer.programs / "_internal").glob("python3*.dll"):
        library.unlink()  # nothing starts any more, and that must hold no installation
    broken.write_text("broken")
    computer.calls()
    _is(computer.msiexec("/i", "Twinreel-1.1.0-x64.msi", "REINSTALL=ALL"), 0)
    _so(lost.exists())
    _so("Twinreel" in broken.read_text("utf-16"))
    _is(computer.setting("central", "url"), "https://central.example")
    if not computer.real:
        _is(computer.calls()[:2], [_LOOK, "twinreel-agent.exe make-way --for upgrade"])
    else:
        _is(computer.wine(computer.programs / "twinreel-uploader.exe", "--version").returncode, 0)


def removed_it_keeps_recordings_and_nothing_else(computer: Computer) -> None:
    recording = computer.data / "users" / "kate" / "spool" / "r" / "000.seg"
    recording.parent.mkdir(parents=True)
    recording.write_text("sealed")
    (computer.data / "make-way.json").write_text("{}")
    _is(computer.msiexec("/x", "Twinreel-1.1.0-x64.msi"), 0)
    _so(not computer.programs.exists())
    _is(recording.read_text(), "sealed")
    _so(not (computer.data / "make-way.json").exists())
    _is(computer.setting("", "Version"), None)
    _is(computer.setting("central", "url"), None)
    _is(computer.value("Software\\Microsoft\\Windows\\CurrentVersion\\Run", "Twinreel"), None)
    service = "System\\CurrentControlSet\\Services"
    _is(computer.value(f"{service}\\TwinreelUploader", "ObjectName"), None)
    _is(computer.value(f"{service}\\EventLog\\Application\\Twinreel", "TypesSupported"), None)
    if not computer.real:
        _is(
            computer.calls(),
            [
                _LOOK,
                "twinreel-agent.exe make-way --for removal",
                _LOOK,
                "twinreel-agent.exe certificate remove --trust",
            ],
        )


STEPS: tuple[Callable[[Computer], None], ...] = (
    bad_values_are_refused,
    a_failure_leaves_nothing,
    it_is_installed_as_asked,
    what_is_not_said_again_stays,
    an_older_version_is_refused,
    a_repair_brings_back_what_is_lost_and_broken,
    removed_it_keeps_recordings_and_nothing_else,
)


def _stand_in(folder: Path) -> Path:
    bundle = folder / "twinreel"
    (bundle / "_internal").mkdir(parents=True)
    for name in ("twinreel-agent.exe", "twinreel-uploader.exe"):
        command = [_COMPILER, "-municode", "-mwindows", "-Os", "-s", "-o", str(bundle / name)]
        subprocess.run([*command, str(_STAND_IN)], check=True)
    (bundle / "_internal" / "base_library.zip").write_bytes(b"PK")
    return bundle


def _packages(bundle: Path, folder: Path) -> Path:
    """1.0.0, 1.1.0 with one file less and one more, and one that fails at the end."""
    out = folder / "packages"
    for version in ("1.0", "1.1"):
        copy = folder / f"bundle-{version}"
        shutil.copytree(bundle, copy)
        (copy / "_internal" / f"only-in-{version}.txt").write_text(version)
        build(copy, out, f"{version}.0")
        shutil.rmtree(copy)
    shutil.copy(out / "Twinreel-1.0.0-x64.msi", out / "fails.msi")
    action = (
        "INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES "
        "('Breaks', 3106, 'CommonAppDataFolder', '\"[System64Folder]cmd.exe\" /c exit 1')"
    )
    order = "INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('Breaks', 6500)"
    subprocess.run(["msibuild", out / "fails.msi", "-q", action, "-q", order], check=True)
    return out


def main(arguments: Sequence[str]) -> int:
    """Go through the steps; 0 if all went well."""
    parser = argparse.ArgumentParser(prog="python -m tests.installer.windows.wine")
    parser.add_argument("--bundle", type=Path, help="our programs for Windows, and not stand-ins")
    asked = parser.parse_args(arguments)
    tools = ("wine", "wixl", "msibuild", "msiinfo", *(() if asked.bundle else (_COMPILER,)))
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        print(f"not installed: {', '.join(missing)}")
        return 3
    failed = 0
    with tempfile.TemporaryDirectory(prefix="twinreel-wine-") as name:
        folder = Path(name)
        bundle = asked.bundle or _stand_in(folder)
        packages = _packages(bundle.absolute(), folder)
        computer = Computer(folder / "prefix", packages, real=asked.bundle is not None)
        try:
            computer.wine("wineboot", "-i")
            computer.wine("winecfg", "-v", "win10")
            for step in STEPS:
                try:
                    step(computer)
                except Unexpected as error:
                    failed += 1
                    print(f"FAILED  {step.__name__.replace('_', ' ')}: {error}", flush=True)
                else:
                    print(f"ok      {step.__name__.replace('_', ' ')}", flush=True)
        finally:
            ended = {**os.environ, "WINEPREFIX": str(computer.prefix)}
            subprocess.run(["wineserver", "-k"], env=ended, check=False)
            subprocess.run(["wineserver", "-w"], env=ended, check=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
