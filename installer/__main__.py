"""`python -m installer`: make one thing that IT installs, or all that can be made here.

Each line of the table is one function in a module of its own, imported only when it is asked for:

    def main(arguments: Sequence[str]) -> int: ...

It reads its words with an argparse parser of its own, puts what it makes into dist/, says what it
made with sizes, and returns the exit status: 0 made; 1 failed, and why is said; 3 it cannot be
made on this machine, and what is missing is said.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CANNOT_HERE = 3


@dataclass(frozen=True, slots=True)
class Product:
    """One line of the table."""

    name: str
    help: str  # one line, without a full stop
    where: str  # "package.module:function"
    in_all: bool = True  # whether `all` makes it

    def load(self) -> Callable[[Sequence[str]], int]:
        """The function that makes it."""
        module, _, function = self.where.partition(":")
        found: Callable[[Sequence[str]], int] = getattr(importlib.import_module(module), function)
        return found


TABLE: tuple[Product, ...] = (
    Product("bundle", "dist/twinreel/: both programs, one folder", "installer.bundle:main"),
    Product("templates", "policy for IT: ADMX, profiles, samples", "installer.templates:main"),
    Product("deb", "the package for Debian and Ubuntu", "installer.linux.deb:main"),
    Product("msi", "the package for Windows, of a folder made there", "installer.windows.msi:main"),
    Product("pkg", "the package for macOS, of an app made there", "installer.macos.pkg:main"),
    Product("sbom", "what is inside, in CycloneDX", "installer.sbom:main"),
    Product("checksums", "SHA256SUMS of all in dist/, last", "installer.checksums:main"),
)


def main(arguments: Sequence[str]) -> int:
    """Make what the first word names."""
    named = {product.name: product for product in TABLE}
    if arguments and arguments[0] == "all":
        return make_all()
    if not arguments or arguments[0] not in named:
        print(__doc__ if "--help" in arguments else "say what to make:")
        for product in TABLE:
            print(f"  {product.name:<10} {product.help}")
        print(f"  {'all':<10} all of these that can be made here")
        return 0 if "--help" in arguments else 2
    return named[arguments[0]].load()(arguments[1:])


def make_all() -> int:
    """One after the other; what cannot be made here is said, and is no failure."""
    left: list[str] = []
    for product in TABLE:
        if not product.in_all:
            continue
        print(f"== {product.name}: {product.help}", flush=True)
        status = product.load()([])
        if status == CANNOT_HERE:
            left.append(product.name)
        elif status:
            print(f"PACKAGE FAILED: {product.name}")
            return status
    without = f" (not made here: {', '.join(left)})" if left else ""
    print(f"PACKAGED: see dist/{without}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
