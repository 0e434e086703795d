"""The files of the bundle as components of the package: one for each, always with the same name.

A component's identifier is made from the file's path, so that it is the same in each version, as
Windows Installer demands. Nothing here runs only on Windows: versions are read from the files.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, SubElement

NAMESPACE = "http://wixtoolset.org/schemas/v4/wxs"
TOP = "TwinreelFolder"
GROUP = "Payload"
AGENT = "twinreel-agent.exe"
UPLOADER = "twinreel-uploader.exe"

_IDS = uuid.UUID("4b6e2a4c-3f1b-5a6e-9a57-6f2f1f6f6d11")  # ours alone; it never changes
_VERSION_MARK = struct.pack("<I", 0xFEEF04BD)
_VERSION_NAME = "VS_VERSION_INFO".encode("utf-16-le")


class NoPayloadError(ValueError):
    """The folder cannot be packed; the message says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to install."""

    path: PurePosixPath  # within the installed folder
    source: Path

    @property
    def file_id(self) -> str:
        """What other tables call it; readable where they do."""
        return file_id(self.path)

    @property
    def component_id(self) -> str:
        """The key of its component."""
        return "c" + _short(self.path)


def file_id(path: PurePosixPath) -> str:
    """The key of a file in the package's tables."""
    if len(path.parts) == 1 and path.suffix == ".exe":
        return path.name.replace("-", "_")
    return "f" + _short(path)


def guid(name: str) -> str:
    """A component's identifier, always the same for this name."""
    return str(uuid.uuid5(_IDS, name)).upper()


def pieces(bundle: Path, more: Iterable[Piece] = ()) -> tuple[Piece, ...]:
    """All that is installed, by path; NoPayloadError: this is not a folder of Windows programs."""
    if not bundle.is_dir():
        raise NoPayloadError(f"{bundle} is no folder")
    for name in (AGENT, UPLOADER):
        if not (bundle / name).is_file():
            raise NoPayloadError(f"{bundle} holds no {name}")
    found = [
        Piece(PurePosixPath(path.relative_to(bundle).as_posix()), path)
        for path in bundle.rglob("*")
        if path.is_file()
    ]
    every = sorted([*found, *more], key=lambda piece: str(piece.path).lower())
    paths = [str(piece.path).lower() for piece in every]
    twice = (
        {path for path in paths if paths.count(path) > 1} if len(set(paths)) < len(paths) else ()
    )
    if twice:
        raise NoPayloadError(f"on Windows these are one file: {', '.join(sorted(twice))}")
    return tuple(every)


def product_code(version: str, packed: Iterable[Piece]) -> str:
    """Made from what is packed: the same package has the same code, and another one another."""
    told = sha256(version.encode())
    for piece in packed:
        told.update(str(piece.path).encode() + b"\0" + sha256(piece.source.read_bytes()).digest())
    return str(uuid.uuid5(_IDS, told.hexdigest())).upper()


def fragment(packed: Iterable[Piece]) -> Element:
    """The files as a source for WiX 5."""
    root = Element("Wix", {"xmlns": NAMESPACE})
    within = SubElement(root, "Fragment")
    folders: dict[PurePosixPath, Element] = {
        PurePosixPath(): SubElement(within, "DirectoryRef", Id=TOP)
    }
    group = SubElement(within, "ComponentGroup", Id=GROUP)
    for piece in packed:
        folder = _folder(folders, piece.path.parent)
        component = SubElement(
            group,
            "Component",
            Id=piece.component_id,
            Guid=guid(f"file {str(piece.path).lower()}"),
            Directory=folder.get("Id", TOP),
        )
        SubElement(
            component,
            "File",
            Id=piece.file_id,
            Source=str(piece.source),
            Name=piece.path.name,
            KeyPath="yes",
        )
        if str(piece.path) == AGENT:
            _start_menu(component, piece)
        if str(piece.path) == UPLOADER:
            _service(component)
    return root


def _start_menu(component: Element, piece: Piece) -> None:
    SubElement(
        component,
        "Shortcut",
        Id="StartMenu",
        Directory="ProgramMenuFolder",
        Name="Twinreel",
        Description="Screen recording of calls",
        Target=f"[#{piece.file_id}]",
        Icon="twinreel.ico",
        IconIndex="0",
        WorkingDirectory=TOP,
    )


def _service(component: Element) -> None:
    """The computer's uploader, disabled until IT wants it; the package's actions set it going."""
    SubElement(
        component,
        "ServiceInstall",
        Id="UploaderService",
        Name="TwinreelUploader",
        DisplayName="Twinreel uploader",
        Description="Carries recordings to central when their users have signed off.",
        Type="ownProcess",
        Start="disabled",
        ErrorControl="normal",
        Account="NT SERVICE\\TwinreelUploader",
        Arguments="service",
    )
    SubElement(
        component,
        "ServiceControl",
        Id="UploaderService",
        Name="TwinreelUploader",
        Stop="both",
        Remove="uninstall",
        Wait="yes",
    )


def _folder(folders: dict[PurePosixPath, Element], path: PurePosixPath) -> Element:
    if path not in folders:
        parent = _folder(folders, path.parent)
        folders[path] = SubElement(parent, "Directory", Id="d" + _short(path), Name=path.name)
    return folders[path]


def _short(path: PurePosixPath) -> str:
    return sha256(str(path).lower().encode()).hexdigest()[:20]


def file_version(content: bytes) -> str | None:
    """The version that a Windows program or library carries, as "3.12.10.0"; None: it has none."""
    if not content.startswith(b"MZ"):
        return None
    name = content.find(_VERSION_NAME)
    at = content.find(_VERSION_MARK, name) if name >= 0 else -1
    if at < 0 or len(content) < at + 16:
        return None
    high, low = struct.unpack_from("<II", content, at + 8)
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"


def versions(packed: Iterable[Piece]) -> dict[str, str]:
    """For each file that carries one: its key and its version."""
    found = ((piece.file_id, file_version(piece.source.read_bytes())) for piece in packed)
    return {key: version for key, version in found if version is not None}


def short_names(names: Iterable[str]) -> dict[str, str]:
    """For names of one folder that are not 8.3: one that is, for systems that ask for such."""
    given = list(names)
    taken = {name.upper() for name in given if _is_short(name)}
    made: dict[str, str] = {}
    for name in sorted(given):
        if _is_short(name) or name in made:
            continue
        stem, _, ending = name.rpartition(".") if "." in name.strip(".") else (name, "", "")
        plain = "".join(sign for sign in stem.upper() if sign.isascii() and sign.isalnum()) or "F"
        tail = "".join(sign for sign in ending.upper() if sign.isascii() and sign.isalnum())[:3]
        mark = sha256(name.lower().encode()).hexdigest().upper()
        for length in range(4, 8):
            short = f"{plain[: 7 - length]}{mark[:length]}~"[:8] + (f".{tail}" if tail else "")
            short = short.replace("~", "_")
            if short not in taken:
                break
        taken.add(short)
        made[name] = short
    return made


def _is_short(name: str) -> bool:
    stem, _, ending = name.partition(".")
    usual = all(sign.isascii() and (sign.isalnum() or sign in "_-~") for sign in stem + ending)
    return 0 < len(stem) <= 8 and len(ending) <= 3 and "." not in ending and usual  # noqa: PLR2004 -- 8.3
