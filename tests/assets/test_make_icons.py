import struct
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from assets.make_icons import ICO_SIZES, SIZES, rendered

ASSETS = Path(__file__).parents[2] / "assets"
DRAWINGS = sorted(ASSETS.glob("*.svg"))


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_every_drawing_was_rendered_in_every_size(drawing: Path) -> None:
    for size in SIZES:
        shipped = QImage(str(ASSETS / f"{drawing.stem}-{size}.png"))
        assert (shipped.width(), shipped.height()) == (size, size)
        assert shipped == QImage.fromData(rendered(drawing, size))


def test_the_ico_holds_every_size() -> None:
    content = (ASSETS / "twinreel.ico").read_bytes()
    assert struct.unpack_from("<3H", content) == (0, 1, len(ICO_SIZES))
    sides = [content[6 + 16 * index] or 256 for index in range(len(ICO_SIZES))]
    assert sides == list(ICO_SIZES)
