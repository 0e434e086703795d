"""Every key of the desk's configuration, once: what templates, documents and checks are made from.

Read from the declarations in `contract.desk_config`, `contract.desk_network` and
`contract.desk_workspace`, so that a key that is declared there is known everywhere. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from contract.desk_config import DeskConfig

Kind = Literal["text", "choice", "flag", "number", "numbers"]
Value = str | bool | int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One setting of the desk."""

    name: str  # "central.url"; without a section: "log_level"
    kind: Kind
    default: Value | None  # None and "": not given, and then as `help` says
    title: str  # a few words, for lists and templates
    help: str  # one or two sentences
    example: Value | None = None
    choices: tuple[str, ...] = ()  # of a choice; "" (not given) is none of them
    least: int | None = None  # of a number, or of each of the numbers
    most: int | None = None
    secret: bool = False  # never shown, never logged
    needed: bool = False  # without it no desk works
    msi_property: str = ""  # what it is called on the command line of msiexec; "": not there
    struct: type[msgspec.Struct] = DeskConfig  # in which it is declared
    declared: Any = str  # the type that is declared there

    @property
    def section(self) -> str:
        """The table of the file in which it stands; "": at the top."""
        return self.name.rpartition(".")[0]

    @property
    def word(self) -> str:
        """Its name within the section."""
        return self.name.rpartition(".")[2]


def _keys(struct: type[msgspec.Struct], section: str) -> list[Key]:
    """Top-level keys first, then section by section."""
    own: list[Key] = []
    within: list[Key] = []
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        declared = hints[field.name]
        if isinstance(declared, type) and issubclass(declared, msgspec.Struct):
            within += _keys(declared, f"{field.name}.")
        else:
            own.append(_key(f"{section}{field.name}", declared, field.default, struct))
    return own + within


def _key(name: str, declared: Any, default: Any, struct: type[msgspec.Struct]) -> Key:  # noqa: ANN401 -- a type as it was written
    plain, meta = _apart(declared)
    if meta is None or not meta.title or not meta.description:
        raise TypeError(f"{name} is declared without title and description")
    kind, choices, bounds = _kind(plain)
    extra = meta.extra or {}
    bounds = bounds or meta
    example = meta.examples[0] if meta.examples else None
    return Key(
        name=name,
        kind=kind,
        default=default,
        title=meta.title,
        help=meta.description,
        example=tuple(example) if isinstance(example, list) else cast("Value | None", example),
        choices=choices,
        least=cast("int | None", bounds.ge),
        most=cast("int | None", bounds.le),
        secret=bool(extra.get("secret")),
        needed=bool(extra.get("needed")),
        msi_property=str(extra.get("msi", "")),
        struct=struct,
        declared=declared,
    )


def _apart(declared: Any) -> tuple[Any, msgspec.Meta | None]:  # noqa: ANN401 -- as above
    """The type itself, and what is said of it."""
    if get_origin(declared) is not Annotated:
        return declared, None
    plain, *said = get_args(declared)
    return plain, next((one for one in said if isinstance(one, msgspec.Meta)), None)


def _kind(plain: Any) -> tuple[Kind, tuple[str, ...], msgspec.Meta | None]:  # noqa: ANN401 -- as above
    """Kind, choices, and the bounds of a list's entries."""
    if get_origin(plain) in {Union, UnionType}:
        (plain,) = (one for one in get_args(plain) if one is not type(None))
    if get_origin(plain) is Literal:
        return "choice", tuple(choice for choice in get_args(plain) if choice), None
    if get_origin(plain) is tuple:
        _, bounds = _apart(get_args(plain)[0])
        return "numbers", (), bounds
    kinds: dict[Any, Kind] = {str: "text", bool: "flag", int: "number"}
    return kinds[plain], (), None


KEYS: tuple[Key, ...] = tuple(_keys(DeskConfig, ""))
BY_NAME = {key.name: key for key in KEYS}
SECTIONS = tuple(dict.fromkeys(key.section for key in KEYS if key.section))
