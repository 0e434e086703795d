"""The uploader's command line."""

from __future__ import annotations

import sys

from uploader import commands
from uploader.route.rules import RULES_CHILD


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line; its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == [RULES_CHILD]:  # so a frozen program starts itself for proxy rules
        from uploader.route import rules_child  # noqa: PLC0415  # it brings a JavaScript interpreter

        return rules_child.main()
    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
