"""Which file lies where on a computer that has the package, and with which rights.

What is here is read from the project's folder; nothing is written. `staging` does that.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from agent_client import command_table
from installer.linux.deb.control import NAME, Identity, changelog
from uploader import commands

PROGRAMS = ("twinreel-agent", "twinreel-uploader")
HOME = f"opt/{NAME}"
_FILES = Path(__file__).parent / "files"
_LINUX = Path(__file__).parent.parent
_UNITS = ("twinreel-uploader.service", "twinreel-certificate.service", "twinreel-certificate.timer")
_ICONS = (16, 22, 24, 32, 48, 64, 96)
_DOC = f"usr/share/doc/{NAME}"
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")


@dataclass(frozen=True, slots=True)
class File:
    """A file, by what is in it."""

    path: str  # from the root of the file system, without a slash before it
    content: bytes
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    path: str
    target: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that the package has even if nothing is in it."""

    path: str
    mode: int = 0o755


Entry = File | Link | Folder


def entries(root: Path, identity: Identity) -> Iterator[Entry]:
    """All but the programs' folder; `root` is the project's."""
    for program in PROGRAMS:
        yield Link(f"usr/bin/{program}", f"/{HOME}/{program}")
        page = _filled(f"{program}.1", identity).replace("@COMMANDS@", _commands(program))
        yield File(f"usr/share/man/man1/{program}.1.gz", packed(page))
    for unit in _UNITS:
        yield File(f"lib/systemd/system/{unit}", (_LINUX / unit).read_bytes())
    yield File("usr/lib/tmpfiles.d/twinreel.conf", (_LINUX / "twinreel-tmpfiles.conf").read_bytes())
    yield Folder("etc/twinreel/policy.d")
    yield File("etc/twinreel/policy.d/README", _read("policy-README"))
    yield File("etc/xdg/autostart/twinreel.desktop", _read("autostart.desktop"))
    yield File("usr/share/applications/twinreel.desktop", _read("twinreel.desktop"))
    metainfo = _filled("com.twinreel.agent.metainfo.xml", identity).encode()
    yield File("usr/share/metainfo/com.twinreel.agent.metainfo.xml", metainfo)
    yield from _icons(root / "assets")
    yield from _documents(root, identity)
    yield File(f"usr/share/lintian/overrides/{NAME}", _read("lintian-overrides"))


def conffiles(every: Iterable[Entry]) -> str:
    """DEBIAN/conffiles: what an administrator may change, and dpkg then leaves alone."""
    paths = sorted(one.path for one in every if isinstance(one, File))
    return "".join(f"/{path}\n" for path in paths if path.startswith("etc/"))


def script(name: str, installed_kib: int) -> str:
    """One of the package's scripts."""
    return (_FILES / name).read_text("utf-8").replace("@INSTALLED_KIB@", str(installed_kib))


def packed(text: str) -> bytes:
    """By gzip, always the same."""
    return gzip.compress(text.encode(), 9, mtime=0)


def _icons(assets: Path) -> Iterator[Entry]:
    icons = "usr/share/icons/hicolor"
    for size in _ICONS:
        picture = (assets / f"twinreel-{size}.png").read_bytes()
        yield File(f"{icons}/{size}x{size}/apps/{NAME}.png", picture)
    yield File(f"{icons}/scalable/apps/{NAME}.svg", (assets / "twinreel.svg").read_bytes())


def _documents(root: Path, identity: Identity) -> Iterator[Entry]:
    yield File(f"{_DOC}/copyright", _read("copyright"))
    yield File(f"{_DOC}/changelog.gz", packed(changelog(identity)))
    yield File(f"{_DOC}/CHANGELOG.md", (root / "CHANGELOG.md").read_bytes())
    docs = root / "docs"
    for page in sorted([*docs.glob("*.md"), *docs.glob("it/*.md"), *docs.glob("design/*.md")]):
        yield File(f"{_DOC}/{page.relative_to(docs).as_posix()}", page.read_bytes())
    yield File(f"{_DOC}/examples/twinreel.toml", _read("twinreel.toml"))


def _read(name: str) -> bytes:
    return (_FILES / name).read_bytes()


def _filled(name: str, identity: Identity) -> str:
    day = identity.made_at.astimezone(UTC).date().isoformat()
    text = (_FILES / name).read_text("utf-8")
    return text.replace("@VERSION@", identity.version).replace("@DAY@", day)


def _commands(program: str) -> str:
    told = _of_agent() if program == PROGRAMS[0] else _of_uploader()
    return "\n".join(f".TP\n.B {_roff(name)}\n{_roff(text)}" for name, text in told)


def _of_agent() -> list[tuple[str, str]]:
    return [(one.name, one.help) for one in command_table.TABLE]


def _of_uploader() -> list[tuple[str, str]]:
    actions = commands.parser()._actions  # noqa: SLF001 -- argparse tells of commands in no other way
    named = next(one.choices for one in actions if isinstance(one.choices, dict))
    return [(name, parser.description or "") for name, parser in named.items()]


def _roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
