"""A Debian on which nothing of ours ever was: made once, then layered: each test has its own.

It has processes of its own (a PID namespace), for a package's scripts look for our programs and may
end them; network and display are the host's. Needs root, mmdebstrap and a kernel with overlayfs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.stage.display import wait_for

USER = "kate"
HOME = f"/home/{USER}"
_INIT = "$SIG{TERM} = sub { exit 0 }; while (1) { wait() == -1 and sleep 1 }"
_BARE = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
_PATIENCE = 120.0
_TOOLS = ("mmdebstrap", "unshare", "nsenter", "chroot", "mount", "umount")
_PLACES = (
    "opt/twinreel",
    "usr/bin/twinreel-agent",
    "usr/bin/twinreel-uploader",
    "lib/systemd/system/twinreel-uploader.service",
    "usr/share/doc/twinreel",
    "usr/share/applications/twinreel.desktop",
    "etc/xdg/autostart/twinreel.desktop",
    "etc/twinreel",
    "run/twinreel",
)


def missing() -> str:
    """What keeps us from making one here; "" if nothing does."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root can make a fresh Debian"
    lacking = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True,
        check=False,
        text=True,
    )
    return f"no disks can be mounted here: {tried.stderr.strip()}" if tried.returncode else ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    text: str  # both outputs, as a person sees them


@dataclass
class Machine:
    """A computer of its own, as far as files and processes go."""

    root: Path
    layer: Path  # what was changed in it
    init: subprocess.Popen[bytes]

    def command(
        self, *words: str, user: str = "root", env: Mapping[str, str] | None = None
    ) -> list[str]:
        """For a process of ours that shall run there."""
        variables = [f"{name}={value}" for name, value in {**_BARE, **(env or {})}.items()]
        namespace = f"--pid=/proc/{self.init.pid}/ns/pid_for_children"
        inside = ["chroot", f"--userspec={user}", str(self.root), "/usr/bin/env", "-i"]
        return ["nsenter", namespace, *inside, *variables, *words]

    def run(self, *words: str, user: str = "root", env: Mapping[str, str] | None = None) -> Said:
        """Run it there and wait."""
        done = subprocess.run(
            self.command(*words, user=user, env=env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=_PATIENCE,
        )
        return Said(done.returncode, done.stdout)

    def do(self, *words: str) -> str:
        """Run it there; it must succeed."""
        said = self.run(*words)
        assert said.status == 0, f"{' '.join(words)}: {said.text}"
        return said.text

    def apt(self, *words: str) -> Said:
        """As an administrator without a terminal does."""
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        return self.run("apt-get", "-q", "-y", "--no-install-recommends", *words, env=quiet)

    def bring(self, file: Path) -> str:
        """Copy a file there; its path."""
        target = self.root / "root" / file.name
        shutil.copyfile(file, target)
        return f"/root/{file.name}"

    def pids(self, program: str) -> list[int]:
        """Host's ids of the processes there that were started from this file."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                here = (entry / "root").readlink() == self.root
                if here and (entry / "exe").readlink() == self.root / program.lstrip("/"):
                    found.append(int(entry.name))
            except OSError:
                continue  # it has ended
        return found

    def status(self) -> str:
        """How dpkg finds our package: "ii", "rc", ...; "" if it knows none."""
        said = self.run("dpkg-query", "-W", "-f=${db:Status-Abbrev}", "twinreel")
        return said.text.strip() if said.status == 0 else ""

    def leftovers(self) -> list[str]:
        """Files of the package that are there."""
        return [place for place in _PLACES if os.path.lexists(self.root / place)]


def debian(folder: Path) -> Path:
    """The smallest Debian of the host's release, with its lists of packages."""
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if line
    )
    suite = release["VERSION_CODENAME"].strip('"')
    words = [
        "--variant=minbase",
        "--quiet",
        "--dpkgopt=force-unsafe-io",
        "--skip=cleanup/apt/lists",
    ]
    subprocess.run(["mmdebstrap", *words, suite, str(folder)], check=True)
    return folder


@contextmanager
def memory(folder: Path) -> Iterator[Path]:
    """A disk in memory: layers can lie on it wherever our own disk is one."""
    folder.mkdir(mode=0o711, parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0711", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        _unmount(folder)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[None]:
    """A disk of this size at a folder of a machine."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)], check=True)
    try:
        yield
    finally:
        _unmount(place)


@contextmanager
def machine(folder: Path, lower: Sequence[Path]) -> Iterator[Machine]:
    """One for the block's length, over these layers, the topmost first; `folder` must be new."""
    layer, work, root = folder / "layer", folder / "work", folder / "root"
    for path in (layer, work, root):
        path.mkdir(parents=True)
    options = f"lowerdir={':'.join(map(str, lower))},upperdir={layer},workdir={work}"
    with ExitStack() as stack:
        mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(root)]
        subprocess.run(mount, check=True)
        stack.callback(_unmount, root)
        start = "mount -t proc proc /proc && exec perl -e '" + _INIT + "'"
        init = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "chroot", str(root), "sh", "-c", start]
        )
        stack.callback(_unmount, root / "proc")
        stack.callback(init.wait)
        stack.callback(init.kill)
        wait_for("the machine", (root / "proc" / "1").is_dir)
        yield Machine(root, layer, init)


def _unmount(place: Path) -> None:
    subprocess.run(["umount", "--lazy", str(place)], check=True)
