"""The package for Debian and Ubuntu: `python -m installer deb`."""

from installer.linux.deb.command import main

__all__ = ["main"]
