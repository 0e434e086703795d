"""What Windows' answers mean; its structures can be filled anywhere."""

import ctypes

import pytest

from uploader.host import windows


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ({"cost": 0}, False),  # not known
        ({"cost": 1}, False),  # unrestricted
        ({"cost": 2}, True),  # a plan
        ({"cost": 3}, True),  # by the byte
        ({"cost": 1, "roaming": 1}, True),
        ({"cost": 1, "over_data_limit": 1}, True),
        ({"cost": 1, "approaching_data_limit": 1}, False),
    ],
)
def test_a_network_that_costs_is_metered(hint: dict[str, int], expected: bool) -> None:  # noqa: FBT001
    assert windows.is_metered(windows._Connectivity(**hint)) is expected


@pytest.mark.parametrize(
    ("power", "expected"),
    [
        ({"line": 0, "flags": 0, "percent": 63}, 63),
        ({"line": 0, "flags": 4, "percent": 3}, 3),  # critical
        ({"line": 1, "flags": 8, "percent": 63}, None),  # at a socket
        ({"line": 255, "flags": 0, "percent": 63}, None),  # not known
        ({"line": 0, "flags": 128, "percent": 255}, None),  # no battery
        ({"line": 0, "flags": 255, "percent": 63}, None),
        ({"line": 0, "flags": 0, "percent": 255}, None),
    ],
)
def test_only_a_battery_that_is_drawn_from_counts(
    power: dict[str, int], expected: int | None
) -> None:
    assert windows.battery_percent(windows._Power(**power)) == expected


def test_the_structures_are_as_long_as_windows_has_them() -> None:
    assert ctypes.sizeof(windows._Connectivity) == 12
    assert ctypes.sizeof(windows._Power) == 12
