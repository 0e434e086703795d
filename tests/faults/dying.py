"""Dying in this process at a call to the disk, and a monotonic clock that is set ahead."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

_CALLS = ("open", "write", "fsync", "replace", "unlink", "rmdir", "mkdir", "ftruncate", "stat")


class DiedError(BaseException):
    """The uploader is gone: nothing it had still to do is done."""


class Clock:
    """The module `time`, with a monotonic clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.ahead = 0.0  # seconds

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # as the module has it
        return getattr(time, name)


def die_at(patch: pytest.MonkeyPatch, last: int) -> None:
    """At the last-th call of this thread to the disk; a write is then half done."""
    made = 0
    mine = threading.get_ident()

    def failing(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401  # as os has it
            nonlocal made
            if threading.get_ident() != mine:
                return real(*args, **kwargs)
            made += 1
            if made == last and name == "write":
                real(args[0], args[1][: len(args[1]) // 2])
            if made >= last:
                raise DiedError
            return real(*args, **kwargs)

        return call

    system: ModuleType = os
    for name in _CALLS:
        patch.setattr(system, name, failing(name, getattr(system, name)))
