"""The icons of the tray, as panels show them and as eyes see them: light, dark, without colours."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PyQt6.QtGui import QColor, QImage, QPainter

from agent_client.core.status import Mood
from assets.make_icons import DARK_PANELS, LIGHT_PANELS

ASSETS = Path(__file__).parents[2] / "assets"
PANELS = (*LIGHT_PANELS, *DARK_PANELS)
SMALLEST = (16, 22)  # pixels, of the panels of Windows and of Linux
CONTRAST = 3.0  # what WCAG 2.1, 1.4.11, asks of a picture that says something
UNLIKE = 20.0  # of 100 steps from black to white, between two greys
SHARE = 1 / 6  # of the icon's square, in which two moods are unlike
# Without one kind of cones: Machado, Oliveira and Fernandes, 2009, table 1, severity 1.0.
EYES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "all three": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
Colour = tuple[float, float, float]  # red, green, blue: amounts of light, to 1


def light(colour: QColor) -> Colour:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return red, green, blue


def seen(colour: Colour, eyes: str) -> Colour:
    red, green, blue = (
        min(1.0, max(0.0, sum(share * part for share, part in zip(row, colour, strict=True))))
        for row in EYES[eyes]
    )
    return red, green, blue


def luminance(colour: Colour) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def lightness(colour: Colour) -> float:
    """As eyes judge it: from 0, black, to 100, white."""
    found = luminance(colour)
    return float(116 * found ** (1 / 3) - 16 if found > 0.008856 else 903.3 * found)


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on_panel(mood: Mood, size: int, panel: str) -> list[Colour]:
    """The pixels of the icon that is shipped."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(panel))
    painter = QPainter(image)
    painter.drawImage(0, 0, QImage(str(ASSETS / f"{mood}-{size}.png")))
    painter.end()
    return [light(QColor(image.pixel(x, y))) for y in range(size) for x in range(size)]


def unlike(mood: Mood, other: Mood, size: int, panel: str, eyes: str) -> float:
    """The share of pixels in which one is much lighter than the other."""
    pairs = zip(on_panel(mood, size, panel), on_panel(other, size, panel), strict=True)
    differ = [abs(lightness(seen(a, eyes)) - lightness(seen(b, eyes))) > UNLIKE for a, b in pairs]
    return sum(differ) / len(differ)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("mood", list(Mood))
def test_an_icon_stands_out_on_light_and_on_dark_panels(mood: Mood, panel: str) -> None:
    """By at least a fifth of its square: the slash and ring of the thinnest are no more."""
    ground = light(QColor(panel))
    pixels = on_panel(mood, 48, panel)
    strong = [contrast(pixel, ground) >= CONTRAST for pixel in pixels]
    assert sum(strong) / len(strong) >= 0.2


@pytest.mark.parametrize("panel", [LIGHT_PANELS[1], DARK_PANELS[0]])
@pytest.mark.parametrize("size", SMALLEST)
@pytest.mark.parametrize(("mood", "other"), list(combinations(Mood, 2)))
def test_any_two_moods_differ_without_their_colours(
    mood: Mood, other: Mood, size: int, panel: str
) -> None:
    assert unlike(mood, other, size, panel, "all three") >= SHARE


@pytest.mark.parametrize("eyes", [name for name in EYES if name != "all three"])
@pytest.mark.parametrize(("mood", "other"), list(combinations(Mood, 2)))
def test_any_two_moods_differ_to_the_colour_blind(mood: Mood, other: Mood, eyes: str) -> None:
    for panel in (LIGHT_PANELS[1], DARK_PANELS[0]):
        assert unlike(mood, other, 22, panel, eyes) >= SHARE


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("mood", list(Mood))
def test_no_icon_vanishes_to_the_colour_blind(mood: Mood, panel: str, eyes: str) -> None:
    ground = seen(light(QColor(panel)), eyes)
    pixels = [seen(pixel, eyes) for pixel in on_panel(mood, 48, panel)]
    plain = [contrast(pixel, ground) >= 2 for pixel in pixels]
    assert sum(plain) / len(plain) >= 0.2
