"""What a Mac prints about its battery."""

import pytest

from uploader.host.pmset import battery_percent

_LAPTOP = (
    "Now drawing from '{source}'\n"
    " -InternalBattery-0 (id=4653155)\t{percent}%; discharging; 4:12 remaining present: true\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (_LAPTOP.format(source="Battery Power", percent="85"), 85),
        (_LAPTOP.format(source="Battery Power", percent="100"), 100),
        (_LAPTOP.format(source="AC Power", percent="85"), None),
        ("Now drawing from 'AC Power'\n", None),  # a Mac mini
        ("Now drawing from 'UPS Power'\n -Back-UPS (id=1)\t85%; discharging;\n", None),
        ("Now drawing from 'Battery Power'\n", None),
        ("", None),
    ],
)
def test_only_a_battery_that_is_drawn_from_counts(text: str, expected: int | None) -> None:
    assert battery_percent(text) == expected
