"""What the kernel's files about power mean: real files, as the drivers write them."""

from pathlib import Path

import pytest

from uploader.host.power_supply import battery_percent


def supply(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, content in files.items():
        (folder / name / file).write_text(content + "\n", encoding="ascii")


def battery(folder: Path, name: str, percent: str, status: str, **files: str) -> None:
    supply(folder, name, type="Battery", capacity=percent, status=status, present="1", **files)


def test_a_laptop_off_mains_says_how_full_its_battery_is(tmp_path: Path) -> None:
    supply(tmp_path, "AC", type="Mains", online="0")
    battery(tmp_path, "BAT0", "37", "Discharging")
    assert battery_percent(tmp_path) == 37


@pytest.mark.parametrize(
    ("kind", "online"), [("Mains", "1"), ("USB", "1"), ("USB", "2"), ("Wireless", "1")]
)
def test_at_a_socket_the_battery_does_not_count(tmp_path: Path, kind: str, online: str) -> None:
    supply(tmp_path, "AC", type=kind, online=online)
    battery(tmp_path, "BAT0", "3", "Discharging")  # the adapter is too weak for the load
    assert battery_percent(tmp_path) is None


@pytest.mark.parametrize("status", ["Charging", "Full", "Not charging", "Unknown"])
def test_a_battery_that_is_not_used_does_not_count(tmp_path: Path, status: str) -> None:
    battery(tmp_path, "BAT0", "3", status)
    assert battery_percent(tmp_path) is None


def test_two_batteries_are_one_desks(tmp_path: Path) -> None:
    battery(tmp_path, "BAT0", "100", "Unknown")
    battery(tmp_path, "BAT1", "20", "Discharging")
    assert battery_percent(tmp_path) == 60


def test_a_mouses_battery_is_none_of_the_desks(tmp_path: Path) -> None:
    battery(tmp_path, "hidpp_battery_0", "5", "Discharging", scope="Device")
    assert battery_percent(tmp_path) is None


@pytest.mark.parametrize("nonsense", ["", "-3", "many", "\x00"])
def test_a_driver_that_writes_nonsense_holds_nothing_back(tmp_path: Path, nonsense: str) -> None:
    battery(tmp_path, "BAT0", nonsense, "Discharging")
    (tmp_path / "BAT1").mkdir()
    (tmp_path / "a file").touch()
    assert battery_percent(tmp_path) is None


def test_a_desk_without_any_supply_is_on_mains(tmp_path: Path) -> None:
    assert battery_percent(tmp_path) is None
    assert battery_percent(tmp_path / "nothing") is None
