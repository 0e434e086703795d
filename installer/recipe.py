"""What each program is made of: where it starts, what is imported by name, what is never needed."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    distributions,
    packages_distributions,
)
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from agent_client.command_table import TABLE

PRODUCT = "twinreel"
METADATA = f"{PRODUCT}.dist-info/METADATA"  # in the bundle: the product's version
OPTIMIZE = 2  # without docstrings: less to load and to hold
_OURS = ("agent_client", "assets", "contract", "uploader")


@dataclass(frozen=True, slots=True)
class Program:
    """One executable."""

    name: str
    described: str  # in Windows' lists
    start: str  # the script, from the project's folder
    by_name: tuple[str, ...] = ()  # modules that are imported by name, and so are not seen
    without: tuple[str, ...] = ()  # modules that it never imports
    files: tuple[tuple[str, str], ...] = ()  # (pattern, folder in the bundle)
    files_of: tuple[tuple[str, str], ...] = ()  # (package of others, a folder in it)
    # Windows: whether a console waits for it; whoever starts it elsewhere must say "no window".
    console: bool = False

    def datas(self, root: Path) -> list[tuple[str, str]]:
        """Its files that are no code, as PyInstaller wants them."""
        own = [(str(root / pattern), folder) for pattern, folder in self.files]
        others = [
            (str(_folder_of(package) / inner), f"{package}/{inner}")
            for package, inner in self.files_of
        ]
        return [*own, *others]


AGENT = Program(
    "twinreel-agent",
    "Twinreel",
    "agent_client/__main__.py",
    by_name=tuple(line.where.partition(":")[0] for line in TABLE),
    files=(
        ("assets/*.png", "assets"),
        ("agent_client/tray/translations/*.qm", "agent_client/tray/translations"),
    ),
)
UPLOADER = Program(
    "twinreel-uploader",
    "Twinreel, sends recordings",
    "uploader/__main__.py",
    by_name=("uploader.route.rules_child", "encodings.idna", "resource", "pwd"),
    without=("PyQt6", "av", "mss", "pynput", "Xlib", "agent_client", "aiohttp"),
    files_of=(("dukpy", "jsruntime"),),  # what its interpreter starts with
    console=True,  # IT types its commands, and scripts want their exit status
)
PROGRAMS = (AGENT, UPLOADER)

# Of what PyInstaller runs at each start: it imports inspect and zipfile, so that inspect finds
# source files, and there are none.
NEEDLESS_HOOKS = frozenset({"pyi_rth_inspect"})

_KEYRINGS = ("SecretService", "kwallet", "Windows", "macOS", "fail")
_POINTER = {"linux": "_xorg", "win32": "_win32", "darwin": "_darwin"}
_NEVER = (
    "multiprocessing",  # where it is there, PyInstaller has each program import it at its start
    "charset_normalizer",  # requests does without; uploader/__init__.py says so
    *("tkinter", "unittest", "pydoc", "lib2to3", "test"),
    *("numpy", "PIL", "setuptools", "pkg_resources", "pip", "pytest", "django", "IPython", "evdev"),
    *(
        f"PyQt6.Qt{part}"
        for part in ("Qml", "Quick", "WebEngineCore", "Pdf", "Svg", "Network", "OpenGL", "Sql")
    ),
)


def _folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed here", name=package)
    return Path(found.submodule_search_locations[0])


def version(root: Path) -> str:
    """The product's, as pyproject.toml has it."""
    return str(_project(root)["version"])


def _project(root: Path) -> dict[str, Any]:
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(table["project"])


def hidden_imports(program: Program, platform: str) -> list[str]:
    """The modules that no `import` names."""
    names = [*program.by_name, *(f"keyring.backends.{name}" for name in _KEYRINGS)]
    if "pynput" not in program.without:
        backend = _POINTER[platform]
        names += [f"pynput.{half}.{backend}" for half in ("keyboard", "mouse")]
        names.append("pynput.keyboard._dummy")  # so that to hear the pointer is not to hear keys
    if platform == "win32":
        names = [name for name in names if name not in {"pwd", "resource"}]
    return names


def excludes(program: Program, root: Path) -> list[str]:
    """The modules that are left out with all that only they import."""
    return [*_NEVER, *program.without, *_not_asked_for(root)]


def _not_asked_for(root: Path) -> list[str]:
    """The modules of packages that are installed here, and that no desk program asks for."""
    asked = _project(root)
    wanted = _closure([*asked["dependencies"], *asked["optional-dependencies"]["desk"]])
    return sorted(
        top
        for top, owners in packages_distributions().items()
        if top.isidentifier()
        and top not in _OURS
        and not {_plain(owner) for owner in owners} & wanted
    )


def _closure(asked: Iterable[str]) -> set[str]:
    """The names of all that these requirements bring in, as far as it is installed."""
    waiting = [(Requirement(text), "") for text in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, parent_extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": parent_extra}):
            continue
        name = _plain(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(Requirement(text), extra) for text in _needs(name)]
    return {name for name, _ in seen}


def _needs(name: str) -> Iterable[str]:
    try:
        return distribution(name).requires or ()
    except PackageNotFoundError:
        return ()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def metadata(parts: Iterable[object], version: str, made: Path) -> list[tuple[str, str, str]]:
    """What names each package in the bundle, its version and its licence: (place, file, kind)."""
    tops = {
        entry[0].partition(".")[0].partition("/")[0]
        for part in parts
        for entry in (*part.pure, *part.binaries)  # type: ignore[attr-defined]  # PyInstaller's
    }
    owners = _owners(distributions())
    names = sorted({name for top in tops for name in owners.get(top, ())} - {PRODUCT})
    files = [entry for name in names for entry in _of(distribution(name))]
    own = made / "METADATA"
    own.write_text(
        f"Metadata-Version: 2.4\nName: {PRODUCT}\nVersion: {version}\n", encoding="utf-8"
    )
    return [*files, (METADATA, str(own), "DATA")]


def _owners(there: Iterable[Distribution]) -> Mapping[str, Iterable[str]]:
    """The packages, by the folders and modules at the top that are theirs.

    Before 3.12 Python itself passes over packages without a module of theirs, as Qt's own is.
    """
    owners = {top: {*names} for top, names in packages_distributions().items()}
    for one in there:
        for file in one.files or ():
            owners.setdefault(file.parts[0].partition(".")[0], set()).add(one.metadata["Name"])
    return owners


def _of(found: Distribution) -> Iterator[tuple[str, str, str]]:
    for file in found.files or ():
        parts = file.parts
        if not parts[0].endswith(".dist-info") or "__pycache__" in parts:
            continue
        here = Path(str(found.locate_file(file)))
        told = parts[1:] == ("METADATA",) or parts[1:2] == ("sboms",)  # what is within it, too
        if (told or _is_licence(parts)) and here.is_file():
            yield ("/".join(parts), str(here), "DATA")


def _is_licence(parts: tuple[str, ...]) -> bool:
    name = parts[-1].upper()
    return len(parts) > 1 and (
        parts[1] == "licenses" or name.startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))
    )
