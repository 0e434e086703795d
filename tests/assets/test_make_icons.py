import struct
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from agent_client.core.status import Mood
from assets.make_icons import ICNS_SIZES, ICO_SIZES, SIZES, png, rendered, sheet

ASSETS = Path(__file__).parents[2] / "assets"
DRAWINGS = sorted(ASSETS.glob("*.svg"))


def test_there_is_a_drawing_for_every_mood() -> None:
    assert {drawing.stem for drawing in DRAWINGS} == {*Mood, "twinreel"}


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


def test_the_icns_holds_every_size() -> None:
    content = (ASSETS / "twinreel.icns").read_bytes()
    assert struct.unpack_from(">4sI", content) == (b"icns", len(content))
    found, at = {}, 8
    while at < len(content):
        name, length = struct.unpack_from(">4sI", content, at)
        found[name] = QImage.fromData(content[at + 8 : at + length]).width()
        at += length
    assert found == ICNS_SIZES


def test_the_contact_sheet_shows_the_icons_that_are_shipped() -> None:
    shown = QImage(str(ASSETS.parent / "docs" / "pictures" / "icons.png"))
    assert shown == QImage.fromData(png(sheet(DRAWINGS)))
