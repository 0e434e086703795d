"""The layers of the desk's configuration: the highest that names a key decides. Pure.

policy      what IT locks: registry policies, managed preferences, policy.d
named       the file that --config or TWINREEL_CONFIG names, in place of those below
machine     the computer's twinreel.toml
installer   Windows: what the installer was told
user        config.toml in the user's state folder
default     what is declared

A key that there is not is a mistake in a file, but only told in the layers that are written from
templates and by installers, which may be newer than the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from contract.desk_checks import configured, misfits, read_tables
from contract.desk_config import ConfigError, DeskConfig, Mistake
from contract.desk_keys import BY_NAME


class Layer(StrEnum):
    """Where a value comes from, highest first."""

    POLICY = "policy"
    NAMED = "named"
    MACHINE = "machine"
    INSTALLER = "installer"
    USER = "user"
    DEFAULT = "default"


_MAY_BE_NEWER = (Layer.POLICY, Layer.INSTALLER)


@dataclass(frozen=True, slots=True)
class Source:
    """What was read at one place."""

    layer: Layer
    place: str  # the file, or the registry's key
    tables: Mapping[str, Any] = field(default_factory=dict, repr=False)  # may hold secrets
    mistakes: tuple[Mistake, ...] = ()  # why it could not be read
    told: tuple[Mistake, ...] = ()  # what was passed over, where that is no mistake
    joint: str = ""  # between place and section, where each section has a place of its own
    found: bool = True  # False: there is nothing at this place

    def origin(self, key: str) -> Origin:
        """Where this source keeps that key."""
        section, _, _ = key.rpartition(".")
        within = f"{self.joint}{section}" if self.joint and section else ""
        return Origin(self.layer, self.place + within)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value comes from."""

    layer: Layer
    place: str = ""

    def of(self, mistake: Mistake) -> Mistake:
        """The mistake as one that was made here."""
        return msgspec.structs.replace(mistake, layer=str(self.layer), place=self.place)


DEFAULT = Origin(Layer.DEFAULT)


@dataclass(frozen=True, slots=True)
class Merged:
    """What all layers together say."""

    config: DeskConfig = field(repr=False)  # as far as it makes sense; `settled` gives it
    origins: Mapping[str, tuple[Origin, ...]]  # by key: who decides, and whose word does not count
    mistakes: tuple[Mistake, ...]
    told: tuple[Mistake, ...]  # what is passed over, such as keys of a newer version

    def origin(self, key: str) -> Origin:
        """Who decides."""
        return self.origins.get(key, (DEFAULT,))[0]

    def value(self, key: str) -> Any:  # noqa: ANN401 -- of the key's kind
        """What holds."""
        section, _, word = key.rpartition(".")
        return getattr(getattr(self.config, section) if section else self.config, word)

    def settled(self) -> DeskConfig:
        """The configuration; ConfigError names every mistake in any layer."""
        if self.mistakes:
            raise ConfigError(self.mistakes)
        return self.config


def merged(sources: Sequence[Source], usual: Origin = DEFAULT) -> Merged:
    """Key by key; the highest source comes first.

    `usual` is where a key belongs that is missing everywhere.
    """
    values: dict[str, Any] = {}
    origins: dict[str, tuple[Origin, ...]] = {}
    mistakes: list[Mistake] = []
    told: list[Mistake] = []
    for source in sources:
        read = read_tables(source.tables)
        whole = Origin(source.layer, source.place)
        mistakes += [whole.of(one) for one in source.mistakes]
        told += [whole.of(one) for one in source.told]
        mistakes += [source.origin(one.key).of(one) for one in read.mistakes]
        unknown = [source.origin(one.key).of(one) for one in read.unknown]
        if source.layer in _MAY_BE_NEWER:
            told += unknown
        else:
            mistakes += unknown
        for key in {*read.values, *(one.key for one in read.mistakes if one.key in BY_NAME)}:
            origins[key] = (*origins.get(key, ()), source.origin(key))
            if key in read.values:
                values.setdefault(key, read.values[key])
    config = configured(values)
    broken = any(source.mistakes for source in sources)  # then nobody knows what fits together
    for one in [] if broken else misfits(config, {mistake.key for mistake in mistakes}):
        made = origins.get(one.key) or origins.get(one.also) or (usual,)
        mistakes.append(made[0].of(one))
    return Merged(config, origins, tuple(mistakes), tuple(told))
