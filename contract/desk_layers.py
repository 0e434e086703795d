"""The layers of the desk's configuration: the highest that names a key decides. Pure.

policy      what IT locks: registry policies, managed preferences, policy.d
named       the file that --config or TWINREEL_CONFIG names, in place of those below
machine     the computer's twinreel.toml
installer   Windows: what the installer was told
user        config.toml in the user's state folder
default     what is declared

A key that there is not is a mistake in a file, but only told in the layers that are written from
templates and by installers, which may be newer than the program.

A mistake stops the programs until it is mended, but not one of the user's own: else an agent would
be rid of recording by a word in his file. What is wrong there is passed over, key by key, and told.
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
    of_user: tuple[Mistake, ...] = ()  # the user's own mistakes, which are passed over, too

    def origin(self, key: str) -> Origin:
        """Who decides."""
        return self.origins.get(key, (DEFAULT,))[0]

    def value(self, key: str) -> Any:  # noqa: ANN401 -- of the key's kind
        """What holds."""
        section, _, word = key.rpartition(".")
        return getattr(getattr(self.config, section) if section else self.config, word)

    def settled(self) -> DeskConfig:
        """The configuration; ConfigError names every mistake in any layer, if one of them stops."""
        if self.mistakes:
            raise ConfigError((*self.mistakes, *self.of_user))
        return self.config


def merged(
    sources: Sequence[Source], usual: Origin = DEFAULT, unusable: Sequence[Mistake] = ()
) -> Merged:
    """Key by key; the highest source comes first.

    `usual` is where a key belongs that is missing everywhere. `unusable` is what was found wrong
    with values of the user's by a look at the computer.
    """
    over = {one.key: one for one in unusable if one.layer == Layer.USER}
    while True:
        found, misfit = _merged(sources, usual, over)
        if misfit is None:
            return found
        key, mistake = misfit
        over[key] = mistake


def _merged(
    sources: Sequence[Source], usual: Origin, over: Mapping[str, Mistake]
) -> tuple[Merged, tuple[str, Mistake] | None]:
    """Merge without the user's word on the keys in `over`.

    Also the next key of the user's that does not fit, if there is one: it has to go as well.
    """
    values: dict[str, Any] = {}
    origins: dict[str, tuple[Origin, ...]] = {}
    mistakes: list[Mistake] = []
    told: list[Mistake] = []
    of_user: list[Mistake] = []
    for source in sources:
        users = source.layer is Layer.USER
        wrong = of_user if users else mistakes
        read = read_tables(source.tables)
        whole = Origin(source.layer, source.place)
        wrong += [whole.of(one) for one in source.mistakes]
        told += [whole.of(one) for one in source.told]
        wrong += [source.origin(one.key).of(one) for one in read.mistakes]
        unknown = [source.origin(one.key).of(one) for one in read.unknown]
        if source.layer in _MAY_BE_NEWER:
            told += unknown
        else:
            wrong += unknown
        said = {key: value for key, value in read.values.items() if not (users and key in over)}
        refused = {one.key for one in read.mistakes if one.key in BY_NAME and not users}
        for key in {*said, *refused}:
            origins[key] = (*origins.get(key, ()), source.origin(key))
            if key in said:
                values.setdefault(key, said[key])
    config = configured(values)
    misfit: tuple[str, Mistake] | None = None
    # Of a place that could not be read nobody knows what fits together.
    broken = any(one.mistakes for one in sources if one.layer is not Layer.USER)
    for one in [] if broken else misfits(config, {mistake.key for mistake in mistakes}):
        makers = {key: origins[key][0] for key in (one.key, one.also) if key in origins}
        users_key = next((key for key in makers if makers[key].layer is Layer.USER), None)
        if users_key is not None:
            misfit = users_key, makers[users_key].of(one)
            break
        mistakes.append(next(iter(makers.values()), usual).of(one))
    of_user += over.values()
    return Merged(config, origins, tuple(mistakes), tuple(told), tuple(of_user)), misfit
