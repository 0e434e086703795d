"""Where a system keeps the layers that are no file of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contract.desk_layers import Source
from uploader.desk_settings.files import bytes_of


def _none() -> Sequence[Source]:
    return ()


@dataclass(frozen=True, slots=True)
class Places:
    """What only this system has. Neither raises anything: what cannot be read says so itself."""

    policy: Callable[[str], Sequence[Source]]  # for this user; highest first
    installed: Callable[[], Sequence[Source]] = _none  # what the installer was told
    machine: Callable[[str], bytes] = bytes_of  # the machine's file; `files` says what it may raise
