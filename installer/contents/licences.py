"""Licences as SPDX names them, from what the packages say of themselves.

A package says it in one of three ways: as an SPDX expression (new ones), as a few words, or by a
classifier. Words that the table does not know are kept as they are, so that a person sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.message import Message

from license_expression import (  # type: ignore[import-untyped]  # ships no types
    ExpressionError,
    get_spdx_licensing,
)

_WORDS: Mapping[str, str] = {
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "expat": "MIT",
    "gpl v3": "GPL-3.0-only",
    "gpl-2": "GPL-2.0-only",
    "gpl-2+": "GPL-2.0-or-later",
    "gpl-3+": "GPL-3.0-or-later",
    "lgpl-2.1+": "LGPL-2.1-or-later",
    "lgpl-2+": "LGPL-2.0-or-later",
    "mit/x": "MIT",
    "mit/x consortium license": "MIT",
    "mit/x11": "MIT",
    "zlib": "Zlib",
    "lgpl v3": "LGPL-3.0-only",
    "lgplv3": "LGPL-3.0-only",
    "lgplv2+": "LGPL-2.1-or-later",
    "mit license": "MIT",
    "mpl-2.0": "MPL-2.0",
    "psf": "PSF-2.0",
    "simplified bsd": "BSD-2-Clause",
}
_CLASSIFIERS: Mapping[str, str] = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_JOINED = re.compile(r"\s+(or|and)\s+", re.IGNORECASE)
_SPDX = get_spdx_licensing()
_LONGEST = 60  # characters: what is longer is the licence's text, not its name


def of_package(metadata: Message) -> str:
    """From the METADATA of a Python package; "" if it says nothing."""
    expression = metadata.get("License-Expression", "").strip()
    if expression:
        return expression
    words = (metadata.get("License") or "").strip()
    if words and len(words) <= _LONGEST and "\n" not in words:
        return in_spdx(words)
    return " AND ".join(_classified(metadata.get_all("Classifier", [])))


def in_spdx(words: str) -> str:
    """The expression for these words; the words themselves if one of them is no licence's name."""
    parts = _JOINED.split(words.strip())
    named = [
        part.strip().upper() if index % 2 else _WORDS.get(part.lower().rstrip("."), part)
        for index, part in enumerate(parts)
    ]
    expression = " ".join(named)
    return expression if is_spdx(expression) else words


def is_spdx(text: str) -> bool:
    """Whether it is an expression that SPDX knows every name of."""
    try:
        return _SPDX.parse(text, validate=True, strict=True) is not None
    except ExpressionError:
        return False


def _classified(classifiers: Iterable[str]) -> list[str]:
    named = (one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: "))
    return sorted({_CLASSIFIERS[name] for name in named if name in _CLASSIFIERS})
