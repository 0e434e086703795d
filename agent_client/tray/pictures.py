"""The icons of the tray, out of the package `assets`: found in the tree, a wheel and a bundle."""

from __future__ import annotations

from functools import cache
from importlib import resources

from PyQt6.QtGui import QIcon, QPixmap

_SIZES = (16, 22, 24, 32, 44, 48, 64, 96)  # pixels, as `assets.make_icons` writes them


@cache
def picture(name: str) -> QIcon:
    """The icon of a mood, or `twinreel`, in every size; FileNotFoundError if there is none."""
    icon = QIcon()
    for size in _SIZES:
        drawing = QPixmap()
        content = (resources.files("assets") / f"{name}-{size}.png").read_bytes()
        drawing.loadFromData(content, "PNG")  # unnamed, Qt loads all its readers to ask: 2.5 MB
        icon.addPixmap(drawing)
    return icon
