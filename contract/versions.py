"""Which of two versions of the product is the older one."""

from __future__ import annotations

import re

_VERSION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9}){0,5})(?:[^0-9.].*)?")
_PARTS = 6


def is_version(text: str) -> bool:
    """Whether it begins with numbers and dots, as versions do."""
    return _VERSION.fullmatch(text) is not None


def is_older(version: str, least: str) -> bool:
    """Whether `version` is less than `least`, by their numbers: 1.9 is less than 1.10.0.

    What is no version is not older than anything, nor is anything older than it.
    """
    one, other = _numbers(version), _numbers(least)
    return one is not None and other is not None and one < other


def _numbers(text: str) -> tuple[int, ...] | None:
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    numbers = [int(part) for part in found[1].split(".")]
    return tuple(numbers + [0] * (_PARTS - len(numbers)))
