"""Render each SVG of this folder to the PNG sizes that panels ask for, and to one ICO.

Run by hand when a drawing changes: `python -m assets.make_icons`. The product needs no QtSvg: it
ships what this writes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

SIZES = (16, 24, 32, 48, 64)
ICO_SIZES = (16, 24, 32, 48, 64, 256)
_HERE = Path(__file__).parent


def rendered(drawing: Path, size: int) -> bytes:
    """The drawing as a PNG, `size` pixels square."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(store.data())


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """An ICO of PNGs (Windows Vista and later): a header, a directory, the pictures."""
    offset = 6 + 16 * len(pictures)
    directory = b""
    for size, picture in pictures.items():
        side = size % 256  # 256 is written as 0
        directory += struct.pack("<4B2H2I", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return struct.pack("<3H", 0, 1, len(pictures)) + directory + b"".join(pictures.values())


def main() -> None:
    """Write every PNG, and the ICO of the programs."""
    for drawing in sorted(_HERE.glob("*.svg")):
        for size in SIZES:
            name = f"{drawing.stem}-{size}.png"
            (_HERE / name).write_bytes(rendered(drawing, size))
    programs = _HERE / "twinreel.svg"
    pictures = {size: rendered(programs, size) for size in ICO_SIZES}
    (_HERE / "twinreel.ico").write_bytes(ico(pictures))


if __name__ == "__main__":
    main()
