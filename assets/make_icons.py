"""Render each SVG of this folder to the PNG sizes that panels ask for, and to one ICO and one ICNS.

Run by hand when a drawing changes: `python -m assets.make_icons`. The product needs no QtSvg: it
ships what this writes. The contact sheet in `docs/pictures` shows every icon as panels do.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

SIZES = (16, 22, 24, 32, 44, 48, 64, 96)  # pixels: of panels, and twice those (@2x)
ICO_SIZES = (16, 24, 32, 48, 64, 256)
ICNS_SIZES = {  # what Apple calls each: twice as many pixels where it says so
    b"ic11": 32,  # 16@2x
    b"ic12": 64,  # 32@2x
    b"ic07": 128,
    b"ic13": 256,  # 128@2x
    b"ic08": 256,
    b"ic14": 512,  # 256@2x
    b"ic09": 512,
    b"ic10": 1024,  # 512@2x
}
LIGHT_PANELS = ("#ffffff", "#ebebeb")
DARK_PANELS = ("#2b2b2b", "#000000")
_HERE = Path(__file__).parent
_SHEET = _HERE.parent / "docs" / "pictures" / "icons.png"
_SHEET_SIZES = (16, 22, 24, 32, 48)
_SHEET_GAP = 14  # pixels, around each icon
_SHEET_MAGNIFIED = 2  # so that its pixels are seen on a page


def drawn(drawing: Path, size: int) -> QImage:
    """The drawing on nothing, `size` pixels square."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def png(image: QImage) -> bytes:
    """As a file."""
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(store.data())


def rendered(drawing: Path, size: int) -> bytes:
    """The drawing as a PNG, `size` pixels square."""
    return png(drawn(drawing, size))


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """An ICO of PNGs (Windows Vista and later): a header, a directory, the pictures."""
    offset = 6 + 16 * len(pictures)
    directory = b""
    for size, picture in pictures.items():
        side = size % 256  # 256 is written as 0
        directory += struct.pack("<4B2H2I", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return struct.pack("<3H", 0, 1, len(pictures)) + directory + b"".join(pictures.values())


def icns(pictures: Mapping[bytes, bytes]) -> bytes:
    """An ICNS of PNGs (macOS 10.7 and later): a header, and each picture behind its name."""
    parts = [struct.pack(">4sI", name, 8 + len(one)) + one for name, one in pictures.items()]
    content = b"".join(parts)
    return struct.pack(">4sI", b"icns", 8 + len(content)) + content


def sheet(drawings: Sequence[Path]) -> QImage:
    """Every icon in the sizes of panels, on light and on dark ones."""
    panels = (LIGHT_PANELS[1], DARK_PANELS[0])
    width = sum(_SHEET_SIZES) + _SHEET_GAP * (len(_SHEET_SIZES) + 1)
    row = max(_SHEET_SIZES) + _SHEET_GAP
    image = QImage(
        width * len(panels), row * len(drawings) + _SHEET_GAP, QImage.Format.Format_RGB32
    )
    painter = QPainter(image)
    for column, panel in enumerate(panels):
        painter.fillRect(column * width, 0, width, image.height(), QColor(panel))
        for line, drawing in enumerate(drawings):
            left = column * width + _SHEET_GAP
            for size in _SHEET_SIZES:
                top = _SHEET_GAP + line * row + (max(_SHEET_SIZES) - size) // 2
                painter.drawImage(left, top, drawn(drawing, size))
                left += size + _SHEET_GAP
    painter.end()
    return image.scaled(image.width() * _SHEET_MAGNIFIED, image.height() * _SHEET_MAGNIFIED)


def main() -> None:
    """Write every PNG, the ICO and the ICNS of the programs, and the contact sheet."""
    drawings = sorted(_HERE.glob("*.svg"))
    for drawing in drawings:
        for size in SIZES:
            name = f"{drawing.stem}-{size}.png"
            (_HERE / name).write_bytes(rendered(drawing, size))
    programs = _HERE / "twinreel.svg"
    pictures = {size: rendered(programs, size) for size in ICO_SIZES}
    (_HERE / "twinreel.ico").write_bytes(ico(pictures))
    named = {name: rendered(programs, size) for name, size in ICNS_SIZES.items()}
    (_HERE / "twinreel.icns").write_bytes(icns(named))
    _SHEET.write_bytes(png(sheet(drawings)))


if __name__ == "__main__":
    main()
