"""Where a Mac's files go, and the texts that Apple's installer reads about them."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from installer.macos.app import IDENTIFIER, NAME, OLDEST_SYSTEM
from installer.macos.entries import ADMIN, Entry, by_path, file, folder, tree

FILES = Path(__file__).resolve().parent / "files"
PACKAGE_ID = "com.twinreel.pkg"
COMPONENT = "twinreel.pkg"  # its name within the archive
SCRIPTS = ("preinstall", "postinstall")

_LIBRARY = "Library"
_SUPPORT = f"{_LIBRARY}/Application Support"
_OURS = f"{_SUPPORT}/Twinreel"
_PROGRAMS = ("twinreel-agent", "twinreel-uploader")


class NoAppError(ValueError):
    """What was given is not the app; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Payload:
    """All that is installed, and what the installer is told of its size."""

    entries: list[Entry]
    version: str

    @property
    def kilobytes(self) -> int:
        """On the disk, in KiB."""
        return sum(entry.size for entry in self.entries) // 1024 + 1


def check_app(app: Path) -> None:
    """NoAppError unless it is our app, with both programs."""
    try:
        with (app / "Contents" / "Info.plist").open("rb") as info:
            told = plistlib.load(info)
    except (OSError, plistlib.InvalidFileException, ValueError) as error:
        raise NoAppError(f"{app} has no Info.plist: {error}") from error
    if told.get("CFBundleIdentifier") != IDENTIFIER:
        raise NoAppError(f"{app} is {told.get('CFBundleIdentifier')!r}, not {IDENTIFIER}")
    if told.get("CFBundleExecutable") != _PROGRAMS[0]:
        raise NoAppError(f"{app} starts {told.get('CFBundleExecutable')!r}, not {_PROGRAMS[0]}")
    for program in _PROGRAMS:
        path = app / "Contents" / "MacOS" / program
        if not path.is_file() or not path.stat().st_mode & 0o100:
            raise NoAppError(f"{app} has no program {program}")


def payload(app: Path, example: bytes, version: str) -> Payload:
    """Everything at its place. `example`: the text of twinreel.toml.example."""
    check_app(app)
    entries = [
        folder("."),
        folder("Applications", group=ADMIN, mode=0o775),  # as macOS has them: modes are set
        folder(_LIBRARY),
        folder(_SUPPORT, group=ADMIN),
        folder(_OURS),
        file(f"{_OURS}/twinreel.toml.example", example),
        file(f"{_OURS}/uninstall.sh", (FILES / "uninstall.sh").read_bytes(), mode=0o755),
        folder(f"{_LIBRARY}/LaunchAgents"),
        file(f"{_LIBRARY}/LaunchAgents/{IDENTIFIER}.plist", _plist(IDENTIFIER)),
        folder(f"{_LIBRARY}/LaunchDaemons"),
        file(
            f"{_LIBRARY}/LaunchDaemons/com.twinreel.uploader.plist", _plist("com.twinreel.uploader")
        ),
        *tree(app, f"Applications/{NAME}"),
    ]
    return Payload(by_path(entries), version)


def scripts() -> list[Entry]:
    """What runs before and after, as root."""
    return by_path(
        [folder("."), *(file(name, (FILES / name).read_bytes(), mode=0o755) for name in SCRIPTS)]
    )


def _plist(label: str) -> bytes:
    return (FILES / f"{label}.plist").read_bytes()


def package_info(payload: Payload) -> bytes:
    """PackageInfo: the component. Nothing is relocatable: the app is where the agent starts it."""
    top = Element(
        "pkg-info",
        {
            "format-version": "2",
            "identifier": PACKAGE_ID,
            "version": payload.version,
            "install-location": "/",
            "auth": "root",
            "overwrite-permissions": "true",
            "relocatable": "false",
            "postinstall-action": "none",
        },
    )
    SubElement(
        top,
        "payload",
        installKBytes=str(payload.kilobytes),
        numberOfFiles=str(len(payload.entries)),
    )
    SubElement(
        top,
        "bundle",
        path=f"./Applications/{NAME}",
        id=IDENTIFIER,
        CFBundleShortVersionString=payload.version,
        CFBundleVersion=payload.version,
    )
    for name in ("bundle-version", "update-bundle", "atomic-update-bundle", "relocate"):
        SubElement(top, name)
    for name in ("upgrade-bundle", "strict-identifier"):
        SubElement(SubElement(top, name), "bundle", id=IDENTIFIER)
    called = SubElement(top, "scripts")
    for name in SCRIPTS:
        SubElement(called, name, file=f"./{name}")
    return _text(top)


def distribution(payload: Payload, architectures: str) -> bytes:
    """Distribution: one choice that nobody has to make. `architectures`: "arm64", "x86_64"."""
    top = Element("installer-gui-script", minSpecVersion="2")
    SubElement(top, "title").text = "Twinreel"
    SubElement(
        top,
        "options",
        {
            "customize": "never",
            "require-scripts": "false",
            "rootVolumeOnly": "true",
            "hostArchitectures": architectures,
        },
    )
    SubElement(
        top,
        "domains",
        enable_anywhere="false",
        enable_currentUserHome="false",
        enable_localSystem="true",
    )
    versions = SubElement(SubElement(top, "volume-check"), "allowed-os-versions")
    SubElement(versions, "os-version", min=OLDEST_SYSTEM)
    SubElement(SubElement(top, "choices-outline"), "line", choice="default")
    choice = SubElement(top, "choice", id="default", title="Twinreel")
    SubElement(choice, "pkg-ref", id=PACKAGE_ID)
    reference = SubElement(
        top,
        "pkg-ref",
        id=PACKAGE_ID,
        version=payload.version,
        installKBytes=str(payload.kilobytes),
        auth="root",
        onConclusion="none",
    )
    reference.text = f"#{COMPONENT}"
    return _text(top)


def _text(top: Element) -> bytes:
    indent(top)
    return bytes(tostring(top, encoding="utf-8", xml_declaration=True)) + b"\n"
