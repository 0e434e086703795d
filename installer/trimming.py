"""Which of the files that PyInstaller found are left out, and why: one table, and one rule.

PyInstaller takes in all that a package could need. The table names what these programs never touch.
On Linux the rule then takes away the libraries that only the dropped ones asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from installer.elf import needed

Entry = tuple[str, str, str]  # place in the bundle, file (of a link: where it leads), kind

_QT = "PyQt6/Qt6"
_NEVER_CALLED = "never called"

_DROPPED: tuple[tuple[str, str], ...] = tuple(
    (pattern.replace("QT/", f"{_QT}/"), why)
    for pattern, why in (
        (r"QT/translations/(?!qtbase_(de|es|fr)\.qm$)", "languages that the programs do not speak"),
        (
            r"(QT/(bin|lib)/)?[^/]*Qt6?(EglFS|Network|Pdf|Qml|Quick|Svg|VirtualKeyboard)[^/]*$",
            _NEVER_CALLED,
        ),
        ("QT/lib/Qt(Network|Pdf|Qml|Quick|Svg)[^/]*[.]framework/", _NEVER_CALLED),
        ("QT/plugins/imageformats/", "Qt reads PNG by itself"),
        (
            "QT/plugins/(egldeviceintegrations|generic|iconengines|networkinformation|tls)/",
            _NEVER_CALLED,
        ),
        ("QT/plugins/platforminputcontexts/.*virtualkeyboard", _NEVER_CALLED),
        ("QT/plugins/platformthemes/.*gtk3", "it brings all of GTK"),
        ("QT/plugins/wayland-decoration-client/.*adwaita", "it needs QtSvg; there is another"),
        (
            "QT/plugins/platforms/.*(eglfs|vkkhrdisplay|vnc|linuxfb|minimal|direct2d)",
            "no desktop has it",
        ),
        (r"(QT/bin/)?(opengl32sw|d3dcompiler_47)\.dll$", "nothing is drawn in 3D"),
        (r"twinreel-[^/]*\.dist-info/", "it names the builder's folders; ours is made anew"),
        (r"[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|WHEEL|direct_url\.json)$", "for pip"),
        ("dukpy/(jscore|jsmodules)/", "modules for JavaScript; proxy rules may load none"),
        (r".*\.(pyi|h|hpp|pxd|pyx|c|sip)$", "for those who compile"),
    )
)

# Linux: mss asks for these by name as it runs; they are small, and go with the libxcb there.
_BY_NAME = re.compile(
    r"lib(xcb(-image|-shm|-randr|-render|-xfixes)?|X11|Xfixes|Xrandr)\.so\.\d+$|libpython3"
)
_LIBRARY = re.compile(r"[^/]+\.so(\.|$)")


def trimmed(
    entries: Iterable[Entry], platform: str, asks: Callable[[str], Sequence[str]] | None = None
) -> list[Entry]:
    """What is kept of what PyInstaller found. `asks` reads from a file the libraries it needs."""
    kept = [entry for entry in entries if not why_dropped(entry[0])]
    if platform != "linux":
        return kept
    asked = asks or _asked_by
    files = {place: asked(file) for place, file, kind in kept if kind != "SYMLINK"}
    wanted = with_what_they_need(files)
    return [entry for entry in kept if _target(entry) in wanted]


def why_dropped(place: str) -> str:
    """Why the file at this place of the bundle is left out; "" if it is kept."""
    slashes = place.replace("\\", "/")
    return next((why for pattern, why in _DROPPED if re.match(pattern, slashes)), "")


def with_what_they_need(files: Mapping[str, Sequence[str]]) -> set[str]:
    """The places that are needed, of all: what is no library by itself, and what that asks for.

    `files`: each place, and the names of the libraries that its file asks for.
    """
    places: dict[str, list[str]] = {}
    for place in files:
        places.setdefault(_name(place), []).append(place)
    waiting = [place for place in files if not _is_plain_library(place)]
    wanted: set[str] = set()
    while waiting:
        place = waiting.pop()
        if place not in wanted:
            wanted.add(place)
            waiting += [one for name in files[place] for one in places.get(name, ())]
    return wanted


def _is_plain_library(place: str) -> bool:
    """A library that is there only because another asks for it: no module, plug-in, or by name."""
    name = _name(place)
    if _BY_NAME.match(name) or "/plugins/" in place or not _LIBRARY.match(name):
        return False
    return name.startswith("lib")


def _asked_by(file: str) -> Sequence[str]:
    return needed(Path(file).read_bytes()) if _LIBRARY.match(_name(file)) else ()


def _target(entry: Entry) -> str:
    place, file, kind = entry
    if kind != "SYMLINK":
        return place
    folder = place.rpartition("/")[0]
    parts: list[str] = []
    for part in f"{folder}/{file}".split("/"):
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _name(place: str) -> str:
    return place.rpartition("/")[2]
